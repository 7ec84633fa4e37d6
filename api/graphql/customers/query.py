"""Root fields of customers."""

import strawberry

from api.graphql.customers.types import Customer, CustomerKey
from api.graphql.relay import Connection
from api.graphql.roots import all_of, by_id, by_key
from domain.customers.queries import customers


@strawberry.type
class CustomerQuery:
    customer: Customer | None = by_id(customers)
    customer_by: Customer | None = by_key(customers, CustomerKey)
    customers: Connection[Customer] = all_of(customers)
