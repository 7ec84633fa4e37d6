"""Households as the API shows them."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.graphql.fields import reads, relation
from api.graphql.filters import DateFilter, DateTimeFilter, IdFilter, Many, TextFilter
from api.graphql.planning.browsing import ordering
from api.graphql.planning.filters import filters, where
from api.graphql.relay import Connection, Node
from domain.households.queries import household_members, households

if TYPE_CHECKING:
    from api.graphql.customers.filters import CustomerFilter
    from api.graphql.customers.types import Customer


@filters
class HouseholdMemberFilter:
    since_on: DateFilter | None = where(household_members.since_on)
    until_on: DateFilter | None = where(household_members.until_on)
    customer: Annotated["CustomerFilter", strawberry.lazy("api.graphql.customers.filters")] | None = where(
        household_members.customer
    )


@filters
class HouseholdFilter:
    id: IdFilter | None = where(households.id)
    name: TextFilter | None = where(households.name)
    created_at: DateTimeFilter | None = where(households.created_at)
    updated_at: DateTimeFilter | None = where(households.updated_at)
    members: Many[HouseholdMemberFilter] | None = where(households.members)


@reads(
    household_members,
    filter=HouseholdMemberFilter,
    order=ordering("HouseholdMember", SINCE_ON=household_members.since_on, ID=household_members.id),
)
@strawberry.type
class HouseholdMember:
    """A customer's time in a household: sinceOn <= day < untilOn, which is null while it lasts."""

    id: strawberry.ID
    customer: Annotated["Customer", strawberry.lazy("api.graphql.customers.types")] | None = relation(
        household_members.customer
    )
    household: Annotated["Household", strawberry.lazy("api.graphql.households.types")] | None = relation(
        household_members.household
    )
    since_on: date
    until_on: date | None


@reads(
    households,
    filter=HouseholdFilter,
    order=ordering(
        "Household",
        NAME=households.name,
        CREATED_AT=households.created_at,
        UPDATED_AT=households.updated_at,
        ID=households.id,
    ),
)
@strawberry.type
class Household(Node):
    """Customers who live together. A customer is in one household at a time."""

    name: str
    members: Connection[HouseholdMember] = relation(
        households.members, description="Those who are in it and those who were."
    )
    created_at: datetime
    updated_at: datetime
    version: int
