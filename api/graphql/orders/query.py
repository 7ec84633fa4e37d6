"""Root fields of orders."""

import strawberry

from api.graphql.orders.types import Order
from api.graphql.relay import Connection
from api.graphql.roots import all_of, by_id
from domain.orders.queries import orders


@strawberry.type
class OrderQuery:
    order: Order | None = by_id(orders)
    orders: Connection[Order] = all_of(orders)
