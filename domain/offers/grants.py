"""Changes of grants: an offer is granted to a customer, and the grant moves on."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import DateTime, Row, func, insert, literal, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or_not
from sqlalchemy.ext.asyncio import AsyncSession

from domain import rows, text
from domain.access import Actor
from domain.company.model import Company
from domain.customers import queries as customers
from domain.customers.errors import CustomerNotFound
from domain.customers.model import Customer
from domain.errors import Invalid, StaleVersion
from domain.offers.errors import (
    BudgetSpent,
    GrantCodeTaken,
    GrantNotFound,
    NotForAgents,
    OfferExhausted,
    OfferNotFound,
    OfferNotValid,
)
from domain.offers.model import GrantState, Offer, OfferGrant, OfferGrantState
from domain.offers.queries import visible_to
from domain.offers.states import GIVEN_BACK, check_move
from domain.orders.model import Order
from domain.roles import Role


async def grant_offer(
    session: AsyncSession,
    offer_id: int,
    customer_id: int,
    *,
    actor: Actor,
    now: datetime,
    reason: str | None = None,
    code: str | None = None,
) -> int:
    """The offer is proposed to the customer, who is told apart by `code` when he comes with it; the grant's key.

    Raises CustomerNotFound, OfferNotFound, OfferNotValid, OfferExhausted, NotForAgents, BudgetSpent,
    GrantCodeTaken, Invalid. At most seven statements. The offer is locked first: of two who grant its last piece,
    the second finds it gone.
    """
    offer = (
        await session.execute(
            select(Offer.__table__).where(Offer.id == offer_id).with_for_update(key_share=True)
        )
    ).one_or_none()
    if offer is None:
        raise OfferNotFound("offer_id")
    if not await rows.known(session, Customer.id, {customer_id}, customers.visible_to(actor)):
        raise CustomerNotFound("customer_id")
    if not offer.valid_from <= now or (offer.valid_to is not None and now >= offer.valid_to):
        raise OfferNotValid(offer.code, valid_from=offer.valid_from, valid_to=offer.valid_to, now=now)
    if actor.role is Role.AGENT:
        await _check_agent(session, offer, actor=actor, now=now)
    await _check_quantity(session, offer)
    return await _propose(session, offer_id, customer_id, actor=actor, now=now, reason=reason, code=code)


async def _check_agent(session: AsyncSession, offer: Row[Any], *, actor: Actor, now: datetime) -> None:
    """The agent's budget is of a month in the company's zone, at the offer's present cost or else value."""
    if not offer.agent_grantable:
        raise NotForAgents(f"agents may not grant the offer {offer.code!r}", "offer_id")
    if offer.agent_monthly_budget is None:
        return
    if actor.user_id is None:
        raise NotForAgents(f"no user has the subject {actor.subject!r}: a budget is a user's", "offer_id")
    zone = select(Company.time_zone).scalar_subquery()
    granted = await session.scalar(
        select(func.count()).where(
            OfferGrant.offer_id == offer.id,
            OfferGrant.granted_by_id == actor.user_id,
            OfferGrant.granted_at >= func.date_trunc("month", literal(now, DateTime(timezone=True)), zone),
            OfferGrant.state.not_in(GIVEN_BACK),
        )
    )
    due: Decimal = offer.value if offer.cost is None else offer.cost
    spent = due * (granted or 0)
    if spent + due > offer.agent_monthly_budget:
        raise BudgetSpent(
            offer.code, budget=offer.agent_monthly_budget, spent=spent, due=due, currency=offer.currency
        )


async def _check_quantity(session: AsyncSession, offer: Row[Any]) -> None:
    if offer.quantity_limit is None:
        return
    granted = await session.scalar(
        select(func.count()).where(OfferGrant.offer_id == offer.id, OfferGrant.state.not_in(GIVEN_BACK))
    )
    if (granted or 0) >= offer.quantity_limit:
        raise OfferExhausted(offer.code, offer.quantity_limit)


async def _propose(
    session: AsyncSession,
    offer_id: int,
    customer_id: int,
    *,
    actor: Actor,
    now: datetime,
    reason: str | None,
    code: str | None,
) -> int:
    found = None if code is None else text.key(code, "code", limit=60)
    made: int | None = await session.scalar(
        insert_or_not(OfferGrant)
        .values(
            offer_id=offer_id,
            customer_id=customer_id,
            reason=None if reason is None else text.prose(reason, "reason", limit=1_000),
            code=found,
            granted_by_id=actor.user_id,
            granted_at=now,
        )
        .on_conflict_do_nothing(index_elements=[OfferGrant.code])
        .returning(OfferGrant.id)
    )
    if made is None:
        raise GrantCodeTaken(str(found))
    await _note_state(session, made, GrantState.PROPOSED, now=now)
    return made


async def move_grant(
    session: AsyncSession,
    grant_id: int,
    state: GrantState,
    *,
    expected_version: int,
    actor: Actor,
    now: datetime,
    order_id: int | None = None,
) -> None:
    """The grant has reached the state at `now`, which is kept in its history; `order_id` is the order that redeemed it.

    Whether the offer is still valid does not matter: this records what happened. Raises GrantNotFound, StaleVersion,
    MoveNotAllowed, Invalid. At most four statements.
    """
    grant = (
        await session.execute(
            select(OfferGrant.version, OfferGrant.state, OfferGrant.customer_id)
            .where(OfferGrant.id == grant_id, visible_to(actor))
            .with_for_update(key_share=True)
        )
    ).one_or_none()
    if grant is None:
        raise GrantNotFound
    if grant.version != expected_version:
        raise StaleVersion("grant", grant_id, expected=expected_version, current=grant.version)
    check_move(GrantState(grant.state), state)
    columns: dict[str, Any] = {"state": state}
    if order_id is not None:
        await _check_order(session, order_id, state=state, customer_id=grant.customer_id)
        columns["order_id"] = order_id
    await session.execute(update(OfferGrant).where(OfferGrant.id == grant_id).values(columns))
    await _note_state(session, grant_id, state, now=now)


async def _check_order(session: AsyncSession, order_id: int, *, state: GrantState, customer_id: int) -> None:
    if state is not GrantState.REDEEMED:
        raise Invalid(f"an order redeems a grant; it does not belong to {state}", "order_id")
    if not await rows.known(session, Order.id, {order_id}, Order.customer_id == customer_id):
        raise Invalid("there is no such order of this customer", "order_id")


async def _note_state(session: AsyncSession, grant_id: int, state: GrantState, *, now: datetime) -> None:
    await session.execute(insert(OfferGrantState).values(grant_id=grant_id, state=state, reached_at=now))
