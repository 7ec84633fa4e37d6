"""Root fields of customers."""

import strawberry

from api.graphql.customers.attribute_types import CustomerAttribute
from api.graphql.customers.filters import CustomerKey
from api.graphql.customers.history_types import LifecycleRules
from api.graphql.customers.merge_mutation import CustomerMergeQuery
from api.graphql.customers.types import Customer
from api.graphql.relay import Connection
from api.graphql.roots import all_of, by_id, by_key
from domain.customers.attribute_queries import attributes
from domain.customers.history_queries import lifecycle_rules
from domain.customers.queries import customers


@strawberry.type
class CustomerQuery(CustomerMergeQuery):
    customer: Customer | None = by_id(customers)
    customer_by: Customer | None = by_key(customers, CustomerKey)
    customers: Connection[Customer] = all_of(customers)
    customer_attributes: Connection[CustomerAttribute] = all_of(attributes)
    lifecycle_rules: Connection[LifecycleRules] = all_of(lifecycle_rules)
