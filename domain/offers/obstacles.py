"""What stands between a customer and an offer, asked without granting anything."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain import rows
from domain.access import Actor
from domain.customers import queries as customers
from domain.customers.model import Customer
from domain.customers.redirects import resolved
from domain.errors import Conflict
from domain.offers.eligibility import refusals
from domain.offers.errors import NotForAgents, OfferNotValid
from domain.offers.grants import check_validity
from domain.offers.limits import limits
from domain.offers.model import Offer


async def obstacles(
    session: AsyncSession, offer_id: int, customer_id: int, *, actor: Actor, now: datetime
) -> Sequence[Conflict] | None:
    """Why `grant_offer` would refuse the customer at `now`; empty where it would not, None where the actor sees no such
    offer or customer.

    All obstacles: the offer's validity, the first of its rules that is in the way, what the actor may grant, and what
    is left of it. A merged customer's key leads to the one that was kept. Nothing is locked: somebody else may grant
    the last piece meanwhile. At most eight statements.
    """
    customer_id = (await resolved(session, {customer_id}))[customer_id]
    offer = (await session.execute(select(Offer.__table__).where(Offer.id == offer_id))).one_or_none()
    seen = await rows.known(
        session, Customer.id, {customer_id}, customers.visible_to(actor), Customer.erased_at.is_(None)
    )
    if offer is None or not seen:
        return None
    refused = await refusals(session, offer_id, offer.code, seen, now=now)
    return [*_validity(offer, now), *refused.values(), *await _limits(session, offer, actor, now)]


def _validity(offer: Row[Any], now: datetime) -> list[Conflict]:
    try:
        check_validity(offer, now)
    except OfferNotValid as error:
        return [error]
    return []


async def _limits(session: AsyncSession, offer: Row[Any], actor: Actor, now: datetime) -> list[Conflict]:
    try:
        found = await limits(session, offer, actor=actor, now=now)
    except NotForAgents as error:
        return [error]
    return [why for limit in found if (why := limit.refuses(0)) is not None]
