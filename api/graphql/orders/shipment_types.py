"""Shipments as the API shows them."""

from datetime import datetime
from decimal import Decimal

import strawberry

from api.graphql.enums import ShipmentState
from api.graphql.fields import column, reads, relation
from api.graphql.orders.filters import ShipmentFilter, ShipmentLineFilter
from api.graphql.orders.types import Order
from api.graphql.planning.browsing import ordering
from api.graphql.products.stock_types import Warehouse
from api.graphql.products.types import Product
from api.graphql.relay import Connection, Node
from api.permissions import Group
from domain.orders.shipment_queries import shipment_lines, shipment_states, shipments


@reads(shipment_lines, filter=ShipmentLineFilter)
@strawberry.type
class ShipmentLine:
    """How much of a product a shipment carries."""

    product: Product = relation(shipment_lines.product)
    quantity: Decimal


@reads(shipment_states)
@strawberry.type
class ShipmentStateReached:
    """When a shipment reached a state."""

    state: ShipmentState
    reached_at: datetime


@reads(
    shipments,
    filter=ShipmentFilter,
    order=ordering(
        "Shipment",
        BOOKED_AT=shipments.booked_at,
        STATE_AT=shipments.state_at,
        CREATED_AT=shipments.created_at,
        UPDATED_AT=shipments.updated_at,
        ID=shipments.id,
    ),
)
@strawberry.type
class Shipment(Node):
    """Goods of an order on their way."""

    order: Order | None = relation(shipments.order)
    warehouse: Warehouse | None = relation(shipments.warehouse)
    carrier: str | None
    tracking: str | None = column(shipments.tracking, group=Group.CONTACT)
    state: ShipmentState
    state_at: datetime = column(shipments.state_at, description="When it reached its state.")
    states: Connection[ShipmentStateReached] = relation(shipments.states)
    lines: Connection[ShipmentLine] = relation(shipments.lines)
    booked_at: datetime = column(shipments.booked_at, description="When its source booked it.")
    shipped_at: datetime | None
    delivered_at: datetime | None
    source_system: str
    source_id: str
    created_at: datetime
    updated_at: datetime
    version: int
