"""What may be said about an opportunity, and what of it is allowed."""

from collections.abc import Sequence
from datetime import date
from typing import Any, TypedDict

from sqlalchemy import or_
from sqlalchemy.ext.asyncio import AsyncSession

from domain import rows, text
from domain.access import Actor
from domain.company.currencies import scales
from domain.errors import Invalid
from domain.messages import say
from domain.money import Money, amount
from domain.opportunities.model import OpportunitySource
from domain.touchpoints import queries as touchpoints
from domain.touchpoints.model import Touchpoint
from domain.work.references import check_references


class OpportunityDetails(TypedDict, total=False):
    """A key that is absent leaves the value as it is, None clears it; a list replaces the whole list."""

    name: str
    amount: Money | None
    probability: int | None
    expected_on: date | None
    source: OpportunitySource | None
    touchpoint_id: int | None
    note: str | None
    owner_id: int | None
    branch_id: int | None
    offer_ids: Sequence[int]
    grant_ids: Sequence[int]


_NOT_COLUMNS = ("amount", "probability", "offer_ids", "grant_ids")


async def checked(
    session: AsyncSession, given: OpportunityDetails, *, customer_id: int, actor: Actor
) -> dict[str, Any]:
    """The columns to write, without the probability, which the stage has a word in.

    Raises Invalid. At most four statements.
    """
    found: dict[str, Any] = {key: value for key, value in given.items() if key not in _NOT_COLUMNS}
    if "name" in found:
        found["name"] = _name(found["name"])
    if found.get("note") is not None:
        found["note"] = text.prose(found["note"], "note", clearable=True)
    if "amount" in given:
        found |= await _amount(session, given["amount"])
    await check_references(session, found, actor=actor)
    if found.get("touchpoint_id") is not None:
        await _check_touchpoint(session, found["touchpoint_id"], customer_id=customer_id, actor=actor)
    return found


def _name(given: str | None) -> str:
    if given is None:
        raise Invalid(say("{key} cannot be cleared: every opportunity has one", key="name"), "name")
    return text.name(given, "name")


async def _amount(session: AsyncSession, given: Money | None) -> dict[str, Any]:
    if given is None:
        return {"amount": None, "currency": None}
    known = await scales(session, {given.currency})
    return {"amount": amount(given, "amount", scales=known), "currency": given.currency}


async def _check_touchpoint(session: AsyncSession, key: int, *, customer_id: int, actor: Actor) -> None:
    meant = or_(Touchpoint.customer_id.is_(None), Touchpoint.customer_id == customer_id)
    if not await rows.known(session, Touchpoint.id, {key}, meant, touchpoints.visible_to(actor)):
        raise Invalid(say("there is no such touchpoint of this customer"), "touchpoint_id")
