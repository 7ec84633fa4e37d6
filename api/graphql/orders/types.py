"""Orders and their lines as the API shows them."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Optional

import strawberry

from api.graphql.branches.types import Branch, BranchFilter
from api.graphql.customers.filters import CustomerFilter
from api.graphql.customers.types import Customer
from api.graphql.enums import (
    Channel,
    ChannelFilter,
    LineKind,
    LineKindFilter,
    ShippedState,
    ShippedStateFilter,
)
from api.graphql.fields import column, reads, relation
from api.graphql.filters import BooleanFilter, DateTimeFilter, DecimalFilter, IdFilter, Many, TextFilter
from api.graphql.money import Money
from api.graphql.orders.filters import PaymentFilter, ShipmentFilter
from api.graphql.planning.browsing import ordering
from api.graphql.planning.filters import filters, where
from api.graphql.products.types import Product, ProductFilter
from api.graphql.relay import Connection, Node
from api.graphql.users.types import User, UserFilter
from domain.opportunities.queries import opportunities_of_order
from domain.orders.payment_queries import payments_of_order
from domain.orders.queries import order_lines, orders
from domain.orders.shipment_queries import shipments_of_order

if TYPE_CHECKING:
    from api.graphql.opportunities.types import Opportunity
    from api.graphql.orders.payment_types import Payment
    from api.graphql.orders.shipment_types import Shipment


@filters
class OrderLineFilter:
    kind: LineKindFilter | None = where(order_lines.kind)
    quantity: DecimalFilter | None = where(order_lines.quantity)
    net_revenue: DecimalFilter | None = where(order_lines.net_revenue)
    product: ProductFilter | None = where(order_lines.product)


@reads(order_lines, filter=OrderLineFilter)
@strawberry.type
class OrderLine:
    """A line as the ERP booked it. Returns and cancellations have a negative quantity."""

    position: int
    kind: LineKind
    product: Product | None = relation(order_lines.product)
    quantity: Decimal
    unit_price: Money = column(order_lines.unit_price, order_lines.currency)
    discount: Money = column(order_lines.discount, order_lines.currency)
    unit_cost: Money | None = column(order_lines.unit_cost, order_lines.currency)
    gross: Money = column(order_lines.gross, order_lines.currency, description="quantity x unit price")
    net_revenue: Money = column(
        order_lines.net_revenue, order_lines.currency, description="quantity x unit price - discount"
    )
    returned_quantity: Decimal = column(
        order_lines.returned_quantity,
        description="How much of it was returned or cancelled by lines that name it.",
    )
    returned_line: Optional["OrderLine"] = relation(
        order_lines.returned_line, description="The line that a return or cancellation takes back."
    )
    booked_at: datetime | None = column(
        order_lines.booked_at,
        description="When a return or cancellation was booked, if later than the order.",
    )


@filters
class OrderFilter:
    id: IdFilter | None = where(orders.id)
    number: TextFilter | None = where(orders.number)
    source_system: TextFilter | None = where(orders.source_system)
    source_id: TextFilter | None = where(orders.source_id)
    channel: ChannelFilter | None = where(orders.channel)
    ordered_at: DateTimeFilter | None = where(orders.ordered_at)
    currency: TextFilter | None = where(orders.currency)
    cancelled_at: DateTimeFilter | None = where(orders.cancelled_at)
    net_revenue: DecimalFilter | None = where(orders.net_revenue)
    paid_amount: DecimalFilter | None = where(orders.paid_amount)
    open_amount: DecimalFilter | None = where(orders.open_amount)
    has_returns: BooleanFilter | None = where(orders.has_returns)
    shipped_state: ShippedStateFilter | None = where(orders.shipped_state)
    customer: CustomerFilter | None = where(orders.customer)
    branch: BranchFilter | None = where(orders.branch)
    agent: UserFilter | None = where(orders.agent)
    lines: Many[OrderLineFilter] | None = where(orders.lines)
    payments: Many[PaymentFilter] | None = where(payments_of_order)
    shipments: Many[ShipmentFilter] | None = where(shipments_of_order)
    created_at: DateTimeFilter | None = where(orders.created_at)
    updated_at: DateTimeFilter | None = where(orders.updated_at)


@reads(
    orders,
    filter=OrderFilter,
    order=ordering(
        "Order",
        ORDERED_AT=orders.ordered_at,
        NUMBER=orders.number,
        CREATED_AT=orders.created_at,
        UPDATED_AT=orders.updated_at,
        NET_REVENUE=orders.net_revenue,
        OPEN_AMOUNT=orders.open_amount,
        ID=orders.id,
    ),
)
@strawberry.type
class Order(Node):
    """An order as its source booked it. Without a customer where nobody knows who bought."""

    number: str
    source_system: str
    source_id: str
    channel: Channel | None
    ordered_at: datetime
    customer: Customer | None = relation(orders.customer)
    branch: Branch | None = relation(orders.branch)
    agent: User | None = relation(orders.agent, description="Who took it.")
    cancelled_at: datetime | None
    original: Optional["Order"] = relation(
        orders.original, description="The order that a credit note takes back from."
    )
    credit_notes: Connection["Order"] = relation(
        orders.credit_notes, description="Returns that the ERP booked as documents of their own."
    )
    gross: Money = column(
        orders.gross, orders.currency, description="The sum of its lines before discounts, returns taken off."
    )
    net_revenue: Money = column(
        orders.net_revenue, orders.currency, description="The sum of its lines, returns taken off."
    )
    paid_amount: Money = column(
        orders.paid_amount, orders.currency, description="What was paid and not given back."
    )
    open_amount: Money = column(
        orders.open_amount,
        orders.currency,
        description="Net revenue less what was paid; below zero is owed to the customer.",
    )
    returned_quantity: Decimal = column(
        orders.returned_quantity, description="Pieces that came back, by its own lines and its credit notes."
    )
    has_returns: bool
    shipped_state: ShippedState = column(
        orders.shipped_state, description="How far its goods are on their way, by product."
    )
    lines: Connection[OrderLine] = relation(orders.lines)
    payments: Connection[Annotated["Payment", strawberry.lazy("api.graphql.orders.payment_types")]] = (
        relation(payments_of_order)
    )
    shipments: Connection[Annotated["Shipment", strawberry.lazy("api.graphql.orders.shipment_types")]] = (
        relation(shipments_of_order)
    )
    opportunities: Connection[
        Annotated["Opportunity", strawberry.lazy("api.graphql.opportunities.types")]
    ] = relation(opportunities_of_order, description="The possible sales that became this order.")
    created_at: datetime
    updated_at: datetime
    version: int
