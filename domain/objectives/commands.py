"""Changes of objectives: they are created, changed, moved in the tree and closed."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import Invalid, StaleVersion
from domain.messages import say
from domain.objectives.details import ObjectiveDetails, objective_columns
from domain.objectives.details import conclusion as checked_conclusion
from domain.objectives.errors import (
    ObjectiveCircle,
    ObjectiveClosed,
    ObjectiveNotFound,
    ObjectivesTooDeep,
)
from domain.objectives.model import Objective, ObjectiveState
from domain.users.model import User

MOST_LEVELS = 20


async def create_objective(session: AsyncSession, details: ObjectiveDetails) -> int:
    """The objective stands below its parent, or at the top; its key.

    Raises Invalid, ObjectiveNotFound, ObjectivesTooDeep. At most four statements.
    """
    if "statement" not in details:
        raise Invalid(say("{key} is missing: every objective has one", key="statement"), "statement")
    columns = objective_columns(details, standing={})
    await check_owner(session, columns.get("owner_id"))
    await _check_place(session, columns.get("parent_id"), below=1)
    made: int | None = await session.scalar(insert(Objective).values(columns).returning(Objective.id))
    assert made is not None, "an insert that does not fail returns its row"
    return made


async def update_objective(
    session: AsyncSession, objective_id: int, *, changes: ObjectiveDetails, expected_version: int
) -> None:
    """The objective stands as changed: absent = left, None = cleared; with a new parent all below it moves along.

    Raises ObjectiveNotFound, ObjectiveClosed, StaleVersion, ObjectiveCircle, ObjectivesTooDeep, Invalid. At most six
    statements.
    """
    if changes.get("parent_id") is not None:
        await _take_turn(session)
    standing = await _locked(session, objective_id, expected_version)
    columns = objective_columns(changes, standing=standing._asdict())
    await check_owner(session, columns.get("owner_id"))
    parent_id = columns.get("parent_id")
    if parent_id is not None and parent_id != standing.parent_id:
        below = await _levels_below(session, objective_id)
        await _check_place(session, parent_id, below=below, moving=objective_id)
    if columns:
        await session.execute(update(Objective).where(Objective.id == objective_id).values(columns))


async def close_objective(
    session: AsyncSession,
    objective_id: int,
    state: ObjectiveState,
    *,
    expected_version: int,
    now: datetime,
    conclusion: str | None = None,
) -> None:
    """The objective is closed as the state says, at `now`. What lies below it stays as it is.

    Raises ObjectiveNotFound, ObjectiveClosed, StaleVersion, Invalid. Two statements.
    """
    if state is ObjectiveState.OPEN:
        raise Invalid(say("an objective is closed as REACHED, MISSED or DROPPED"), "state")
    told = checked_conclusion(conclusion)
    await _locked(session, objective_id, expected_version)
    closed = update(Objective).where(Objective.id == objective_id)
    await session.execute(closed.values(state=state, closed_at=now, conclusion=told))


async def check_owner(session: AsyncSession, user_id: int | None) -> None:
    """The user, if one is named, is active. Raises Invalid."""
    if user_id is None:
        return
    found = await session.scalar(
        select(User.id).where(User.id == user_id, User.active.is_(True)).with_for_update(read=True)
    )
    if found is None:
        raise Invalid(say("there is no such user, or the user is deactivated"), "owner_id")


async def _take_turn(session: AsyncSession) -> None:
    """Moves wait for each other: of two that are each right alone, the second could close a circle."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtext("dangol.objectives"))))


async def _locked(session: AsyncSession, objective_id: int, expected_version: int) -> Row[Any]:
    found = (
        await session.execute(
            select(Objective.__table__).where(Objective.id == objective_id).with_for_update(key_share=True)
        )
    ).one_or_none()
    if found is None:
        raise ObjectiveNotFound("id")
    if found.state != ObjectiveState.OPEN:
        raise ObjectiveClosed(objective_id, found.state, "id")
    if found.version != expected_version:
        raise StaleVersion("objective", objective_id, expected=expected_version, current=found.version)
    return found


async def _levels_below(session: AsyncSession, objective_id: int) -> int:
    """How many levels the objective has with all that lies below it, itself counted."""
    top = select(Objective.id, literal(1).label("level")).where(Objective.id == objective_id)
    down = top.cte("down", recursive=True)
    deeper = select(Objective.id, down.c.level + 1).join(down, Objective.parent_id == down.c.id)
    down = down.union_all(deeper.where(down.c.level <= MOST_LEVELS))
    return await session.scalar(select(func.max(down.c.level))) or 1


async def _check_place(
    session: AsyncSession, parent_id: int | None, *, below: int, moving: int | None = None
) -> None:
    """An objective of so many levels may stand below the parent."""
    if parent_id is None:
        return
    start = select(Objective.id, Objective.parent_id, literal(1).label("level"))
    up = start.where(Objective.id == parent_id).cte("up", recursive=True)
    higher = select(Objective.id, Objective.parent_id, up.c.level + 1).join(
        up, Objective.id == up.c.parent_id
    )
    up = up.union_all(higher.where(up.c.level <= MOST_LEVELS))
    above = set(await session.scalars(select(up.c.id)))
    if not above:
        raise ObjectiveNotFound("parent_id")
    if moving in above:
        raise ObjectiveCircle
    if len(above) + below > MOST_LEVELS:
        raise ObjectivesTooDeep(len(above) + below, MOST_LEVELS)
