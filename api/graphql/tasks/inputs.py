"""What is told about tasks that are made, changed and done."""

from datetime import datetime
from typing import Any

import strawberry
from strawberry import Maybe

from api.graphql.enums import Priority
from api.graphql.inputs import key, key_at, said
from domain.tasks.details import TaskDetails
from domain.tasks.model import TaskSource
from domain.tasks.sources import BY_HAND, CameFrom
from domain.work.assignment import Assignment


@strawberry.input
class TaskInput:
    """What may be told when a task is made and when it is changed."""

    note: Maybe[str | None]
    priority: Maybe[Priority | None] = strawberry.field(description="NORMAL, unless another is given.")
    due_at: Maybe[datetime | None]
    customer_id: Maybe[strawberry.ID | None] = strawberry.field(
        description="For whom; the customer of its source, unless the source has none."
    )


@strawberry.input(one_of=True, description="What a task came from.")
class TaskSourceInput:
    case_id: strawberry.ID | None = strawberry.UNSET
    opportunity_id: strawberry.ID | None = strawberry.UNSET
    touchpoint_id: strawberry.ID | None = strawberry.UNSET


@strawberry.input(description="A new task.")
class CreateTaskInput(TaskInput):
    title: str
    owner_id: Maybe[strawberry.ID | None] = strawberry.field(
        description="You, if neither an owner nor a branch is given."
    )
    branch_id: Maybe[strawberry.ID | None]
    source: Maybe[TaskSourceInput | None] = strawberry.field(
        description="What it came from, if from anything that is here."
    )


@strawberry.input(description="A change of a task: what is absent is left as it is, null clears.")
class UpdateTaskInput(TaskInput):
    id: strawberry.ID
    expected_version: int = strawberry.field(description="The version that the caller has seen.")
    title: Maybe[str | None]


@strawberry.input(description="Who is to do the task: what is absent is left as it is, null takes it away.")
class ReassignTaskInput:
    id: strawberry.ID
    expected_version: int = strawberry.field(description="The version that the caller has seen.")
    owner_id: Maybe[strawberry.ID | None]
    branch_id: Maybe[strawberry.ID | None]


@strawberry.input(description="A task that somebody begins.")
class StartTaskInput:
    id: strawberry.ID
    expected_version: int = strawberry.field(description="The version that the caller has seen.")


@strawberry.input(description="A task that is done.")
class CompleteTaskInput:
    id: strawberry.ID
    expected_version: int = strawberry.field(description="The version that the caller has seen.")
    outcome: Maybe[str | None] = strawberry.field(description="What came of it.")


@strawberry.input(description="A task that is not to be done any more.")
class CancelTaskInput:
    id: strawberry.ID
    expected_version: int = strawberry.field(description="The version that the caller has seen.")
    outcome: Maybe[str | None] = strawberry.field(description="Why not.")


_KINDS = {"Case": TaskSource.CASE, "Opportunity": TaskSource.OPPORTUNITY, "Touchpoint": TaskSource.TOUCHPOINT}


def details(input: TaskInput) -> TaskDetails:
    """The details for the domain. Raises Invalid for an id of another type."""
    found: dict[str, Any] = said(input, customer_id=key_at("Customer", "customer_id"))
    told: TaskDetails = {name: found[name] for name in found if name in TaskDetails.__annotations__}  # type: ignore[assignment]  # its own keys
    return told


def assignment(input: CreateTaskInput | ReassignTaskInput) -> Assignment:
    """The owner and the branch that the input names. Raises Invalid for an id of another type."""
    found = said(input, owner_id=key_at("User", "owner_id"), branch_id=key_at("Branch", "branch_id"))
    told: Assignment = {name: found[name] for name in found if name in Assignment.__annotations__}  # type: ignore[assignment]  # its own keys
    return told


def source(input: CreateTaskInput) -> CameFrom:
    """What the task came from. Raises Invalid for an id of another type."""
    given: TaskSourceInput | None = said(input).get("source")
    for type_name, kind in _KINDS.items():
        field = f"{type_name.lower()}_id"
        opaque = getattr(given, field, None)
        if isinstance(opaque, str):
            return CameFrom(kind, key(opaque, type_name, "source", field))
    return BY_HAND
