"""Cases as the API shows them."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from api.graphql.branches.types import Branch, BranchFilter
from api.graphql.customers.filters import CustomerFilter
from api.graphql.customers.types import Customer
from api.graphql.enums import (
    CaseKind,
    CaseKindFilter,
    CaseState,
    CaseStateFilter,
    Channel,
    ChannelFilter,
    Priority,
    PriorityFilter,
)
from api.graphql.fields import column, reads, relation
from api.graphql.filters import BooleanFilter, DateTimeFilter, IdFilter, IntFilter, TextFilter
from api.graphql.planning.browsing import ordering
from api.graphql.planning.filters import filters, where
from api.graphql.relay import Connection, Node
from api.graphql.touchpoints.types import Touchpoint
from api.graphql.users.types import User, UserFilter
from api.permissions import Group
from domain.cases.queries import case_moves, cases
from domain.tasks.queries import tasks_of_case

if TYPE_CHECKING:
    from api.graphql.tasks.types import Task


@filters
class CaseFilter:
    id: IdFilter | None = where(cases.id)
    number: TextFilter | None = where(cases.number)
    kind: CaseKindFilter | None = where(cases.kind)
    channel: ChannelFilter | None = where(cases.channel)
    state: CaseStateFilter | None = where(cases.state)
    priority: PriorityFilter | None = where(cases.priority)
    topic: TextFilter | None = where(cases.topic)
    opened_at: DateTimeFilter | None = where(cases.opened_at)
    due_at: DateTimeFilter | None = where(cases.due_at)
    solved_at: DateTimeFilter | None = where(cases.solved_at)
    overdue: BooleanFilter | None = where(cases.overdue)
    satisfaction: IntFilter | None = where(cases.satisfaction)
    customer: CustomerFilter | None = where(cases.customer)
    owner: UserFilter | None = where(cases.owner)
    branch: BranchFilter | None = where(cases.branch)
    created_at: DateTimeFilter | None = where(cases.created_at)
    updated_at: DateTimeFilter | None = where(cases.updated_at)
    closed_at: DateTimeFilter | None = where(cases.closed_at)
    first_responded_at: DateTimeFilter | None = where(cases.first_responded_at)
    subject: TextFilter | None = where(cases.subject, group=Group.SENSITIVE)


@reads(case_moves)
@strawberry.type
class CaseMove:
    """A case came into a state. Its opening is the first move, from nothing."""

    from_state: CaseState | None
    to_state: CaseState
    moved_at: datetime
    moved_by: User | None = relation(case_moves.moved_by)
    reason: str | None = column(case_moves.reason, group=Group.SENSITIVE)


@reads(
    cases,
    filter=CaseFilter,
    order=ordering(
        "Case",
        OPENED_AT=cases.opened_at,
        DUE_AT=cases.due_at,
        PRIORITY=cases.priority_rank,
        NUMBER=cases.number,
        STATE=cases.state,
        SOLVED_AT=cases.solved_at,
        CLOSED_AT=cases.closed_at,
        CREATED_AT=cases.created_at,
        UPDATED_AT=cases.updated_at,
        ID=cases.id,
    ),
)
@strawberry.type
class Case(Node):
    """An enquiry, a complaint or a service request, from its opening to its solution."""

    number: str
    kind: CaseKind
    channel: Channel
    state: CaseState
    priority: Priority
    topic: str | None
    subject: str = column(cases.subject, group=Group.SENSITIVE)
    description: str | None = column(cases.description, group=Group.SENSITIVE)
    customer: Customer | None = relation(
        cases.customer, description="Null as long as nobody knows who it is."
    )
    branch: Branch | None = relation(cases.branch)
    owner: User | None = relation(cases.owner, description="Null until somebody takes it.")
    opened_at: datetime
    due_at: datetime | None
    overdue: bool = column(cases.overdue, description="Not solved yet, and due before now.")
    solved_at: datetime | None = column(cases.solved_at, description="The latest solution; reopened, null.")
    closed_at: datetime | None
    solved_in_time: bool | None = column(
        cases.solved_in_time, description="Null without a solution or a due time."
    )
    first_responded_at: datetime | None = column(
        cases.first_responded_at,
        description="The first outbound touchpoint of the case, or its first move to WAITING_CUSTOMER or SOLVED.",
    )
    first_response_seconds: int | None = column(
        cases.first_response_seconds, description="From the opening to the first response."
    )
    solution_seconds: int | None = column(
        cases.solution_seconds,
        description="How long it was NEW or OPEN until its latest solution: waiting for the customer does not count.",
    )
    elapsed_seconds: int | None = column(
        cases.elapsed_seconds,
        description="From the opening to the latest solution, whatever happened between.",
    )
    times_reopened: int
    satisfaction: int | None = column(
        cases.satisfaction, description="With the solution: 1 to 5, told by the customer once."
    )
    satisfaction_comment: str | None = column(cases.satisfaction_comment, group=Group.SENSITIVE)
    rated_at: datetime | None
    moves: Connection[CaseMove] = relation(cases.moves, description="Its history, from the opening on.")
    touchpoints: Connection[Touchpoint] = relation(cases.touchpoints)
    tasks: Connection[Annotated["Task", strawberry.lazy("api.graphql.tasks.types")]] = relation(tasks_of_case)
    created_at: datetime
    updated_at: datetime
    version: int
