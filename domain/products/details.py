"""What can be said about a product when it is created or changed, and what of it is allowed."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from domain import text
from domain.errors import Invalid
from domain.messages import say
from domain.money import Money, UnknownCurrency, fine

MOST_PARTS = 100
"""External ids or attributes of one product."""


@dataclass(frozen=True)
class ExternalId:
    """The name that another system has for the product."""

    system: str
    id: str


@dataclass(frozen=True)
class Attribute:
    """One attribute; a value that is written as a number can be compared as one."""

    name: str
    value: str


class ProductDetails(TypedDict, total=False):
    """A key that is absent leaves the value as it is, None clears it; a list replaces the whole list.

    The list price and the unit cost are in one currency.
    """

    name: str
    english_name: str | None
    category_id: int | None
    list_price: Money | None
    unit_cost: Money | None
    attributes: Sequence[Attribute]
    external_ids: Sequence[ExternalId]


AMOUNTS = ("list_price", "unit_cost")
PARTS = ("attributes", "external_ids")


def checked(given: ProductDetails) -> ProductDetails:
    """The details with their texts as the store keeps them. Raises Invalid at the first that breaks a rule."""
    found = given.copy()
    if "name" in given:
        if given["name"] is None:
            raise Invalid(say("name cannot be cleared: every product has one"), "name")
        found["name"] = text.name(given["name"], "name")
    if (english := given.get("english_name")) is not None:
        found["english_name"] = text.name(english, "english_name", clearable=True)
    if "attributes" in given:
        found["attributes"] = _attributes(given["attributes"] or ())
    if "external_ids" in given:
        found["external_ids"] = _external_ids(given["external_ids"] or ())
    return found


def columns(
    given: ProductDetails, *, standing: Mapping[str, Any], currencies: Collection[str]
) -> dict[str, Any]:
    """The columns of the product to write; `standing` is what it says already. Raises Invalid for its amounts."""
    found: dict[str, Any] = {key: value for key, value in given.items() if key not in (*AMOUNTS, *PARTS)} | {
        name: None for name in AMOUNTS if name in given
    }
    money: dict[str, Money] = {name: given[name] for name in AMOUNTS if given.get(name) is not None}  # type: ignore[literal-required]  # the names in AMOUNTS are keys
    for name, each in money.items():
        if each.currency not in currencies:
            raise UnknownCurrency(each.currency, name, "currency")
        found[name] = fine(each.amount, name, "amount")
        if found[name] < 0:
            raise Invalid(say("{name} is {value}: it cannot be negative", name=name, value=each.amount), name)
        found["currency"] = each.currency
    _check_one_currency(money, given, standing)
    return found


def _check_one_currency(
    money: Mapping[str, Money], given: ProductDetails, standing: Mapping[str, Any]
) -> None:
    kept = {
        name: standing["currency"] for name in AMOUNTS if name not in given and standing.get(name) is not None
    } | {name: each.currency for name, each in money.items()}
    if len(set(kept.values())) > 1:
        raise Invalid(
            say(
                "the amounts of a product are in one currency: list_price is in {price}, unit_cost in {cost}",
                price=kept["list_price"],
                cost=kept["unit_cost"],
            ),
            next(iter(money)),
            "currency",
        )


def _attributes(given: Sequence[Attribute]) -> list[Attribute]:
    _check_number(given, "attributes")
    found = [
        Attribute(
            name=text.name(each.name, "attributes", place, "name", limit=60),
            value=text.line(each.value, "attributes", place, "value", limit=200),
        )
        for place, each in enumerate(given)
    ]
    _check_once([each.name for each in found], "attributes")
    return found


def _external_ids(given: Sequence[ExternalId]) -> list[ExternalId]:
    _check_number(given, "external_ids")
    found = [
        ExternalId(
            system=text.name(each.system, "external_ids", place, "system", limit=60),
            id=text.key(each.id, "external_ids", place, "id"),
        )
        for place, each in enumerate(given)
    ]
    _check_once(found, "external_ids")
    return found


def _check_number(given: Sequence[object], key: str) -> None:
    if len(given) > MOST_PARTS:
        raise Invalid(
            say(
                "{count} {what} are given; at most {most} are allowed",
                count=len(given),
                what=key,
                most=MOST_PARTS,
            ),
            key,
        )


def _check_once(given: Sequence[Hashable], key: str) -> None:
    seen: set[Hashable] = set()
    for place, each in enumerate(given):
        if each in seen:
            raise Invalid(say("this one of {what} is given twice", what=key), key, place)
        seen.add(each)
