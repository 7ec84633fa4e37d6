"""Tasks as the API shows them."""

from datetime import datetime

import strawberry

from api.graphql.branches.types import Branch, BranchFilter
from api.graphql.cases.types import Case, CaseFilter
from api.graphql.customers.filters import CustomerFilter
from api.graphql.customers.types import Customer
from api.graphql.enums import (
    Priority,
    PriorityFilter,
    TaskSource,
    TaskSourceFilter,
    TaskState,
    TaskStateFilter,
)
from api.graphql.fields import column, reads, relation
from api.graphql.filters import BooleanFilter, DateTimeFilter, IdFilter, TextFilter
from api.graphql.opportunities.types import Opportunity, OpportunityFilter
from api.graphql.planning.browsing import ordering
from api.graphql.planning.filters import filters, where
from api.graphql.relay import Node
from api.graphql.touchpoints.types import Touchpoint
from api.graphql.users.types import User, UserFilter
from api.permissions import Group
from domain.tasks.queries import tasks


@filters
class TaskFilter:
    id: IdFilter | None = where(tasks.id)
    state: TaskStateFilter | None = where(tasks.state)
    priority: PriorityFilter | None = where(tasks.priority)
    source: TaskSourceFilter | None = where(tasks.source)
    due_at: DateTimeFilter | None = where(tasks.due_at)
    created_at: DateTimeFilter | None = where(tasks.created_at)
    closed_at: DateTimeFilter | None = where(tasks.closed_at)
    overdue: BooleanFilter | None = where(tasks.overdue)
    customer: CustomerFilter | None = where(tasks.customer)
    owner: UserFilter | None = where(tasks.owner)
    branch: BranchFilter | None = where(tasks.branch)
    created_by: UserFilter | None = where(tasks.created_by)
    case: CaseFilter | None = where(tasks.case)
    opportunity: OpportunityFilter | None = where(tasks.opportunity)
    updated_at: DateTimeFilter | None = where(tasks.updated_at)
    title: TextFilter | None = where(tasks.title, group=Group.SENSITIVE)


@reads(
    tasks,
    filter=TaskFilter,
    order=ordering(
        "Task",
        CREATED_AT=tasks.created_at,
        DUE_AT=tasks.due_at,
        PRIORITY=tasks.priority_rank,
        STATE=tasks.state,
        CLOSED_AT=tasks.closed_at,
        UPDATED_AT=tasks.updated_at,
        ID=tasks.id,
    ),
)
@strawberry.type
class Task(Node):
    """Something a person is to do: its owner, or anybody of its branch."""

    title: str = column(tasks.title, group=Group.SENSITIVE)
    note: str | None = column(tasks.note, group=Group.SENSITIVE)
    state: TaskState
    priority: Priority
    due_at: datetime | None
    overdue: bool = column(tasks.overdue, description="Still to be done, and due before now.")
    customer: Customer | None = relation(tasks.customer, description="For whom.")
    owner: User | None = relation(tasks.owner, description="Null until somebody of the branch takes it.")
    branch: Branch | None = relation(tasks.branch)
    source: TaskSource = strawberry.field(description="Where it came from.")
    case: Case | None = relation(tasks.case)
    opportunity: Opportunity | None = relation(tasks.opportunity)
    touchpoint: Touchpoint | None = relation(tasks.touchpoint)
    created_by: User | None = relation(tasks.created_by)
    started_at: datetime | None
    closed_at: datetime | None = column(tasks.closed_at, description="When it was done or cancelled.")
    closed_by: User | None = relation(tasks.closed_by)
    outcome: str | None = column(
        tasks.outcome, group=Group.SENSITIVE, description="What came of it, or why it was cancelled."
    )
    created_at: datetime
    updated_at: datetime
    version: int
