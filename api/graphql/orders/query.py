"""Root fields of orders, payments and shipments."""

import strawberry

from api.graphql.orders.payment_types import Payment
from api.graphql.orders.shipment_types import Shipment
from api.graphql.orders.types import Order
from api.graphql.relay import Connection
from api.graphql.roots import all_of, by_id
from domain.orders.payment_queries import payments
from domain.orders.queries import orders
from domain.orders.shipment_queries import shipments


@strawberry.type
class OrderQuery:
    order: Order | None = by_id(orders)
    orders: Connection[Order] = all_of(orders)
    payment: Payment | None = by_id(payments)
    payments: Connection[Payment] = all_of(payments)
    shipment: Shipment | None = by_id(shipments)
    shipments: Connection[Shipment] = all_of(shipments)
