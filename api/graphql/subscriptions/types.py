"""The root fields of subscriptions, and what an event shows."""

from datetime import datetime
from typing import Any

import strawberry

from api.graphql.customers.types import Customer
from api.graphql.enums import Channel
from api.graphql.fields import selected
from api.graphql.orders.types import Order
from api.graphql.payloads import carrying
from api.graphql.planning.readings import OfItself
from api.graphql.subscriptions.readings import Narrowing, OfEvent, OfEvents
from api.graphql.touchpoints.types import Touchpoint
from domain.customers.queries import customers
from domain.feed import Operation
from domain.orders.queries import orders
from domain.selection.entities import Entity
from domain.touchpoints.queries import touchpoints

strawberry.enum(Operation, name="ChangeOperation", description="What happened to the row.")

EVERY = frozenset(Operation)


@strawberry.interface(description="What happened to one row.")
class Change:
    id: strawberry.ID = selected(OfEvent("id"), description="The id of the row.")
    operation: Operation = selected(OfEvent("operation"))
    version: int = selected(OfEvent("version"), description="The row's version after this change.")
    origin: str = selected(
        OfEvent("origin"),
        description="Who caused it, e.g. user:kim or key:erp1: so a client can skip its own.",
    )
    at: datetime = selected(OfEvent("at"))

    @classmethod
    def is_type_of(cls, _: Any, __: Any) -> bool:
        """An event is told as the type of its field."""
        return True


def _shown(entity: Entity) -> Any:
    return selected(
        OfItself(entity), description="The row as it stands when the event is told; null once deleted."
    )


@strawberry.type(description="A customer was created, changed or deleted.")
class CustomerEvent(Change):
    node: Customer | None = _shown(customers)


@strawberry.type(description="A touchpoint was recorded.")
class TouchpointEvent(Change):
    node: Touchpoint | None = _shown(touchpoints)


@strawberry.type(description="An order was created, changed or deleted.")
class OrderEvent(Change):
    node: Order | None = _shown(orders)


for change in (Change, CustomerEvent, TouchpointEvent, OrderEvent):
    carrying(change)

_OF_CUSTOMER = "Only those of this customer."


@strawberry.type(description="Changes as they happen, over graphql-transport-ws or text/event-stream.")
class Subscription:
    customer_changed: CustomerEvent = selected(
        OfEvents(customers, "customer", EVERY, by_id=True),
        description="Something of a customer changed: his contact points and external ids too.",
    )
    touchpoint_recorded: TouchpointEvent = selected(
        OfEvents(
            touchpoints,
            "touchpoint",
            frozenset({Operation.CREATED}),
            (
                Narrowing(
                    "customer_id", strawberry.ID, _OF_CUSTOMER, customers.id, through=touchpoints.customer
                ),
                Narrowing(
                    "channels", list[Channel], "Only those on these channels.", touchpoints.channel, "in"
                ),
            ),
        ),
        description="A touchpoint was recorded.",
    )
    order_changed: OrderEvent = selected(
        OfEvents(
            orders,
            "order",
            EVERY,
            (Narrowing("customer_id", strawberry.ID, _OF_CUSTOMER, customers.id, through=orders.customer),),
            by_id=True,
        ),
        description="Something of an order changed: its lines too.",
    )
