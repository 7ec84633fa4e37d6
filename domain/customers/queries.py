"""What may be asked of customers, and who sees which.

Scope ALL sees all customers, BRANCH those whose home branch is one of the actor's, OWN those whose owner is the actor.
"""

from sqlalchemy import ColumnElement, FromClause, any_, exists, true

from domain.access import Actor, branches_of, user_of
from domain.branches.queries import branches
from domain.customers.model import ContactPoint, Customer, CustomerExternalId
from domain.roles import Scope
from domain.selection.entities import ASC, Entity, Term, many, one
from domain.users.queries import users


def visible_to(actor: Actor, customer: FromClause = Customer.__table__) -> ColumnElement[bool]:
    """The customers that the actor may see, as a condition on the table or on an alias of it."""
    match actor.scope:
        case Scope.ALL:
            return true()
        case Scope.BRANCH:
            return customer.c.home_branch_id == any_(branches_of(actor))
        case Scope.OWN:
            return customer.c.owner_id == user_of(actor)


def visible_customer(actor: Actor, key: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether the customer with this key may be seen: for whatever belongs to a customer."""
    customer = Customer.__table__.alias()
    return exists().where(customer.c.id == key, visible_to(actor, customer))


external_ids = Entity("ExternalId", CustomerExternalId.__table__)
contact_points = Entity("ContactPoint", ContactPoint.__table__)


class Customers(Entity):
    home_branch = one(lambda: branches, on=lambda customer, branch: branch.c.id == customer.c.home_branch_id)
    owner = one(lambda: users, on=lambda customer, user: user.c.id == customer.c.owner_id)
    external_ids = many(
        lambda: external_ids,
        on=lambda customer, name: name.c.customer_id == customer.c.id,
        order=(Term(external_ids.system), Term(external_ids.external_id)),
    )
    contact_points = many(
        lambda: contact_points,
        on=lambda customer, point: point.c.customer_id == customer.c.id,
        order=(Term(contact_points.position),),
    )


customers = Customers("Customer", Customer.__table__, visible_to=visible_to, order=(("name", ASC),))
