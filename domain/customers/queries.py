"""What may be asked of customers, and who sees which.

Scope ALL sees all customers, BRANCH those whose home branch is one of the actor's, OWN those whose owner is the actor.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    FromClause,
    Integer,
    Text,
    any_,
    cast,
    exists,
    extract,
    func,
    select,
    true,
)

from domain.access import Actor, branches_of, user_of
from domain.base import Personal
from domain.branches.model import Branch
from domain.branches.queries import branches
from domain.company.model import Company
from domain.customers.attribute_queries import attribute_values, confidential, open_to_all
from domain.customers.history_model import CustomerMerge
from domain.customers.history_queries import changes, merges, stages
from domain.customers.model import ContactPoint, Customer, CustomerExternalId
from domain.customers.redirects import kept
from domain.roles import Scope
from domain.selection import ids
from domain.selection.entities import ASC, Entity, Row, Search, Term, computed, many, one
from domain.users.model import User
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


_whose = Customer.__table__.alias()
"""Made once: an object for each of its columns took a tenth of the time of planning (measured)."""


def visible_customer(actor: Actor, key: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether the customer with this key may be seen: for whatever belongs to a customer."""
    return exists().where(_whose.c.id == key, visible_to(actor, _whose))


class ExternalIds(Entity):
    place = computed(lambda row: func.md5(row.c.external_id), Text(), nullable=False)
    """What a cursor says instead of the id itself, which is personal and would be read without a trace."""


external_ids = ExternalIds("ExternalId", CustomerExternalId.__table__, ties=("system", "place"))
contact_points = Entity("ContactPoint", ContactPoint.__table__)


def _age(customer: Row) -> ColumnElement[int]:
    """Years completed on the company's day of today, as the statement's time says it."""
    company = Company.__table__.alias()
    zone = select(company.c.time_zone).scalar_subquery()
    today = cast(func.timezone(zone, func.now()), Date())
    return cast(extract("year", func.age(today, customer.c.birth_on)), Integer())


def _birth_month(customer: Row) -> ColumnElement[int]:
    return cast(extract("month", customer.c.birth_on), Integer())


def _name_of(model: type[User | Branch], key: str) -> Callable[[Row], ColumnElement[str]]:
    def name(customer: Row) -> ColumnElement[str]:
        other = model.__table__.alias()
        return select(other.c.name).where(other.c.id == customer.c[key]).correlate(customer).scalar_subquery()

    return name


def _merged_ids(customer: Row) -> ColumnElement[Any]:
    merge = CustomerMerge.__table__.alias()
    found = (
        select(ids.shown("Customer", merge.c.merged_id))
        .where(merge.c.kept_id == customer.c.id)
        .order_by(merge.c.merged_id)
        .correlate(customer)
    )
    return func.array(found.scalar_subquery())


class Customers(Entity):
    age = computed(_age, Integer(), personal=Personal.BASIC)
    birth_month = computed(_birth_month, Integer(), personal=Personal.BASIC)
    owner_name = computed(_name_of(User, "owner_id"), Text())
    home_branch_name = computed(_name_of(Branch, "home_branch_id"), Text())
    merged_ids = computed(_merged_ids, ARRAY(Text()), nullable=False)
    merges = many(
        lambda: merges,
        on=lambda customer, merge: merge.c.kept_id == customer.c.id,
        order=(Term(merges.merged_at), Term(merges.merged_id)),
    )
    history = many(lambda: changes, on=lambda customer, change: change.c.customer_id == customer.c.id)
    stages = many(
        lambda: stages,
        on=lambda customer, stage: stage.c.customer_id == customer.c.id,
        order=(Term(stages.since),),
    )
    attributes = many(
        lambda: attribute_values,
        on=lambda customer, value: open_to_all(customer, value),
        order=(Term(attribute_values.attribute),),
    )
    confidential_attributes = many(
        lambda: attribute_values,
        on=lambda customer, value: confidential(customer, value),
        order=(Term(attribute_values.attribute),),
    )
    home_branch = one(lambda: branches, on=lambda customer, branch: branch.c.id == customer.c.home_branch_id)
    owner = one(lambda: users, on=lambda customer, user: user.c.id == customer.c.owner_id)
    external_ids = many(
        lambda: external_ids,
        on=lambda customer, name: name.c.customer_id == customer.c.id,
        order=(Term(external_ids.system), Term(external_ids.place)),
    )
    contact_points = many(
        lambda: contact_points,
        on=lambda customer, point: point.c.customer_id == customer.c.id,
        order=(Term(contact_points.position),),
    )


customers: Customers = Customers(
    "Customer",
    Customer.__table__,
    visible_to=visible_to,
    order=(("name", ASC),),
    leads=kept,
    search=Search(names=("name", "latin_name"), indexed=True, words="name or latinName"),
)

customers_of_branch = many(
    lambda: customers, on=lambda branch, customer: customer.c.home_branch_id == branch.c.id
)
customers_of_user = many(lambda: customers, on=lambda user, customer: customer.c.owner_id == user.c.id)
