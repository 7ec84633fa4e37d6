"""Objectives and targets as the API shows them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Optional

import strawberry

from api.graphql.enums import ObjectiveState, ObjectiveStateFilter
from api.graphql.fields import column, reads, relation
from api.graphql.filters import (
    BooleanFilter,
    DateFilter,
    DateTimeFilter,
    DecimalFilter,
    IdFilter,
    TextFilter,
)
from api.graphql.planning.browsing import ordering
from api.graphql.planning.filters import filters, where
from api.graphql.relay import Connection, Node
from api.graphql.users.types import User, UserFilter
from domain.objectives.queries import objectives, targets


@filters
class ObjectiveFilter:
    id: IdFilter | None = where(objectives.id)
    statement: TextFilter | None = where(objectives.statement)
    state: ObjectiveStateFilter | None = where(objectives.state)
    top: BooleanFilter | None = where(objectives.top, description="Whether it stands at the top of the tree.")
    starts_on: DateFilter | None = where(objectives.starts_on)
    ends_on: DateFilter | None = where(objectives.ends_on)
    closed_at: DateTimeFilter | None = where(objectives.closed_at)
    created_at: DateTimeFilter | None = where(objectives.created_at)
    owner: UserFilter | None = where(objectives.owner)
    parent: Optional["ObjectiveFilter"] = where(objectives.parent)
    updated_at: DateTimeFilter | None = where(objectives.updated_at)


@filters
class TargetFilter:
    id: IdFilter | None = where(targets.id)
    cube: TextFilter | None = where(targets.cube)
    aggregate: TextFilter | None = where(targets.aggregate)
    cut: TextFilter | None = where(targets.cut)
    cut_by_time: BooleanFilter | None = where(targets.cut_by_time)
    value: DecimalFilter | None = where(targets.value)
    period_from: DateFilter | None = where(targets.period_from)
    period_to: DateFilter | None = where(targets.period_to)
    withdrawn_at: DateTimeFilter | None = where(targets.withdrawn_at)
    owner: UserFilter | None = where(targets.owner)
    objective: ObjectiveFilter | None = where(targets.objective)
    created_at: DateTimeFilter | None = where(targets.created_at)
    updated_at: DateTimeFilter | None = where(targets.updated_at)


@reads(
    objectives,
    filter=ObjectiveFilter,
    order=ordering(
        "Objective",
        CREATED_AT=objectives.created_at,
        STATEMENT=objectives.statement,
        STARTS_ON=objectives.starts_on,
        ENDS_ON=objectives.ends_on,
        UPDATED_AT=objectives.updated_at,
        ID=objectives.id,
    ),
)
@strawberry.type
class Objective(Node):
    """What the company wants to reach, below a larger objective or at the top."""

    statement: str
    path: list[str] = column(
        objectives.path, description="The statements from the top of the tree to this one."
    )
    parent: Optional["Objective"] = relation(objectives.parent)
    children: Connection["Objective"] = relation(objectives.children)
    owner: User | None = relation(objectives.owner)
    starts_on: date | None
    ends_on: date | None = column(objectives.ends_on, description="The first day that is not part of it.")
    state: ObjectiveState
    conclusion: str | None = column(objectives.conclusion, description="What was said when it was closed.")
    closed_at: datetime | None
    targets: Connection["Target"] = relation(objectives.targets)
    created_at: datetime
    updated_at: datetime
    version: int


@reads(
    targets,
    filter=TargetFilter,
    order=ordering(
        "Target",
        PERIOD_FROM=targets.period_from,
        PERIOD_TO=targets.period_to,
        VALUE=targets.value,
        CREATED_AT=targets.created_at,
        UPDATED_AT=targets.updated_at,
        ID=targets.id,
    ),
)
@strawberry.type
class Target(Node):
    """What an aggregate of a cube is planned to be in one of its cells and in a period."""

    objective: Objective | None = relation(targets.objective)
    cube: str
    aggregate: str
    cut: str = column(targets.cut, description="The cell as the Slicer writes it; empty for the whole cube.")
    cut_by_time: bool = column(
        targets.cut_by_time,
        description="Whether the cut names a time, as that of a target set long ago may: it stands beside no row of an "
        "answer. Withdraw it, and set one with that time as its period.",
    )
    period_from: date
    period_to: date = column(targets.period_to, description="The first day that is not part of it.")
    value: Decimal
    owner: User | None = relation(targets.owner)
    withdrawn_at: datetime | None = column(
        targets.withdrawn_at, description="Since when it is planned no more."
    )
    created_at: datetime
    updated_at: datetime
    version: int
