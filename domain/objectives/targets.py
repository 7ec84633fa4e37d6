"""Changes of targets: they are set, changed and withdrawn."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import Invalid, StaleVersion
from domain.messages import say
from domain.objectives.commands import check_owner
from domain.objectives.details import OF_TARGET, TargetDetails, target_columns
from domain.objectives.errors import (
    ObjectiveClosed,
    ObjectiveNotFound,
    TargetNotFound,
    TargetWithdrawn,
)
from domain.objectives.model import Objective, ObjectiveState, Target


async def create_target(session: AsyncSession, details: TargetDetails) -> int:
    """The target is set; its key. Raises Invalid, ObjectiveNotFound, ObjectiveClosed. At most three statements."""
    for needed in OF_TARGET:
        if needed not in details:
            raise Invalid(say("{key} is missing: every target has one", key=needed), needed)
    columns = target_columns(details, standing={})
    await _check_references(session, columns)
    made: int | None = await session.scalar(insert(Target).values(columns).returning(Target.id))
    assert made is not None, "an insert that does not fail returns its row"
    return made


async def update_target(
    session: AsyncSession, target_id: int, *, changes: TargetDetails, expected_version: int
) -> None:
    """The target stands as changed: absent = left, None = cleared.

    Raises TargetNotFound, TargetWithdrawn, StaleVersion, ObjectiveNotFound, ObjectiveClosed, Invalid. At most four
    statements.
    """
    standing = await locked_target(session, target_id, expected_version)
    columns = target_columns(changes, standing=standing._asdict())
    if columns.get("objective_id") == standing.objective_id:
        columns.pop("objective_id", None)
    await _check_references(session, columns)
    if columns:
        await session.execute(update(Target).where(Target.id == target_id).values(columns))


async def withdraw_target(
    session: AsyncSession, target_id: int, *, expected_version: int, now: datetime
) -> None:
    """The target is planned no more. Raises TargetNotFound, TargetWithdrawn, StaleVersion. Two statements."""
    await locked_target(session, target_id, expected_version)
    await session.execute(update(Target).where(Target.id == target_id).values(withdrawn_at=now))


async def locked_target(session: AsyncSession, target_id: int, expected_version: int) -> Row[Any]:
    """The target, locked against change. Raises TargetNotFound, TargetWithdrawn, StaleVersion. One statement."""
    found = (
        await session.execute(
            select(Target.__table__).where(Target.id == target_id).with_for_update(key_share=True)
        )
    ).one_or_none()
    if found is None:
        raise TargetNotFound("id")
    if found.withdrawn_at is not None:
        raise TargetWithdrawn(target_id, found.withdrawn_at)
    if found.version != expected_version:
        raise StaleVersion("target", target_id, expected=expected_version, current=found.version)
    return found


async def _check_references(session: AsyncSession, columns: dict[str, Any]) -> None:
    await check_owner(session, columns.get("owner_id"))
    key = columns.get("objective_id")
    if key is None:
        return
    state = await session.scalar(
        select(Objective.state).where(Objective.id == key).with_for_update(read=True)
    )
    if state is None:
        raise ObjectiveNotFound("objective_id")
    if state != ObjectiveState.OPEN:
        raise ObjectiveClosed(None, state, "objective_id")
