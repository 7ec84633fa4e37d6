"""How an opportunity goes on: from stage to stage, and to the order it became."""

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from domain import rows, text
from domain.access import Actor
from domain.errors import Invalid
from domain.messages import say
from domain.opportunities.commands import locked, note_move
from domain.opportunities.errors import NotWon
from domain.opportunities.model import Opportunity, OpportunityStage
from domain.opportunities.stages import LOST, OPEN, WON, check_move
from domain.opportunities.stages import probability as checked_probability
from domain.orders.model import Order


async def move_opportunity(
    session: AsyncSession,
    opportunity_id: int,
    stage: OpportunityStage,
    *,
    expected_version: int,
    actor: Actor,
    now: datetime,
    probability: int | None = None,
    reason: str | None = None,
    order_id: int | None = None,
) -> None:
    """The opportunity has come into the stage at `now`, which its history keeps, with the stage's probability unless
    another is given. `order_id` is the order that it became by being won. Reopened, it has no order any more.

    Raises OpportunityNotFound, StaleVersion, MoveNotAllowed, ReasonNeeded, NotWon, Invalid. At most four statements.
    """
    standing = await locked(session, opportunity_id, expected_version=expected_version, actor=actor)
    before = OpportunityStage(standing.stage)
    told = None if reason is None else text.prose(reason, "reason", limit=1_000)
    check_move(before, stage, told)
    if order_id is not None:
        await _check_order(session, order_id, stage=stage, customer_id=standing.customer_id)
    chance = checked_probability(stage, probability)
    columns: dict[str, Any] = {
        "stage": stage,
        "probability": chance,
        "closed_at": None if stage in OPEN else now,
        "lost_reason": told if stage is LOST else None,
        "order_id": order_id,
    }
    await session.execute(update(Opportunity).where(Opportunity.id == opportunity_id).values(columns))
    await note_move(
        session, opportunity_id, before, stage, probability=chance, actor=actor, now=now, reason=told
    )


async def link_order(
    session: AsyncSession, opportunity_id: int, order_id: int | None, *, expected_version: int, actor: Actor
) -> None:
    """The won opportunity became this order; None: it is not known which, or not yet.

    Raises OpportunityNotFound, StaleVersion, NotWon, Invalid. At most three statements.
    """
    standing = await locked(session, opportunity_id, expected_version=expected_version, actor=actor)
    if order_id is not None:
        await _check_order(
            session, order_id, stage=OpportunityStage(standing.stage), customer_id=standing.customer_id
        )
    await session.execute(
        update(Opportunity).where(Opportunity.id == opportunity_id).values(order_id=order_id)
    )


async def _check_order(
    session: AsyncSession, order_id: int, *, stage: OpportunityStage, customer_id: int
) -> None:
    if stage is not WON:
        raise NotWon(stage)
    if not await rows.known(session, Order.id, {order_id}, Order.customer_id == customer_id):
        raise Invalid(say("there is no such order of this customer"), "order_id")
