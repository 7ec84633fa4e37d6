"""What can be said about a customer when it is created or changed, and what of it is allowed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import TypedDict

from domain import text
from domain.channels import Channel
from domain.customers.attribute_values import GivenAttribute
from domain.customers.contact_values import checked_value
from domain.customers.model import ContactPointKind, CustomerKind, Gender
from domain.errors import Invalid
from domain.messages import say

MOST_PARTS = 50
"""External ids or contact points of one customer."""


@dataclass(frozen=True)
class ExternalId:
    """The name that another system has for the customer."""

    system: str
    id: str


@dataclass(frozen=True)
class GivenContactPoint:
    """A way to reach the customer, as it is given."""

    kind: ContactPointKind
    value: str
    verified: bool = False
    preferred: bool = False


class CustomerDetails(TypedDict, total=False):
    """A key that is absent leaves the value as it is, None clears it; a list replaces the whole list."""

    kind: CustomerKind
    name: str
    latin_name: str | None
    birth_on: date | None
    gender: Gender | None
    occupation: str | None
    wealth_band: str | None
    country: str | None
    region: str | None
    district: str | None
    home_branch_id: int | None
    owner_id: int | None
    acquired_channel: Channel | None
    joined_on: date | None
    external_ids: Sequence[ExternalId]
    contact_points: Sequence[GivenContactPoint]
    attributes: Sequence[GivenAttribute] | None


_NEVER_CLEARED = ("kind", "name")

_TEXTS: dict[str, Callable[[str, str], str]] = {
    "name": text.name,
    "latin_name": partial(text.name, clearable=True),
    **{
        trait: partial(text.name, limit=100, clearable=True)
        for trait in ("occupation", "wealth_band", "country", "region", "district")
    },
}


def checked(given: CustomerDetails, *, now: datetime) -> CustomerDetails:
    """The details with their texts as the store keeps them. Raises Invalid at the first that breaks a rule."""
    found = given.copy()
    for key in _NEVER_CLEARED:
        if key in given and given.get(key) is None:
            raise Invalid(say("{field} cannot be cleared: every customer has one", field=key), key)
    for key, rule in _TEXTS.items():
        if given.get(key) is not None:
            found[key] = rule(given[key], key)  # type: ignore[literal-required]  # the keys of _TEXTS are texts
    check_birth(found.get("birth_on"), now)
    if "external_ids" in given:
        found["external_ids"] = checked_external_ids(given["external_ids"])
    if "contact_points" in given:
        found["contact_points"] = _contact_points(given["contact_points"])
    return found


def check_birth(birth_on: date | None, now: datetime) -> None:
    """Nobody is born in the future. Raises Invalid."""
    # Nowhere on Earth is it later than 14 hours from now; of most it is told without counting them.
    if birth_on is not None and birth_on > now.date() and birth_on > (now + timedelta(hours=14)).date():
        raise Invalid(say("the birth date lies in the future"), "birth_on")


def checked_external_ids(given: Sequence[ExternalId]) -> list[ExternalId]:
    """The ids as the store keeps them. Raises Invalid at the first that breaks a rule, and for one given twice."""
    _check_number(given, "external_ids")
    found = [
        ExternalId(
            system=text.name(each.system, "external_ids", place, "system", limit=60),
            id=text.key(each.id, "external_ids", place, "id"),
        )
        for place, each in enumerate(given)
    ]
    for place, each in enumerate(found):
        if each in found[:place]:
            message = say(
                "the id {id!r} in the system {system!r} is given twice", id=each.id, system=each.system
            )
            raise Invalid(message, "external_ids", place)
    return found


def _contact_points(given: Sequence[GivenContactPoint]) -> list[GivenContactPoint]:
    _check_number(given, "contact_points")
    found = []
    preferred: set[ContactPointKind] = set()
    for place, each in enumerate(given):
        value = checked_value(each.kind, each.value, "contact_points", place, "value")
        if each.preferred and each.kind in preferred:
            message = say("only one {kind} can be preferred", kind=each.kind.value)
            raise Invalid(message, "contact_points", place, "preferred")
        preferred |= {each.kind} if each.preferred else set()
        found.append(replace(each, value=value))
    return found


def _check_number(given: Sequence[object], key: str) -> None:
    if len(given) > MOST_PARTS:
        message = say(
            "{given} {field} are given; at most {most} are allowed",
            given=len(given),
            field=key,
            most=MOST_PARTS,
        )
        raise Invalid(message, key)
