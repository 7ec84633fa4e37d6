"""Mutations of opportunities."""

import strawberry

from api.graphql.inputs import key, key_at, said
from api.graphql.opportunities.inputs import (
    CreateOpportunityInput,
    LinkOpportunityOrderInput,
    MoveOpportunityInput,
    UpdateOpportunityInput,
    details,
)
from api.graphql.opportunities.types import Opportunity
from api.graphql.writes import Write, writes
from api.permissions import Action
from domain.customers.errors import OutOfSight
from domain.errors import StaleVersion
from domain.opportunities import commands, progress
from domain.opportunities.details import OpportunityDetails
from domain.opportunities.errors import MoveNotAllowed, NotWon, ReasonNeeded
from domain.opportunities.queries import opportunities

_STALE = {"STALE_VERSION": StaleVersion}


@strawberry.type
class OpportunityMutation:
    @writes(Opportunity, opportunities, Action.CREATE, errors={"OUT_OF_SIGHT": OutOfSight})
    async def create_opportunity(write: Write, input: CreateOpportunityInput) -> int:
        """Open a possible sale."""
        told: OpportunityDetails = {**details(input), "name": input.name}
        return await commands.create_opportunity(
            write.session,
            key(input.customer_id, "Customer", "customer_id"),
            told,
            actor=write.actor,
            now=write.now,
            stage=input.stage,
        )

    @writes(Opportunity, opportunities, Action.UPDATE, errors=_STALE)
    async def update_opportunity(write: Write, input: UpdateOpportunityInput) -> int:
        """Change an opportunity: what is absent is left as it is, null clears. Its stage is moved, not changed."""
        opportunity_id = key(input.id, "Opportunity", "id")
        await commands.update_opportunity(
            write.session,
            opportunity_id,
            changes=details(input),
            expected_version=input.expected_version,
            actor=write.actor,
        )
        return opportunity_id

    @writes(
        Opportunity,
        opportunities,
        Action.UPDATE,
        errors={
            **_STALE,
            "MOVE_NOT_ALLOWED": MoveNotAllowed,
            "REASON_NEEDED": ReasonNeeded,
            "NOT_WON": NotWon,
        },
    )
    async def move_opportunity(write: Write, input: MoveOpportunityInput) -> int:
        """Bring an opportunity into another stage: each move is kept with its time. WON and LOST end it."""
        opportunity_id = key(input.id, "Opportunity", "id")
        await progress.move_opportunity(
            write.session,
            opportunity_id,
            input.stage,
            expected_version=input.expected_version,
            actor=write.actor,
            now=write.now,
            **said(input, order_id=key_at("Order", "order_id")),
        )
        return opportunity_id

    @writes(Opportunity, opportunities, Action.UPDATE, errors={**_STALE, "NOT_WON": NotWon})
    async def link_opportunity_order(write: Write, input: LinkOpportunityOrderInput) -> int:
        """Say which order a won opportunity became."""
        opportunity_id = key(input.id, "Opportunity", "id")
        order_id = None if input.order_id is None else key(input.order_id, "Order", "order_id")
        await progress.link_order(
            write.session,
            opportunity_id,
            order_id,
            expected_version=input.expected_version,
            actor=write.actor,
        )
        return opportunity_id
