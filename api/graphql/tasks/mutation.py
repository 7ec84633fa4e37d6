"""Mutations of tasks."""

import strawberry

from api.graphql.inputs import key, said
from api.graphql.tasks.handover import HandOverWorkPayload, hand_over_work
from api.graphql.tasks.inputs import (
    CancelTaskInput,
    CompleteTaskInput,
    CreateTaskInput,
    ReassignTaskInput,
    StartTaskInput,
    UpdateTaskInput,
    assignment,
    details,
    source,
)
from api.graphql.tasks.types import Task
from api.graphql.writes import Write, writes
from api.permissions import Action
from domain.customers.errors import OutOfSight
from domain.errors import StaleVersion
from domain.tasks import commands, progress
from domain.tasks.details import TaskDetails
from domain.tasks.errors import AlreadyDone, MoveNotAllowed
from domain.tasks.queries import tasks

_STALE = {"STALE_VERSION": StaleVersion}
_SIGHT = {"OUT_OF_SIGHT": OutOfSight}
_DONE = {"ALREADY_DONE": AlreadyDone}
_MOVES = {**_STALE, **_DONE, "MOVE_NOT_ALLOWED": MoveNotAllowed}


@strawberry.type
class TaskMutation:
    @writes(Task, tasks, Action.CREATE, errors=_SIGHT)
    async def create_task(write: Write, input: CreateTaskInput) -> int:
        """Note something that is to be done."""
        told: TaskDetails = {**details(input), "title": input.title}
        return await commands.create_task(
            write.session, told, actor=write.actor, assignment=assignment(input), source=source(input)
        )

    @writes(Task, tasks, Action.UPDATE, errors={**_STALE, **_SIGHT})
    async def update_task(write: Write, input: UpdateTaskInput) -> int:
        """Change a task: what is absent is left as it is, null clears."""
        task_id = key(input.id, "Task", "id")
        await commands.update_task(
            write.session,
            task_id,
            changes=details(input),
            expected_version=input.expected_version,
            actor=write.actor,
        )
        return task_id

    @writes(Task, tasks, Action.UPDATE, errors={**_STALE, **_DONE})
    async def reassign_task(write: Write, input: ReassignTaskInput) -> int:
        """Give a task to a user or a branch. Whoever hands it over may lose it from sight."""
        task_id = key(input.id, "Task", "id")
        await commands.assign_task(
            write.session,
            task_id,
            assignment(input),
            expected_version=input.expected_version,
            actor=write.actor,
        )
        return task_id

    @writes(Task, tasks, Action.UPDATE, errors=_MOVES)
    async def start_task(write: Write, input: StartTaskInput) -> int:
        """Begin a task; one that has no owner becomes yours."""
        task_id = key(input.id, "Task", "id")
        await progress.start_task(
            write.session,
            task_id,
            expected_version=input.expected_version,
            actor=write.actor,
            now=write.now,
        )
        return task_id

    @writes(Task, tasks, Action.UPDATE, errors=_MOVES)
    async def complete_task(write: Write, input: CompleteTaskInput) -> int:
        """Say that a task is done. It is done once: ALREADY_DONE says by whom and when it was."""
        task_id = key(input.id, "Task", "id")
        await progress.complete_task(
            write.session,
            task_id,
            expected_version=input.expected_version,
            actor=write.actor,
            now=write.now,
            **said(input),
        )
        return task_id

    @writes(Task, tasks, Action.UPDATE, errors=_MOVES)
    async def cancel_task(write: Write, input: CancelTaskInput) -> int:
        """Say that a task is not to be done any more."""
        task_id = key(input.id, "Task", "id")
        await progress.cancel_task(
            write.session,
            task_id,
            expected_version=input.expected_version,
            actor=write.actor,
            now=write.now,
            **said(input),
        )
        return task_id

    hand_over_work: HandOverWorkPayload | None = hand_over_work()
