"""Changes of opportunities: opening and changing them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Actor
from domain.customers.redirects import led
from domain.errors import Invalid, StaleVersion
from domain.messages import say
from domain.opportunities.details import OpportunityDetails, checked
from domain.opportunities.errors import OpportunityNotFound
from domain.opportunities.model import Opportunity, OpportunityMove, OpportunityStage
from domain.opportunities.offers import set_offers
from domain.opportunities.queries import visible_to
from domain.opportunities.stages import OPEN, probability
from domain.work.references import check_references, defaults
from domain.work.sight import check_sight


async def create_opportunity(
    session: AsyncSession,
    customer_id: int,
    details: OpportunityDetails,
    *,
    actor: Actor,
    now: datetime,
    stage: OpportunityStage = OpportunityStage.LEAD,
) -> int:
    """A possible sale to the customer stands in this stage, which is an open one; its key.

    Without a word on it, an actor of scope OWN becomes the owner and one of one branch gives the branch. Raises
    Invalid, CustomerNotFound, OutOfSight. At most fifteen statements.
    """
    if "name" not in details:
        raise Invalid(say("{key} is missing: every opportunity has one", key="name"), "name")
    if stage not in OPEN:
        raise Invalid(
            say(
                "a new opportunity cannot be {stage}; allowed: {allowed}",
                stage=stage,
                allowed=", ".join(OPEN),
            ),
            "stage",
        )
    customer_id = await led(session, customer_id)
    await check_references(session, {"customer_id": customer_id}, actor=actor)
    columns = {
        **defaults(actor),
        **await checked(session, details, customer_id=customer_id, actor=actor),
        "customer_id": customer_id,
        "stage": stage,
        "probability": probability(stage, details.get("probability")),
        "opened_at": now,
    }
    made: int | None = await session.scalar(insert(Opportunity).values(columns).returning(Opportunity.id))
    assert made is not None, "an insert that does not fail returns its row"
    await note_move(session, made, None, stage, probability=columns["probability"], actor=actor, now=now)
    await set_offers(session, made, details, customer_id=customer_id)
    await check_sight(session, Opportunity.__table__, made, actor=actor)
    return made


async def update_opportunity(
    session: AsyncSession,
    opportunity_id: int,
    *,
    changes: OpportunityDetails,
    expected_version: int,
    actor: Actor,
) -> None:
    """The opportunity stands as changed: absent = left, None = cleared, a cleared probability is that of the stage.

    Whoever hands it over may lose it from sight. Raises OpportunityNotFound, StaleVersion, Invalid. At most twelve
    statements.
    """
    standing = await locked(session, opportunity_id, expected_version=expected_version, actor=actor)
    columns = await checked(session, changes, customer_id=standing.customer_id, actor=actor)
    if "probability" in changes:
        columns["probability"] = probability(OpportunityStage(standing.stage), changes["probability"])
    if columns:
        await session.execute(update(Opportunity).where(Opportunity.id == opportunity_id).values(columns))
    await set_offers(session, opportunity_id, changes, customer_id=standing.customer_id)


async def locked(
    session: AsyncSession, opportunity_id: int, *, expected_version: int, actor: Actor
) -> Row[Any]:
    """The opportunity, locked against change. Raises OpportunityNotFound, StaleVersion. One statement."""
    found = (
        await session.execute(
            select(Opportunity.__table__)
            .where(Opportunity.id == opportunity_id, visible_to(actor))
            .with_for_update(key_share=True)
        )
    ).one_or_none()
    if found is None:
        raise OpportunityNotFound("id")
    if found.version != expected_version:
        raise StaleVersion("opportunity", opportunity_id, expected=expected_version, current=found.version)
    return found


async def note_move(
    session: AsyncSession,
    opportunity_id: int,
    from_stage: OpportunityStage | None,
    to_stage: OpportunityStage,
    *,
    probability: int,
    actor: Actor,
    now: datetime,
    reason: str | None = None,
) -> None:
    """The history holds the move. One statement."""
    await session.execute(
        insert(OpportunityMove).values(
            opportunity_id=opportunity_id,
            from_stage=from_stage,
            to_stage=to_stage,
            probability=probability,
            moved_at=now,
            moved_by_id=actor.user_id,
            reason=reason,
        )
    )
