"""Orders and their lines as the API shows them."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.graphql.branches.types import Branch, BranchFilter
from api.graphql.customers.types import Customer, CustomerFilter
from api.graphql.enums import Channel, ChannelFilter, LineKind
from api.graphql.fields import column, reads, relation
from api.graphql.filters import DateTimeFilter, IdFilter, TextFilter
from api.graphql.money import Money
from api.graphql.planning.browsing import ordering
from api.graphql.planning.filters import filters, where
from api.graphql.products.types import Product
from api.graphql.relay import Connection, Node
from domain.opportunities.queries import opportunities_of_order
from domain.orders.queries import order_lines, orders

if TYPE_CHECKING:
    from api.graphql.opportunities.types import Opportunity


@reads(order_lines)
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


@filters
class OrderFilter:
    id: IdFilter | None = where(orders.id)
    number: TextFilter | None = where(orders.number)
    source_system: TextFilter | None = where(orders.source_system)
    source_id: TextFilter | None = where(orders.source_id)
    channel: ChannelFilter | None = where(orders.channel)
    ordered_at: DateTimeFilter | None = where(orders.ordered_at)
    currency: TextFilter | None = where(orders.currency)
    customer: CustomerFilter | None = where(orders.customer)
    branch: BranchFilter | None = where(orders.branch)


@reads(orders, filter=OrderFilter, order=ordering("Order", ORDERED_AT=orders.ordered_at, ID=orders.id))
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
    net_revenue: Money = column(
        orders.net_revenue, orders.currency, description="The sum of its lines, returns taken off."
    )
    lines: Connection[OrderLine] = relation(orders.lines)
    opportunities: Connection[
        Annotated["Opportunity", strawberry.lazy("api.graphql.opportunities.types")]
    ] = relation(opportunities_of_order, description="The possible sales that became this order.")
    created_at: datetime
    updated_at: datetime
    version: int
