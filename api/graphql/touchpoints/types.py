"""Touchpoints as the API shows them."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.graphql.branches.types import Branch, BranchFilter
from api.graphql.customers.filters import CustomerFilter
from api.graphql.customers.types import Customer
from api.graphql.enums import (
    Channel,
    ChannelFilter,
    Direction,
    TouchpointDirectionFilter,
    TouchpointKind,
    TouchpointKindFilter,
)
from api.graphql.fields import column, reads, relation
from api.graphql.filters import DateTimeFilter, IdFilter, IntFilter, TextFilter, TextListFilter
from api.graphql.money import Money
from api.graphql.planning.browsing import ordering
from api.graphql.planning.filters import filters, where
from api.graphql.relay import Node
from api.graphql.users.types import User, UserFilter
from api.permissions import Group
from domain.offers.queries import offer_of_touchpoint
from domain.orders.queries import order_of_touchpoint
from domain.touchpoints.queries import touchpoints

if TYPE_CHECKING:
    from api.graphql.offers.types import Offer
    from api.graphql.orders.types import Order


@filters
class TouchpointFilter:
    id: IdFilter | None = where(touchpoints.id)
    channel: ChannelFilter | None = where(touchpoints.channel)
    direction: TouchpointDirectionFilter | None = where(touchpoints.direction)
    kind: TouchpointKindFilter | None = where(touchpoints.kind)
    occurred_at: DateTimeFilter | None = where(touchpoints.occurred_at)
    customer: CustomerFilter | None = where(touchpoints.customer)
    agent: UserFilter | None = where(touchpoints.agent)
    branch: BranchFilter | None = where(touchpoints.branch)
    topics: TextListFilter | None = where(touchpoints.topics)
    subject: TextFilter | None = where(touchpoints.subject)
    outcome: TextFilter | None = where(touchpoints.outcome)
    rating: IntFilter | None = where(touchpoints.rating)
    sentiment: IntFilter | None = where(touchpoints.sentiment)
    duration_seconds: IntFilter | None = where(touchpoints.duration_seconds)
    source_system: TextFilter | None = where(touchpoints.source_system)
    visitor_id: TextFilter | None = where(touchpoints.visitor_id, group=Group.SENSITIVE)
    created_at: DateTimeFilter | None = where(touchpoints.created_at)


@reads(
    touchpoints,
    filter=TouchpointFilter,
    order=ordering(
        "Touchpoint",
        OCCURRED_AT=touchpoints.occurred_at,
        CREATED_AT=touchpoints.created_at,
        RATING=touchpoints.rating,
        SENTIMENT=touchpoints.sentiment,
        DURATION_SECONDS=touchpoints.duration_seconds,
        ID=touchpoints.id,
    ),
)
@strawberry.type
class Touchpoint(Node):
    """One contact with a customer, or with a visitor not yet known to be one."""

    channel: Channel
    direction: Direction
    kind: TouchpointKind
    occurred_at: datetime
    duration_seconds: int | None
    customer: Customer | None = relation(touchpoints.customer)
    visitor_id: str | None = column(
        touchpoints.visitor_id, group=Group.SENSITIVE, description="Who it was, as long as nobody knew."
    )
    agent: User | None = relation(touchpoints.agent)
    branch: Branch | None = relation(touchpoints.branch)
    subject: str | None
    note: str | None = column(touchpoints.note, group=Group.SENSITIVE)
    topics: list[str]
    sentiment: int | None
    rating: int | None
    outcome: str | None
    cost: Money | None = column(touchpoints.cost, touchpoints.currency)
    order: Annotated["Order", strawberry.lazy("api.graphql.orders.types")] | None = relation(
        order_of_touchpoint
    )
    offer: Annotated["Offer", strawberry.lazy("api.graphql.offers.types")] | None = relation(
        offer_of_touchpoint
    )
    source_system: str
    source_id: str
    created_at: datetime
    version: int
