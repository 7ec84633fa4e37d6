"""What may be asked of touchpoints, and who sees which.

Scope ALL sees all, BRANCH those of its branches and of customers it sees, OWN those it made and of its customers.
"""

from sqlalchemy import ColumnElement, DateTime, FromClause, any_, or_, select, true

from domain.access import Actor, branches_of, user_of
from domain.branches.queries import branches
from domain.company.amounts import amount
from domain.customers.queries import customers, visible_customer
from domain.roles import Scope
from domain.selection.entities import DESC, Entity, Row, computed, many, one
from domain.selection.sql import number
from domain.touchpoints.model import Touchpoint, TouchpointKind
from domain.users.queries import users


def visible_to(actor: Actor, touchpoint: FromClause = Touchpoint.__table__) -> ColumnElement[bool]:
    """The touchpoints that the actor may see, as a condition on the table or on an alias of it."""
    of_customer = visible_customer(actor, touchpoint.c.customer_id)
    match actor.scope:
        case Scope.ALL:
            return true()
        case Scope.BRANCH:
            return or_(touchpoint.c.branch_id == any_(branches_of(actor)), of_customer)
        case Scope.OWN:
            return or_(touchpoint.c.agent_id == user_of(actor), of_customer)


class Touchpoints(Entity):
    cost = amount(lambda touchpoint: touchpoint.c.cost, lambda touchpoint: touchpoint.c.currency)
    customer = one(
        lambda: customers, on=lambda touchpoint, customer: customer.c.id == touchpoint.c.customer_id
    )
    agent = one(lambda: users, on=lambda touchpoint, user: user.c.id == touchpoint.c.agent_id)
    branch = one(lambda: branches, on=lambda touchpoint, branch: branch.c.id == touchpoint.c.branch_id)


touchpoints = Touchpoints(
    "Touchpoint", Touchpoint.__table__, visible_to=visible_to, order=(("occurred_at", DESC),)
)

touchpoints_of_customer = many(
    lambda: touchpoints, on=lambda customer, touchpoint: touchpoint.c.customer_id == customer.c.id
)


def _last_contact_at(customer: Row) -> ColumnElement[object]:
    touchpoint = Touchpoint.__table__.alias()
    return (
        select(touchpoint.c.occurred_at)
        .where(touchpoint.c.customer_id == customer.c.id, touchpoint.c.kind != TouchpointKind.VIEW.value)
        .order_by(touchpoint.c.occurred_at.desc(), touchpoint.c.id.desc())
        .limit(number(1))
        .correlate(customer)
        .scalar_subquery()
    )


last_contact_at_of_customer = computed(
    _last_contact_at, DateTime(timezone=True), gathered=True, name="last_contact_at"
)
"""When the company and the customer last had to do with each other; looking at pages is no contact."""
