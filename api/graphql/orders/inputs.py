"""What is told about orders that are created or changed, and about what comes back."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import strawberry
from strawberry import Maybe

from api.graphql.enums import Channel, LineKind
from api.graphql.inputs import key, key_at, said
from domain.orders.commands import OrderDetails
from domain.orders.lines import NewLine
from domain.orders.returns import ReturnedLine


@strawberry.input(description="A line, its amounts in the order's currency.")
class OrderLineInput:
    kind: LineKind = strawberry.field(
        default=LineKind.SALE, description="SALE, FREE or ADJUSTMENT; returns have a mutation of their own."
    )
    product_id: strawberry.ID | None = strawberry.field(
        default=None, description="Only an ADJUSTMENT has none."
    )
    quantity: Decimal
    unit_price: Decimal
    discount: Decimal | None = strawberry.field(
        default=None, description="Of the whole line, not of one piece; none, unless it says how much."
    )
    unit_cost: Decimal | None = strawberry.field(
        default=None, description="What the product costs, unless another cost is told."
    )


@strawberry.input
class OrderInput:
    """What may be told when an order is created and when it is changed."""

    customer_id: Maybe[strawberry.ID | None] = strawberry.field(
        description="Nobody where it is not known who bought."
    )
    branch_id: Maybe[strawberry.ID | None]
    agent_id: Maybe[strawberry.ID | None] = strawberry.field(
        description="Who took it; of an agent's own, the agent."
    )
    channel: Maybe[Channel | None]
    ordered_at: Maybe[datetime | None] = strawberry.field(description="Now, unless it says when.")


@strawberry.input(description="A new order.")
class CreateOrderInput(OrderInput):
    number: str | None = strawberry.field(default=None, description="Given out where none is told.")
    currency: str = strawberry.field(description="A code of ISO 4217.")
    lines: list[OrderLineInput]


@strawberry.input(description="A change of an order: what is absent is left as it is, null clears.")
class UpdateOrderInput(OrderInput):
    id: strawberry.ID
    expected_version: int = strawberry.field(description="The version that the caller has seen.")
    lines: Maybe[list[OrderLineInput]] = strawberry.field(description="Replaces all lines.")


@strawberry.input(description="An order that is not to be.")
class CancelOrderInput:
    id: strawberry.ID
    expected_version: int = strawberry.field(description="The version that the caller has seen.")


@strawberry.input(description="How much of a line comes back.")
class ReturnedLineInput:
    position: int = strawberry.field(description="The line's position in the order.")
    quantity: Decimal


@strawberry.input(description="What comes back of an order.")
class ReturnOrderLinesInput:
    id: strawberry.ID
    expected_version: int = strawberry.field(description="The version that the caller has seen.")
    lines: list[ReturnedLineInput]


def order_details(input: OrderInput) -> OrderDetails:
    """The details for the domain, without lines. Raises Invalid for an id of another type."""
    found: OrderDetails = said(
        input,
        customer_id=key_at("Customer", "customer_id"),
        branch_id=key_at("Branch", "branch_id"),
        agent_id=key_at("User", "agent_id"),
        lines=new_lines,
    )
    return found


def new_lines(given: Sequence[OrderLineInput]) -> list[NewLine]:
    """The lines for the domain. Raises Invalid for an id of another type, with its place."""
    return [
        NewLine(
            kind=each.kind,
            product_id=None
            if each.product_id is None
            else key(each.product_id, "Product", "lines", place, "product_id"),
            quantity=each.quantity,
            unit_price=each.unit_price,
            discount=each.discount or Decimal(0),
            unit_cost=each.unit_cost,
        )
        for place, each in enumerate(given)
    ]


def returned_lines(given: Sequence[ReturnedLineInput]) -> list[ReturnedLine]:
    """The lines for the domain."""
    return [ReturnedLine(each.position, each.quantity) for each in given]
