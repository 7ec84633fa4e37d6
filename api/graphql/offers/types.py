"""Offers and grants as the API shows them."""

from datetime import datetime

import strawberry

from api.graphql.customers.types import Customer, CustomerFilter
from api.graphql.enums import GrantState, GrantStateFilter, OfferKind, OfferKindFilter
from api.graphql.fields import column, reads, relation
from api.graphql.filters import BooleanFilter, DateTimeFilter, IdFilter, TextFilter
from api.graphql.money import Money
from api.graphql.orders.types import Order
from api.graphql.planning.browsing import ordering
from api.graphql.planning.filters import filters, where
from api.graphql.products.types import Product, ProductFilter
from api.graphql.relay import Connection, Node
from api.graphql.users.types import User
from domain.offers.queries import grant_states, offer_grants, offers


@filters
class OfferFilter:
    id: IdFilter | None = where(offers.id)
    code: TextFilter | None = where(offers.code)
    name: TextFilter | None = where(offers.name)
    kind: OfferKindFilter | None = where(offers.kind)
    agent_grantable: BooleanFilter | None = where(offers.agent_grantable)
    valid_from: DateTimeFilter | None = where(offers.valid_from)
    valid_to: DateTimeFilter | None = where(offers.valid_to)
    product: ProductFilter | None = where(offers.product)


@filters
class OfferGrantFilter:
    id: IdFilter | None = where(offer_grants.id)
    state: GrantStateFilter | None = where(offer_grants.state)
    granted_at: DateTimeFilter | None = where(offer_grants.granted_at)
    customer: CustomerFilter | None = where(offer_grants.customer)
    offer: OfferFilter | None = where(offer_grants.offer)


@reads(
    offers,
    filter=OfferFilter,
    order=ordering(
        "Offer",
        CREATED_AT=offers.created_at,
        VALID_FROM=offers.valid_from,
        CODE=offers.code,
        NAME=offers.name,
        ID=offers.id,
    ),
)
@strawberry.type
class Offer(Node):
    """What may be given to a customer: one leaf of the tree of offers."""

    code: str
    name: str
    kind: OfferKind
    path: list[str] = column(
        offers.path, description="The way from the root of the tree of offers to the leaf."
    )
    product: Product | None = relation(offers.product)
    value: Money | None = column(offers.value, offers.currency)
    cost: Money | None = column(offers.cost, offers.currency)
    valid_from: datetime
    valid_to: datetime | None
    quantity_limit: int | None
    agent_grantable: bool
    agent_monthly_budget: Money | None = column(offers.agent_monthly_budget, offers.currency)
    grants: Connection["OfferGrant"] = relation(offers.grants)
    created_at: datetime
    updated_at: datetime
    version: int


@reads(grant_states)
@strawberry.type
class OfferGrantStateReached:
    """When a grant reached a state."""

    state: GrantState
    reached_at: datetime


@reads(
    offer_grants,
    filter=OfferGrantFilter,
    order=ordering("OfferGrant", GRANTED_AT=offer_grants.granted_at, ID=offer_grants.id),
)
@strawberry.type
class OfferGrant(Node):
    """One offer to one customer, with the reason it was chosen for."""

    offer: Offer = relation(offer_grants.offer)
    customer: Customer | None = relation(offer_grants.customer)
    state: GrantState
    states: list[OfferGrantStateReached] = relation(offer_grants.states)
    reason: str | None
    code: str | None
    granted_by: User | None = relation(offer_grants.granted_by)
    granted_at: datetime
    order: Order | None = relation(offer_grants.order)
    created_at: datetime
    updated_at: datetime
    version: int
