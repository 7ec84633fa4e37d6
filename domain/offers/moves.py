"""What becomes of grants: they move on, and expire with their offer."""

from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, bindparam, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain import rows
from domain.access import Actor
from domain.errors import Invalid, StaleVersion
from domain.messages import say
from domain.offers.errors import GrantNotFound
from domain.offers.model import GrantState, OfferGrant, OfferGrantState
from domain.offers.queries import visible_to
from domain.offers.states import check_move
from domain.orders.model import Order


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
    await session.execute(insert(OfferGrantState).values(grant_id=grant_id, state=state, reached_at=now))


async def _check_order(session: AsyncSession, order_id: int, *, state: GrantState, customer_id: int) -> None:
    if state is not GrantState.REDEEMED:
        raise Invalid(say("an order redeems a grant; it does not belong to {state}", state=state), "order_id")
    if not await rows.known(session, Order.id, {order_id}, Order.customer_id == customer_id):
        raise Invalid(say("there is no such order of this customer"), "order_id")


# Whoever moves a grant at this moment goes first, and the grant is looked at again the next time. What is left of an
# erased person stays as it is.
_EXPIRE = text("""
    WITH over AS (
        SELECT g.id FROM offers o JOIN offer_grants g ON g.offer_id = o.id
        WHERE o.valid_to <= :now AND g.state IN ('PROPOSED', 'DELIVERED', 'VIEWED', 'ACCEPTED')
          AND NOT EXISTS (SELECT FROM customers c WHERE c.id = g.customer_id AND c.erased_at IS NOT NULL)
        ORDER BY g.id LIMIT :most
        FOR NO KEY UPDATE OF g SKIP LOCKED
    ), expired AS (
        UPDATE offer_grants g SET state = 'EXPIRED' FROM over WHERE g.id = over.id RETURNING g.id
    )
    INSERT INTO offer_grant_states (grant_id, state, reached_at)
    SELECT id, 'EXPIRED', :now FROM expired ORDER BY id
    RETURNING grant_id
""").bindparams(bindparam("now", type_=DateTime(timezone=True)))


async def expire_grants(session: AsyncSession, *, now: datetime, most: int = 10_000) -> int:
    """Grants of offers whose validity is over have expired at `now`, `most` of them at once; how many. One statement.

    What was redeemed or declined stays so.
    """
    return len((await session.execute(_EXPIRE, {"now": now, "most": most})).all())
