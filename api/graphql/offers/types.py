"""Offers and grants as the API shows them."""

from datetime import datetime

import strawberry

from api.graphql.customers.filters import CustomerFilter
from api.graphql.customers.types import Customer
from api.graphql.enums import GrantState, GrantStateFilter, OfferKind, OfferKindFilter, RuleKind
from api.graphql.fields import column, reads, relation
from api.graphql.filters import (
    BooleanFilter,
    DateTimeFilter,
    DecimalFilter,
    IdFilter,
    IntFilter,
    Many,
    TextFilter,
)
from api.graphql.money import Money
from api.graphql.orders.types import Order
from api.graphql.planning.browsing import ordering
from api.graphql.planning.filters import filters, where
from api.graphql.products.types import Category, CategoryFilter, Product, ProductFilter
from api.graphql.relay import Connection, Node
from api.graphql.users.types import User, UserFilter
from domain.offers import states
from domain.offers.queries import grant_states, offer_grants, offer_rules, offers
from domain.offers.rules import MOST_RULES


@filters
class OfferFilter:
    id: IdFilter | None = where(offers.id)
    code: TextFilter | None = where(offers.code)
    name: TextFilter | None = where(offers.name)
    kind: OfferKindFilter | None = where(offers.kind)
    agent_grantable: BooleanFilter | None = where(offers.agent_grantable)
    valid_from: DateTimeFilter | None = where(offers.valid_from)
    valid_to: DateTimeFilter | None = where(offers.valid_to)
    valid_now: BooleanFilter | None = where(offers.valid_now)
    quantity_limit: IntFilter | None = where(offers.quantity_limit)
    value: DecimalFilter | None = where(offers.value)
    cost: DecimalFilter | None = where(offers.cost)
    currency: TextFilter | None = where(offers.currency)
    created_at: DateTimeFilter | None = where(offers.created_at)
    product: ProductFilter | None = where(offers.product)
    category: CategoryFilter | None = where(
        offers.category, description="The category whose best product it is for."
    )
    grants: Many["OfferGrantFilter"] | None = where(offers.grants)
    updated_at: DateTimeFilter | None = where(offers.updated_at)


@filters
class OfferGrantFilter:
    id: IdFilter | None = where(offer_grants.id)
    state: GrantStateFilter | None = where(offer_grants.state)
    granted_at: DateTimeFilter | None = where(offer_grants.granted_at)
    customer: CustomerFilter | None = where(offer_grants.customer)
    offer: OfferFilter | None = where(offer_grants.offer)
    code: TextFilter | None = where(offer_grants.code)
    granted_by: UserFilter | None = where(offer_grants.granted_by)
    created_at: DateTimeFilter | None = where(offer_grants.created_at)
    updated_at: DateTimeFilter | None = where(offer_grants.updated_at)


@reads(offer_rules)
@strawberry.type
class OfferRule:
    """One thing that can be said of a customer; its kind says which of the others it has."""

    kind: RuleKind
    among: list[str] = column(
        offer_rules.among,
        description="Kinds, stages, regions or values of the attribute: the customer has one of them.",
    )
    min_age: int | None
    max_age: int | None
    attribute: str | None = column(offer_rules.attribute, description="The name of a custom attribute.")
    product: Product | None = relation(offer_rules.product)
    category: Category | None = relation(
        offer_rules.category, description="Bought in it, or below it at any depth."
    )


@reads(
    offers,
    filter=OfferFilter,
    order=ordering(
        "Offer",
        CREATED_AT=offers.created_at,
        UPDATED_AT=offers.updated_at,
        VALID_FROM=offers.valid_from,
        VALID_TO=offers.valid_to,
        KIND=offers.kind,
        VALUE=offers.value,
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
    category: Category | None = relation(
        offers.category, description="A core offer stands for the best product of this category."
    )
    value: Money | None = column(offers.value, offers.currency)
    cost: Money | None = column(offers.cost, offers.currency)
    valid_from: datetime
    valid_to: datetime | None
    valid_now: bool
    quantity_limit: int | None
    agent_grantable: bool
    agent_monthly_budget: Money | None = column(offers.agent_monthly_budget, offers.currency)
    eligibility: list[OfferRule] = relation(
        offers.eligibility,
        most=MOST_RULES,
        description="Rules that a customer must all meet to be granted it.",
    )
    exclusions: list[OfferRule] = relation(
        offers.exclusions, most=MOST_RULES, description="Rules of which a customer must meet none."
    )
    excluded_customers: Connection[Customer] = relation(
        offers.excluded_customers, description="Who is not granted it, whatever the rules say."
    )
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
    order=ordering(
        "OfferGrant",
        GRANTED_AT=offer_grants.granted_at,
        STATE=offer_grants.state,
        UPDATED_AT=offer_grants.updated_at,
        CREATED_AT=offer_grants.created_at,
        ID=offer_grants.id,
    ),
)
@strawberry.type
class OfferGrant(Node):
    """One offer to one customer, with the reason it was chosen for."""

    offer: Offer = relation(offer_grants.offer)
    customer: Customer | None = relation(offer_grants.customer)
    state: GrantState
    states: list[OfferGrantStateReached] = relation(
        offer_grants.states,
        most=len(states.MOVES),
        description="Each state that it reached: it comes back to none.",
    )
    reason: str | None
    code: str | None
    granted_by: User | None = relation(offer_grants.granted_by)
    granted_at: datetime
    order: Order | None = relation(offer_grants.order)
    created_at: datetime
    updated_at: datetime
    version: int
