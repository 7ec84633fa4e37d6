"""Upserts of orders with their lines, returns among them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import strawberry
from strawberry import Maybe

from api.graphql.branches.types import BranchKey
from api.graphql.customers.filters import CustomerKey
from api.graphql.enums import Channel, LineKind
from api.graphql.orders.types import Order
from api.graphql.products.types import ProductKey
from api.graphql.upserts.field import through, upserts
from api.graphql.upserts.inputs import each, naming, reading
from api.graphql.upserts.keys import OrderKey, UpsertKey, UserKey
from api.graphql.upserts.scalars import SourceVersion
from api.graphql.writes import Write
from domain.customers.errors import OutOfSight
from domain.errors import Invalid
from domain.intake.upserts.orders import MOST_LINES, ORDERS, lines_of
from domain.intake.upserts.outcomes import Outcome, Policy
from domain.messages import say
from domain.orders.queries import orders


@strawberry.input(description="A line of an order that another line takes back.")
class UpsertReturnedLine:
    order: Maybe[OrderKey | None] = strawberry.field(
        description="The order of the line that says so, unless given. May come in the same call."
    )
    position: int = strawberry.field(
        description="As the order shows it: lines of a new order have 1, 2 and so on, as they are given."
    )


@strawberry.input(
    description="A line, in the order's currency. Returns and cancellations have a negative quantity."
)
class UpsertOrderLine:
    kind: Maybe[LineKind | None] = strawberry.field(description="SALE unless given.")
    product: Maybe[ProductKey | None]
    quantity: Decimal
    unit_price: Decimal
    discount: Maybe[Decimal | None]
    unit_cost: Maybe[Decimal | None]
    booked_at: Maybe[datetime | None] = strawberry.field(description="If later than the order.")
    returns: Maybe[UpsertReturnedLine | None] = strawberry.field(
        description="The line that a return or cancellation takes back."
    )


@strawberry.input(
    description="What a system says of one order: what is absent is left as it is, null clears."
)
class UpsertOrder:
    key: UpsertKey
    source_version: Maybe[SourceVersion | None]
    number: Maybe[str | None] = strawberry.field(
        description="Of a new order: its name in the system unless given."
    )
    ordered_at: Maybe[datetime | None] = strawberry.field(description="A new order needs one.")
    currency: Maybe[str | None] = strawberry.field(description="A code of ISO 4217. A new order needs one.")
    channel: Maybe[Channel | None]
    customer: Maybe[CustomerKey | None]
    branch: Maybe[BranchKey | None]
    agent: Maybe[UserKey | None]
    original: Maybe[OrderKey | None] = strawberry.field(
        description="The order that a credit note takes back from."
    )
    cancelled_at: Maybe[datetime | None]
    lines: Maybe[list[UpsertOrderLine] | None] = strawberry.field(
        description="All lines of the order, at most 1,000: they replace those that it had. Lines that stay are not "
        "touched, and their order does not matter."
    )


@strawberry.input(description="Orders as a system booked them, 1 to 10,000 a call with 10,000 lines at most.")
class UpsertOrdersInput:
    policy: Policy
    rows: list[UpsertOrder]


_returned = reading(order=naming("order", "Order"))
_line = reading(
    product=naming("product", "Product"),
    returns=lambda given: None if given is None else _returned(given),
)
_order = reading(
    key=naming("key", "Order"),
    customer=naming("customer", "Customer"),
    branch=naming("branch", "Branch"),
    agent=naming("agent", "User"),
    original=naming("original", "Order"),
    lines=each(_line),
)


async def _upsert(write: Write, given: Mapping[str, Any], rows: Sequence[Any]) -> list[Outcome]:
    count = lines_of(rows)
    if count > MOST_LINES:
        raise Invalid(
            say("{count} lines are given; allowed: up to {most}", count=count, most=MOST_LINES), "rows"
        )
    return await through(ORDERS)(write, given, rows)


@strawberry.type
class OrderUpserts:
    upsert_orders: Any = upserts(
        "upsert_orders",
        Order,
        orders,
        UpsertOrdersInput,
        _order,
        _upsert,
        errors={"OUT_OF_SIGHT": OutOfSight},
        description="Create or change orders with their lines by the names that other systems have for them.",
    )
