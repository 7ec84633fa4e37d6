"""Customers as the API shows them."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.graphql.branches.types import Branch, BranchFilter
from api.graphql.enums import Channel, ContactPointKind, CustomerKind, CustomerKindFilter, Gender
from api.graphql.external import ExternalId, ExternalIdFilter, ExternalKey
from api.graphql.fields import column, reads, relation
from api.graphql.filters import DateFilter, DateTimeFilter, IdFilter, TextFilter
from api.graphql.money import Money
from api.graphql.planning.browsing import ordering
from api.graphql.planning.filters import filters, where
from api.graphql.relay import Connection, Node
from api.graphql.users.types import User, UserFilter
from api.permissions import Group
from domain.customers.queries import contact_points, customers
from domain.offers.queries import grants_of_customer
from domain.orders.queries import (
    last_order_at_of_customer,
    net_revenue_of_customer,
    order_count_of_customer,
    orders_of_customer,
    revenues,
)
from domain.touchpoints.queries import touchpoints_of_customer

if TYPE_CHECKING:
    from api.graphql.offers.types import OfferGrant
    from api.graphql.orders.types import Order
    from api.graphql.touchpoints.types import Touchpoint


@reads(contact_points)
@strawberry.type
class ContactPoint:
    """A way to reach the customer."""

    kind: ContactPointKind
    value: str
    verified: bool
    preferred: bool


@strawberry.input(one_of=True, description="A customer by id, or by the id that another system has for it.")
class CustomerKey:
    id: strawberry.ID | None = where(customers.id)
    external: ExternalKey | None = where(customers.external_ids)


@filters
class CustomerFilter:
    id: IdFilter | None = where(customers.id)
    kind: CustomerKindFilter | None = where(customers.kind)
    name: TextFilter | None = where(customers.name)
    external_id: ExternalIdFilter | None = where(customers.external_ids)
    country: TextFilter | None = where(customers.country)
    region: TextFilter | None = where(customers.region)
    district: TextFilter | None = where(customers.district)
    birth_on: DateFilter | None = where(customers.birth_on)
    joined_on: DateFilter | None = where(customers.joined_on)
    created_at: DateTimeFilter | None = where(customers.created_at)
    home_branch: BranchFilter | None = where(customers.home_branch)
    owner: UserFilter | None = where(customers.owner)


@reads(
    customers,
    filter=CustomerFilter,
    order=ordering("Customer", NAME=customers.name, CREATED_AT=customers.created_at, ID=customers.id),
)
@strawberry.type
class Customer(Node):
    """A person or an organisation that buys, or may buy."""

    kind: CustomerKind
    name: str
    latin_name: str | None
    birth_on: date | None
    gender: Gender | None
    occupation: str | None
    wealth_band: str | None
    country: str | None
    region: str | None
    district: str | None
    home_branch: Branch | None = relation(customers.home_branch)
    owner: User | None = relation(customers.owner)
    acquired_channel: Channel | None
    joined_on: date | None
    external_ids: list[ExternalId] = relation(customers.external_ids)
    contact_points: list[ContactPoint] = relation(customers.contact_points, group=Group.CONTACT)
    order_count: int = column(
        order_count_of_customer, description="Orders with at least one line of the kind SALE."
    )
    last_order_at: datetime | None = column(
        last_order_at_of_customer, description="When the latest of these orders was placed."
    )
    net_revenue: list[Money] = relation(
        net_revenue_of_customer,
        revenues.amount,
        revenues.currency,
        description="What all orders brought, returns taken off, in each currency.",
    )
    orders: Connection[Annotated["Order", strawberry.lazy("api.graphql.orders.types")]] = relation(
        orders_of_customer
    )
    grants: Connection[Annotated["OfferGrant", strawberry.lazy("api.graphql.offers.types")]] = relation(
        grants_of_customer
    )
    touchpoints: Connection[Annotated["Touchpoint", strawberry.lazy("api.graphql.touchpoints.types")]] = (
        relation(touchpoints_of_customer)
    )
    created_at: datetime
    updated_at: datetime
    version: int
