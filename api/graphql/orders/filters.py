"""Filters of payments and shipments."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from api.graphql.enums import PaymentMethodFilter, PaymentStateFilter, ShipmentStateFilter
from api.graphql.filters import DateTimeFilter, DecimalFilter, IdFilter, Many, TextFilter
from api.graphql.planning.filters import filters, where
from api.graphql.products.stock_filters import WarehouseFilter
from api.graphql.products.types import ProductFilter
from api.permissions import Group
from domain.orders.payment_queries import payments
from domain.orders.shipment_queries import shipment_lines, shipments

if TYPE_CHECKING:
    from api.graphql.orders.types import OrderFilter


@filters
class PaymentFilter:
    id: IdFilter | None = where(payments.id)
    source_system: TextFilter | None = where(payments.source_system)
    source_id: TextFilter | None = where(payments.source_id)
    method: PaymentMethodFilter | None = where(payments.method)
    state: PaymentStateFilter | None = where(payments.state)
    amount: DecimalFilter | None = where(payments.amount)
    refunded_amount: DecimalFilter | None = where(payments.refunded_amount)
    currency: TextFilter | None = where(payments.currency)
    booked_at: DateTimeFilter | None = where(payments.booked_at)
    state_at: DateTimeFilter | None = where(payments.state_at)
    paid_at: DateTimeFilter | None = where(payments.paid_at)
    order: Annotated["OrderFilter", strawberry.lazy("api.graphql.orders.types")] | None = where(
        payments.order
    )
    created_at: DateTimeFilter | None = where(payments.created_at)
    updated_at: DateTimeFilter | None = where(payments.updated_at)


@filters
class ShipmentLineFilter:
    product: ProductFilter | None = where(shipment_lines.product)
    quantity: DecimalFilter | None = where(shipment_lines.quantity)


@filters
class ShipmentFilter:
    id: IdFilter | None = where(shipments.id)
    source_system: TextFilter | None = where(shipments.source_system)
    source_id: TextFilter | None = where(shipments.source_id)
    state: ShipmentStateFilter | None = where(shipments.state)
    carrier: TextFilter | None = where(shipments.carrier)
    tracking: TextFilter | None = where(shipments.tracking, group=Group.CONTACT)
    booked_at: DateTimeFilter | None = where(shipments.booked_at)
    state_at: DateTimeFilter | None = where(shipments.state_at)
    shipped_at: DateTimeFilter | None = where(shipments.shipped_at)
    delivered_at: DateTimeFilter | None = where(shipments.delivered_at)
    warehouse: WarehouseFilter | None = where(shipments.warehouse)
    lines: Many[ShipmentLineFilter] | None = where(shipments.lines)
    order: Annotated["OrderFilter", strawberry.lazy("api.graphql.orders.types")] | None = where(
        shipments.order
    )
    created_at: DateTimeFilter | None = where(shipments.created_at)
    updated_at: DateTimeFilter | None = where(shipments.updated_at)
