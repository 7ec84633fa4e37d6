"""Opportunities as the API shows them."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.graphql.branches.types import Branch, BranchFilter
from api.graphql.customers.filters import CustomerFilter
from api.graphql.customers.types import Customer
from api.graphql.enums import (
    OpportunitySource,
    OpportunitySourceFilter,
    OpportunityStage,
    OpportunityStageFilter,
)
from api.graphql.fields import column, reads, relation
from api.graphql.filters import (
    BooleanFilter,
    DateFilter,
    DateTimeFilter,
    DecimalFilter,
    IdFilter,
    IntFilter,
    TextFilter,
)
from api.graphql.money import Money
from api.graphql.offers.types import Offer, OfferGrant
from api.graphql.orders.types import Order
from api.graphql.planning.browsing import ordering
from api.graphql.planning.filters import filters, where
from api.graphql.relay import Connection, Node
from api.graphql.touchpoints.types import Touchpoint
from api.graphql.users.types import User, UserFilter
from api.permissions import Group
from domain.opportunities.queries import opportunities, opportunity_moves
from domain.tasks.queries import tasks_of_opportunity

if TYPE_CHECKING:
    from api.graphql.tasks.types import Task


@filters
class OpportunityFilter:
    id: IdFilter | None = where(opportunities.id)
    name: TextFilter | None = where(opportunities.name)
    stage: OpportunityStageFilter | None = where(opportunities.stage)
    source: OpportunitySourceFilter | None = where(opportunities.source)
    probability: IntFilter | None = where(opportunities.probability)
    amount: DecimalFilter | None = where(opportunities.amount)
    currency: TextFilter | None = where(opportunities.currency)
    expected_on: DateFilter | None = where(opportunities.expected_on)
    opened_at: DateTimeFilter | None = where(opportunities.opened_at)
    closed_at: DateTimeFilter | None = where(opportunities.closed_at)
    overdue: BooleanFilter | None = where(opportunities.overdue)
    customer: CustomerFilter | None = where(opportunities.customer)
    owner: UserFilter | None = where(opportunities.owner)
    branch: BranchFilter | None = where(opportunities.branch)
    created_at: DateTimeFilter | None = where(opportunities.created_at)
    updated_at: DateTimeFilter | None = where(opportunities.updated_at)


@reads(opportunity_moves)
@strawberry.type
class OpportunityMove:
    """An opportunity came into a stage. Its opening is the first move, from nothing."""

    from_stage: OpportunityStage | None
    to_stage: OpportunityStage
    probability: int
    moved_at: datetime
    moved_by: User | None = relation(opportunity_moves.moved_by)
    reason: str | None = column(opportunity_moves.reason, group=Group.SENSITIVE)


@reads(
    opportunities,
    filter=OpportunityFilter,
    order=ordering(
        "Opportunity",
        OPENED_AT=opportunities.opened_at,
        EXPECTED_ON=opportunities.expected_on,
        STAGE=opportunities.stage_rank,
        AMOUNT=opportunities.amount,
        NAME=opportunities.name,
        CREATED_AT=opportunities.created_at,
        UPDATED_AT=opportunities.updated_at,
        ID=opportunities.id,
    ),
)
@strawberry.type
class Opportunity(Node):
    """A possible sale, from the first hint to the order or to the reason why there is none."""

    name: str
    customer: Customer | None = relation(opportunities.customer)
    stage: OpportunityStage
    probability: int = strawberry.field(description="In per cent: 0 to 100.")
    amount: Money | None = column(opportunities.amount, opportunities.currency)
    weighted_amount: Money | None = column(
        opportunities.weighted_amount, opportunities.currency, description="The amount by its probability."
    )
    expected_on: date | None = column(
        opportunities.expected_on, description="The day on which the sale is expected."
    )
    overdue: bool = column(opportunities.overdue, description="Still open after the day it was expected on.")
    source: OpportunitySource | None
    touchpoint: Touchpoint | None = relation(
        opportunities.touchpoint, description="The contact that first told of it."
    )
    note: str | None = column(opportunities.note, group=Group.SENSITIVE)
    lost_reason: str | None = column(opportunities.lost_reason, group=Group.SENSITIVE)
    owner: User | None = relation(opportunities.owner)
    branch: Branch | None = relation(opportunities.branch)
    offers: Connection[Offer] = relation(opportunities.offers, description="Offers made, in words.")
    grants: Connection[OfferGrant] = relation(
        opportunities.grants, description="Offers made, granted to the customer."
    )
    order: Order | None = relation(opportunities.order, description="The order that it became.")
    opened_at: datetime
    closed_at: datetime | None = column(opportunities.closed_at, description="When it was won or lost.")
    moves: Connection[OpportunityMove] = relation(
        opportunities.moves, description="Its history, from the opening on."
    )
    tasks: Connection[Annotated["Task", strawberry.lazy("api.graphql.tasks.types")]] = relation(
        tasks_of_opportunity
    )
    created_at: datetime
    updated_at: datetime
    version: int
