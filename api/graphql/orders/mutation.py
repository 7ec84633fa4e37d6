"""Mutations of orders and what comes back of them."""

import strawberry

from api.graphql.inputs import key
from api.graphql.orders.inputs import (
    CancelOrderInput,
    CreateOrderInput,
    ReturnOrderLinesInput,
    UpdateOrderInput,
    new_lines,
    order_details,
    returned_lines,
)
from api.graphql.orders.types import Order
from api.graphql.writes import Write, writes
from api.permissions import Action
from domain.errors import StaleVersion
from domain.orders import commands, returns
from domain.orders.commands import OrderDetails
from domain.orders.errors import (
    LinesSettled,
    NothingToReturn,
    OrderCancelled,
    OrderNumberTaken,
    OrderOutOfSight,
    OrderShipped,
    ReturnTooLarge,
)
from domain.orders.queries import orders

_STALE = {"STALE_VERSION": StaleVersion}
_SIGHT = {"OUT_OF_SIGHT": OrderOutOfSight}


@strawberry.type
class OrderMutation:
    @writes(Order, orders, Action.CREATE, errors={"NUMBER_TAKEN": OrderNumberTaken, **_SIGHT})
    async def create_order(write: Write, input: CreateOrderInput) -> int:
        """Place an order for a customer, or for somebody who is not known."""
        told: OrderDetails = {**order_details(input), "lines": new_lines(input.lines)}
        return await commands.create_order(
            write.session,
            input.currency,
            details=told,
            number=input.number,
            actor=write.actor,
            now=write.now,
        )

    @writes(
        Order,
        orders,
        Action.UPDATE,
        errors={**_STALE, **_SIGHT, "CANCELLED": OrderCancelled, "LINES_SETTLED": LinesSettled},
    )
    async def update_order(write: Write, input: UpdateOrderInput) -> int:
        """Change an order: what is absent is left as it is, null clears; lines are replaced as a whole."""
        order_id = key(input.id, "Order", "id")
        await commands.update_order(
            write.session,
            order_id,
            changes=order_details(input),
            expected_version=input.expected_version,
            actor=write.actor,
            now=write.now,
        )
        return order_id

    @writes(
        Order, orders, Action.UPDATE, errors={**_STALE, "CANCELLED": OrderCancelled, "SHIPPED": OrderShipped}
    )
    async def cancel_order(write: Write, input: CancelOrderInput) -> int:
        """Take back whatever is left of an order of which nothing is on its way. What was paid is owed back then."""
        order_id = key(input.id, "Order", "id")
        await returns.cancel_order(
            write.session,
            order_id,
            expected_version=input.expected_version,
            actor=write.actor,
            now=write.now,
        )
        return order_id

    @writes(
        Order,
        orders,
        Action.UPDATE,
        errors={**_STALE, "RETURN_TOO_LARGE": ReturnTooLarge, "NOTHING_TO_RETURN": NothingToReturn},
    )
    async def return_order_lines(write: Write, input: ReturnOrderLinesInput) -> int:
        """Book what comes back, at the price and the share of the discount it was sold for."""
        order_id = key(input.id, "Order", "id")
        await returns.return_lines(
            write.session,
            order_id,
            returned_lines(input.lines),
            expected_version=input.expected_version,
            actor=write.actor,
            now=write.now,
        )
        return order_id
