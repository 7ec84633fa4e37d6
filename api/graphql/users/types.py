"""Users as the API shows them."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.graphql.branches.types import Branch, BranchFilter
from api.graphql.enums import Role, RoleFilter, Scope, ScopeFilter
from api.graphql.fields import column, reads, relation
from api.graphql.filters import BooleanFilter, DateTimeFilter, IdFilter, Many, TextFilter
from api.graphql.planning.browsing import ordering
from api.graphql.planning.filters import filters, where
from api.graphql.relay import Connection, Node
from api.permissions import Group
from domain.cases.queries import cases_of_user
from domain.customers.queries import customers_of_user
from domain.opportunities.queries import opportunities_of_user
from domain.tasks.queries import tasks_of_user
from domain.users.queries import users

if TYPE_CHECKING:
    from api.graphql.cases.types import Case
    from api.graphql.customers.types import Customer
    from api.graphql.opportunities.types import Opportunity
    from api.graphql.tasks.types import Task


@filters
class UserFilter:
    id: IdFilter | None = where(users.id)
    name: TextFilter | None = where(users.name)
    role: RoleFilter | None = where(users.role)
    scope: ScopeFilter | None = where(users.scope)
    active: BooleanFilter | None = where(users.active)
    branches: Many[BranchFilter] | None = where(users.branches)
    created_at: DateTimeFilter | None = where(users.created_at)
    updated_at: DateTimeFilter | None = where(users.updated_at)


@reads(
    users,
    filter=UserFilter,
    order=ordering(
        "User",
        NAME=users.name,
        ROLE=users.role,
        CREATED_AT=users.created_at,
        UPDATED_AT=users.updated_at,
        ID=users.id,
    ),
)
@strawberry.type
class User(Node):
    """Somebody who works here: an agent, an owner of customers, a marketer, ..."""

    subject: str = column(users.subject, group=Group.CONTACT, description="Who his token says he is.")
    name: str
    email: str | None = column(users.email, group=Group.CONTACT)
    role: Role
    scope: Scope = column(
        users.scope, description="Whose rows he sees; where nobody said, as is usual in his role."
    )
    active: bool
    branches: list[Branch] = relation(
        users.branches,
        most=20,
        description="The first 20 by their ids; `allBranches` has all.",
        deprecation_reason="Since 2026-11-23: `allBranches` has all, page by page.",
    )
    all_branches: Connection[Branch] = relation(users.branches, description="Where he works.")
    customers: Connection[Annotated["Customer", strawberry.lazy("api.graphql.customers.types")]] = relation(
        customers_of_user, description="Those whose owner he is."
    )
    cases: Connection[Annotated["Case", strawberry.lazy("api.graphql.cases.types")]] = relation(cases_of_user)
    opportunities: Connection[
        Annotated["Opportunity", strawberry.lazy("api.graphql.opportunities.types")]
    ] = relation(opportunities_of_user)
    tasks: Connection[Annotated["Task", strawberry.lazy("api.graphql.tasks.types")]] = relation(tasks_of_user)
    created_at: datetime
    updated_at: datetime
    version: int
