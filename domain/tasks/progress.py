"""How a task goes on: it is started, and done or cancelled, once."""

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Actor
from domain.tasks.commands import locked
from domain.tasks.details import outcome as checked_outcome
from domain.tasks.model import Task, TaskState
from domain.tasks.states import check_move


async def start_task(
    session: AsyncSession, task_id: int, *, expected_version: int, actor: Actor, now: datetime
) -> None:
    """The task is in progress since `now`; one that only a branch had is the actor's.

    Raises TaskNotFound, AlreadyDone, StaleVersion, MoveNotAllowed. Two statements.
    """
    task = await locked(session, task_id, expected_version=expected_version, actor=actor, done=False)
    check_move(TaskState(task.state), TaskState.IN_PROGRESS)
    owner = task.owner_id if task.owner_id is not None else actor.user_id
    await _write(session, task_id, state=TaskState.IN_PROGRESS, started_at=now, owner_id=owner)


async def complete_task(
    session: AsyncSession,
    task_id: int,
    *,
    expected_version: int,
    actor: Actor,
    now: datetime,
    outcome: str | None = None,
) -> None:
    """The task is done at `now`, by the actor. Of many who say so one has done it, the others are told who.

    Raises TaskNotFound, AlreadyDone, StaleVersion, MoveNotAllowed, Invalid. Two statements.
    """
    await _end(
        session,
        task_id,
        TaskState.DONE,
        expected_version=expected_version,
        actor=actor,
        now=now,
        outcome=outcome,
    )


async def cancel_task(
    session: AsyncSession,
    task_id: int,
    *,
    expected_version: int,
    actor: Actor,
    now: datetime,
    outcome: str | None = None,
) -> None:
    """The task is not to be done any more, as the actor decided at `now`.

    Raises TaskNotFound, AlreadyDone, StaleVersion, MoveNotAllowed, Invalid. Two statements.
    """
    await _end(
        session,
        task_id,
        TaskState.CANCELLED,
        expected_version=expected_version,
        actor=actor,
        now=now,
        outcome=outcome,
    )


async def _end(
    session: AsyncSession,
    task_id: int,
    state: TaskState,
    *,
    expected_version: int,
    actor: Actor,
    now: datetime,
    outcome: str | None,
) -> None:
    told = checked_outcome(outcome)
    task = await locked(session, task_id, expected_version=expected_version, actor=actor, done=False)
    check_move(TaskState(task.state), state)
    await _write(session, task_id, state=state, closed_at=now, closed_by_id=actor.user_id, outcome=told)


async def _write(session: AsyncSession, task_id: int, **columns: Any) -> None:
    await session.execute(update(Task).where(Task.id == task_id).values(**columns))
