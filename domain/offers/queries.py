"""What may be asked of offers and grants. Everybody sees offers; a grant is seen by whoever sees its customer."""

import json

from sqlalchemy import JSON, ColumnElement, FromClause, case, cast, literal_column, true

from domain.access import Actor
from domain.company.amounts import amount
from domain.customers.queries import customers, visible_customer
from domain.offers.model import Offer, OfferGrant, OfferGrantState
from domain.offers.tree import OfferKind, path
from domain.orders.queries import orders
from domain.products.queries import products
from domain.roles import Scope
from domain.selection.entities import DESC, Entity, Row, Term, computed, many, one
from domain.users.queries import users


def _path(offer: Row) -> ColumnElement[list[str]]:
    """The way from the root of the tree to the offer's leaf; a kind is one of a few names, held by a CHECK."""
    ways = {
        kind.value: cast(literal_column(f"'{json.dumps(path(kind), separators=(',', ':'))}'"), JSON())
        for kind in OfferKind
    }
    return case(ways, value=offer.c.kind)


class Offers(Entity):
    path = computed(_path, JSON(), nullable=False)
    value = amount(lambda offer: offer.c.value, lambda offer: offer.c.currency)
    cost = amount(lambda offer: offer.c.cost, lambda offer: offer.c.currency)
    agent_monthly_budget = amount(lambda offer: offer.c.agent_monthly_budget, lambda offer: offer.c.currency)
    product = one(lambda: products, on=lambda offer, product: product.c.id == offer.c.product_id)
    grants = many(lambda: offer_grants, on=lambda offer, grant: grant.c.offer_id == offer.c.id)


offers = Offers("Offer", Offer.__table__, order=(("created_at", DESC),))


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
