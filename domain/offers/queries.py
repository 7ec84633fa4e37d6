"""What may be asked of offers and grants. Everybody sees offers; a grant is seen by whoever sees its customer."""

import json

from sqlalchemy import (
    JSON,
    Boolean,
    ColumnElement,
    FromClause,
    and_,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
    true,
)

from domain.access import Actor
from domain.company.amounts import amount
from domain.customers.queries import customers, visible_customer
from domain.offers.model import Offer, OfferGrant, OfferGrantState
from domain.offers.rule_model import ExcludedCustomer, OfferRule
from domain.offers.tree import OfferKind, path
from domain.orders.queries import orders
from domain.products.queries import categories, products
from domain.roles import Scope
from domain.selection.entities import (
    ASC,
    DESC,
    Entity,
    Relation,
    Row,
    Search,
    Term,
    computed,
    many,
    one,
)
from domain.users.queries import users


def _path(offer: Row) -> ColumnElement[list[str]]:
    """The way from the root of the tree to the offer's leaf; a kind is one of a few names, held by a CHECK."""
    ways = {
        kind.value: cast(literal_column(f"'{json.dumps(path(kind), separators=(',', ':'))}'"), JSON())
        for kind in OfferKind
    }
    return case(ways, value=offer.c.kind)


class OfferRules(Entity):
    product = one(lambda: products, on=lambda rule, product: product.c.id == rule.c.product_id)
    category = one(lambda: categories, on=lambda rule, category: category.c.id == rule.c.category_id)


offer_rules = OfferRules("OfferRule", OfferRule.__table__, order=(("position", ASC),))


def _rules(*, excludes: bool) -> Relation:
    return many(
        lambda: offer_rules,
        on=lambda offer, rule: and_(rule.c.offer_id == offer.c.id, rule.c.excludes.is_(excludes)),
        order=(Term(offer_rules.position),),
    )


def _excluded(offer: Row, customer: Row) -> ColumnElement[bool]:
    named = ExcludedCustomer.__table__.alias()
    return customer.c.id.in_(
        select(named.c.customer_id).where(named.c.offer_id == offer.c.id).correlate(offer)
    )


def _valid_now(offer: Row) -> ColumnElement[bool]:
    """By the clock of the store, at the statement: its transaction began before what it has just written."""
    now = func.statement_timestamp()
    return and_(offer.c.valid_from <= now, or_(offer.c.valid_to.is_(None), offer.c.valid_to > now))


class Offers(Entity):
    valid_now = computed(_valid_now, Boolean(), nullable=False)
    path = computed(_path, JSON(), nullable=False)
    value = amount(lambda offer: offer.c.value, lambda offer: offer.c.currency)
    cost = amount(lambda offer: offer.c.cost, lambda offer: offer.c.currency)
    agent_monthly_budget = amount(lambda offer: offer.c.agent_monthly_budget, lambda offer: offer.c.currency)
    product = one(lambda: products, on=lambda offer, product: product.c.id == offer.c.product_id)
    category = one(lambda: categories, on=lambda offer, category: category.c.id == offer.c.category_id)
    eligibility = _rules(excludes=False)
    exclusions = _rules(excludes=True)
    excluded_customers = many(lambda: customers, on=_excluded)
    grants = many(lambda: offer_grants, on=lambda offer, grant: grant.c.offer_id == offer.c.id)


offers = Offers(
    "Offer",
    Offer.__table__,
    order=(("created_at", DESC),),
    search=Search(names=("name", "code"), words="name or code"),
)


def visible_to(actor: Actor, grant: FromClause = OfferGrant.__table__) -> ColumnElement[bool]:
    """The grants that the actor may see, as a condition on the table or on an alias of it."""
    return true() if actor.scope is Scope.ALL else visible_customer(actor, grant.c.customer_id)


grant_states = Entity("OfferGrantStateReached", OfferGrantState.__table__)


class OfferGrants(Entity):
    offer = one(lambda: offers, on=lambda grant, offer: offer.c.id == grant.c.offer_id, nullable=False)
    customer = one(lambda: customers, on=lambda grant, customer: customer.c.id == grant.c.customer_id)
    granted_by = one(lambda: users, on=lambda grant, user: user.c.id == grant.c.granted_by_id)
    order = one(lambda: orders, on=lambda grant, order: order.c.id == grant.c.order_id)
    states = many(
        lambda: grant_states,
        on=lambda grant, reached: reached.c.grant_id == grant.c.id,
        order=(Term(grant_states.reached_at), Term(grant_states.id)),
    )


offer_grants: OfferGrants = OfferGrants(
    "OfferGrant", OfferGrant.__table__, visible_to=visible_to, order=(("granted_at", DESC),)
)

grants_of_customer = many(
    lambda: offer_grants, on=lambda customer, grant: grant.c.customer_id == customer.c.id
)
offer_of_touchpoint = one(lambda: offers, on=lambda touchpoint, offer: offer.c.id == touchpoint.c.offer_id)
