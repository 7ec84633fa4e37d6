"""Changes of tasks: making, changing and assigning them."""

from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Actor
from domain.customers.redirects import of_kept
from domain.errors import Invalid, StaleVersion
from domain.messages import say
from domain.tasks.details import TaskDetails, checked
from domain.tasks.errors import AlreadyDone, TaskNotFound
from domain.tasks.model import Task, TaskState
from domain.tasks.queries import visible_to
from domain.tasks.sources import BY_HAND, CameFrom, source_columns
from domain.users.model import User
from domain.work.assignment import Assignment
from domain.work.priorities import Priority
from domain.work.references import check_references, defaults
from domain.work.sight import check_sight


async def create_task(
    session: AsyncSession,
    details: TaskDetails,
    *,
    actor: Actor,
    assignment: Assignment | None = None,
    source: CameFrom = BY_HAND,
) -> int:
    """Something is to be done; its key. It is for the source's customer where the source has one.

    Where nobody is named it is the actor's own. Raises Invalid, CustomerNotFound, OutOfSight. At most seven statements.
    """
    if "title" not in details:
        raise Invalid(say("{key} is missing: every task has one", key="title"), "title")
    columns = await of_kept(session, checked({"priority": Priority.NORMAL, **details}))
    came_from = await source_columns(session, source, actor=actor)
    customers = {each for each in (columns.get("customer_id"), came_from.get("customer_id")) if each}
    if len(customers) > 1:
        raise Invalid(say("the task came from another customer"), "customer_id")
    columns |= {**came_from, **_assigned(assignment or {}, actor), "created_by_id": actor.user_id}
    await check_references(session, columns, actor=actor)
    made: int | None = await session.scalar(insert(Task).values(columns).returning(Task.id))
    assert made is not None, "an insert that does not fail returns its row"
    await check_sight(session, Task.__table__, made, actor=actor)
    return made


def _assigned(given: Assignment, actor: Actor) -> dict[str, Any]:
    if not given:
        return {**defaults(actor), "owner_id": actor.user_id}
    return {**defaults(actor), **given}


async def update_task(
    session: AsyncSession, task_id: int, *, changes: TaskDetails, expected_version: int, actor: Actor
) -> None:
    """The task stands as changed: absent = left, None = cleared. The customer of its source stays.

    Raises TaskNotFound, StaleVersion, Invalid, CustomerNotFound, OutOfSight. At most six statements.
    """
    task = await locked(session, task_id, expected_version=expected_version, actor=actor)
    columns = await of_kept(session, checked(changes))
    sources = (task.case_id, task.opportunity_id, task.touchpoint_id)
    customer_id = columns.get("customer_id", task.customer_id)
    if customer_id != task.customer_id and task.customer_id and any(sources):
        raise Invalid(say("the task came from another customer"), "customer_id")
    await check_references(session, columns, actor=actor)
    if columns:
        await session.execute(update(Task).where(Task.id == task_id).values(columns))
    await check_sight(session, Task.__table__, task_id, actor=actor)


async def assign_task(
    session: AsyncSession, task_id: int, assignment: Assignment, *, expected_version: int, actor: Actor
) -> None:
    """The task, which is still to be done, is this user's and this branch's; whoever hands it over may lose it from
    sight.

    Raises TaskNotFound, AlreadyDone, StaleVersion, Invalid. At most four statements.
    """
    await locked(session, task_id, expected_version=expected_version, actor=actor, done=False)
    await check_references(session, assignment, actor=actor)
    if assignment:
        await session.execute(update(Task).where(Task.id == task_id).values(assignment))


async def locked(
    session: AsyncSession, task_id: int, *, expected_version: int, actor: Actor, done: bool = True
) -> Row[Any]:
    """The task, locked against change. Raises TaskNotFound, StaleVersion, and AlreadyDone unless it may be `done`.

    That it is done is said first: to whoever did it at the same moment a version says nothing. One statement, two for
    a task that is done.
    """
    found = (
        await session.execute(
            select(Task.__table__)
            .where(Task.id == task_id, visible_to(actor))
            .with_for_update(key_share=True)
        )
    ).one_or_none()
    if found is None:
        raise TaskNotFound("id")
    if not done and found.state == TaskState.DONE:
        by = await session.scalar(select(User.name).where(User.id == found.closed_by_id))
        raise AlreadyDone(task_id, by=by, at=found.closed_at)
    if found.version != expected_version:
        raise StaleVersion("task", task_id, expected=expected_version, current=found.version)
    return found
