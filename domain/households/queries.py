"""What may be asked of households, and who sees which: whoever sees a customer that is or was in it."""

from sqlalchemy import ColumnElement, FromClause, exists, select, true

from domain.access import Actor
from domain.customers.queries import customers, visible_customer
from domain.households.model import Household, HouseholdMember
from domain.roles import Scope
from domain.selection.entities import ASC, Entity, Row, Term, many, one


def visible_to(actor: Actor, household: FromClause = Household.__table__) -> ColumnElement[bool]:
    """The households that the actor may see, as a condition on the table or on an alias of it."""
    if actor.scope is Scope.ALL:
        return true()
    member = HouseholdMember.__table__.alias()
    return exists().where(
        member.c.household_id == household.c.id, visible_customer(actor, member.c.customer_id)
    )


def _member_visible_to(actor: Actor, member: FromClause) -> ColumnElement[bool]:
    return true() if actor.scope is Scope.ALL else visible_customer(actor, member.c.customer_id)


class HouseholdMembers(Entity):
    customer = one(lambda: customers, on=lambda member, customer: customer.c.id == member.c.customer_id)
    household = one(lambda: households, on=lambda member, household: household.c.id == member.c.household_id)


household_members: HouseholdMembers = HouseholdMembers(
    "HouseholdMember",
    HouseholdMember.__table__,
    visible_to=_member_visible_to,
    order=(("since_on", ASC),),
)


class Households(Entity):
    members = many(
        lambda: household_members, on=lambda household, member: member.c.household_id == household.c.id
    )


households: Households = Households(
    "Household", Household.__table__, visible_to=visible_to, order=(("name", ASC),)
)


def _lives_in(customer: Row, household: Row) -> ColumnElement[bool]:
    member = HouseholdMember.__table__.alias()
    present = select(member.c.household_id).where(
        member.c.customer_id == customer.c.id, member.c.until_on.is_(None)
    )
    return household.c.id.in_(present.correlate(customer))


household_of_customer = one(lambda: households, on=_lives_in)

memberships_of_customer = many(
    lambda: household_members,
    on=lambda customer, member: member.c.customer_id == customer.c.id,
    order=(Term(household_members.since_on),),
)
