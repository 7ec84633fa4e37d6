"""Branches as the API shows them."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.graphql.enums import BranchKind, BranchKindFilter
from api.graphql.fields import column, reads, relation
from api.graphql.filters import DateFilter, DateTimeFilter, IdFilter, TextFilter
from api.graphql.planning.browsing import ordering
from api.graphql.planning.filters import filters, where
from api.graphql.relay import Connection, Node
from domain.branches.queries import branches
from domain.customers.queries import customers_of_branch
from domain.users.queries import users_of_branch

if TYPE_CHECKING:
    from api.graphql.customers.types import Customer
    from api.graphql.users.types import User


@strawberry.input(one_of=True, description="A branch by id or by its code.")
class BranchKey:
    id: strawberry.ID | None = where(branches.id)
    code: str | None = where(branches.code)


@filters
class BranchFilter:
    id: IdFilter | None = where(branches.id)
    code: TextFilter | None = where(branches.code)
    name: TextFilter | None = where(branches.name)
    region: TextFilter | None = where(branches.region)
    kind: BranchKindFilter | None = where(branches.kind)
    opened_on: DateFilter | None = where(branches.opened_on)
    closed_on: DateFilter | None = where(branches.closed_on)
    created_at: DateTimeFilter | None = where(branches.created_at)
    updated_at: DateTimeFilter | None = where(branches.updated_at)


@reads(
    branches,
    filter=BranchFilter,
    order=ordering(
        "Branch",
        CODE=branches.code,
        NAME=branches.name,
        REGION=branches.region,
        KIND=branches.kind,
        OPENED_ON=branches.opened_on,
        CREATED_AT=branches.created_at,
        UPDATED_AT=branches.updated_at,
        ID=branches.id,
    ),
)
@strawberry.type
class Branch(Node):
    """A shop, the web shop, the call centre, a warehouse or an office."""

    code: str
    name: str
    region: str | None
    kind: BranchKind
    opened_on: date | None
    closed_on: date | None = column(branches.closed_on, description="The first day on which it is not open.")
    users: Connection[Annotated["User", strawberry.lazy("api.graphql.users.types")]] = relation(
        users_of_branch, description="Those who work there."
    )
    customers: Connection[Annotated["Customer", strawberry.lazy("api.graphql.customers.types")]] = relation(
        customers_of_branch, description="Those whose home branch it is."
    )
    created_at: datetime
    updated_at: datetime
    version: int
