"""What is told about contacts that are recorded."""

from datetime import datetime

import strawberry
from strawberry import Maybe

from api.graphql.customers.filters import CustomerKey
from api.graphql.enums import Channel, Direction, TouchpointKind
from api.graphql.inputs import key, key_at, money, said
from api.graphql.money import MoneyInput
from domain.customers.details import ExternalId
from domain.touchpoints.items import NewTouchpoint


@strawberry.input(description="One contact with a customer, or with a visitor not yet known to be one.")
class TouchpointInput:
    source_system: str
    source_id: str = strawberry.field(description="The same twice for one system is one touchpoint.")
    channel: Channel
    direction: Direction
    occurred_at: datetime
    kind: TouchpointKind = TouchpointKind.CONTACT
    customer: Maybe[CustomerKey | None]
    visitor_id: Maybe[str | None] = strawberry.field(description="Who it was, as long as nobody knows.")
    duration_seconds: Maybe[int | None]
    agent_id: Maybe[strawberry.ID | None] = strawberry.field(
        description="For an agent who records it himself, unless another is given."
    )
    branch_id: Maybe[strawberry.ID | None]
    subject: Maybe[str | None]
    note: Maybe[str | None]
    topics: Maybe[list[str] | None]
    sentiment: Maybe[int | None] = strawberry.field(description="-100 to 100.")
    rating: Maybe[int | None] = strawberry.field(description="1 to 5.")
    outcome: Maybe[str | None]
    cost: Maybe[MoneyInput | None]
    order_id: Maybe[strawberry.ID | None]
    offer_id: Maybe[strawberry.ID | None]


@strawberry.input(description="Contacts that happened, 1 to 1,000 a call.")
class RecordTouchpointsInput:
    items: list[TouchpointInput]


def item(given: TouchpointInput) -> NewTouchpoint:
    """The contact for the domain. Raises Invalid, whose path begins inside the item."""
    told = said(
        given,
        customer=_customer,
        agent_id=key_at("User", "agent_id"),
        branch_id=key_at("Branch", "branch_id"),
        topics=tuple,
        cost=money,
        order_id=key_at("Order", "order_id"),
        offer_id=key_at("Offer", "offer_id"),
    )
    return NewTouchpoint(
        source_system=given.source_system,
        source_id=given.source_id,
        channel=given.channel,
        direction=given.direction,
        occurred_at=given.occurred_at,
        kind=given.kind,
        **{name: value for name, value in told.items() if value is not None},
    )


def _customer(given: CustomerKey) -> int | ExternalId:
    if given.external:
        return ExternalId(given.external.system, given.external.id)
    return key(str(given.id), "Customer", "customer", "id")
