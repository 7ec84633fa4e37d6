"""Changes of one branch: opened, described anew, closed and reopened. A branch is never deleted: orders name it."""

from dataclasses import dataclass
from datetime import date
from typing import Any, TypedDict

from sqlalchemy import Row, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain import text
from domain.branches.errors import BranchClosed, BranchCodeTaken, BranchNotFound
from domain.branches.model import Branch, BranchKind
from domain.errors import Invalid, StaleVersion
from domain.messages import say


@dataclass(frozen=True)
class BranchDetails:
    """A branch that is opened; `code` says which one it is."""

    code: str
    name: str
    kind: BranchKind
    region: str | None = None
    opened_on: date | None = None


class BranchChanges(TypedDict, total=False):
    """A key that is absent leaves the value as it is, None clears it. The code says which branch it is: it stays."""

    name: str
    kind: BranchKind
    region: str | None
    opened_on: date | None


async def create_branch(session: AsyncSession, details: BranchDetails) -> int:
    """The branch is here; its key. Raises Invalid, BranchCodeTaken. One statement."""
    described: BranchChanges = {
        "name": details.name,
        "kind": details.kind,
        "region": details.region,
        "opened_on": details.opened_on,
    }
    values = {"code": text.key(details.code, "code", limit=60), **_checked(described)}
    made: int | None = await session.scalar(
        insert(Branch)
        .values(values)
        .on_conflict_do_nothing(index_elements=[Branch.code])
        .returning(Branch.id)
    )
    if made is None:
        raise BranchCodeTaken(values["code"])
    return made


async def update_branch(
    session: AsyncSession, branch_id: int, *, changes: BranchChanges, expected_version: int
) -> None:
    """The branch stands as changed. Raises BranchNotFound, StaleVersion, Invalid. Two statements."""
    row = await _lock(session, branch_id, expected_version)
    values = _checked(changes)
    _check_days(values.get("opened_on", row.opened_on), row.closed_on, "opened_on")
    if values:
        await session.execute(update(Branch).where(Branch.id == branch_id).values(values))


async def close_branch(
    session: AsyncSession, branch_id: int, *, closed_on: date, expected_version: int
) -> None:
    """The branch is open until the day before. Raises BranchNotFound, StaleVersion, BranchClosed, Invalid.

    Two statements.
    """
    row = await _lock(session, branch_id, expected_version)
    if row.closed_on is not None:
        raise BranchClosed(say("the branch is closed since {day} already", day=row.closed_on), "id")
    _check_days(row.opened_on, closed_on, "closed_on")
    await session.execute(update(Branch).where(Branch.id == branch_id).values(closed_on=closed_on))


async def reopen_branch(session: AsyncSession, branch_id: int, *, expected_version: int) -> None:
    """The branch is open again, as if it had never been closed. Raises BranchNotFound, StaleVersion, BranchClosed.

    Two statements.
    """
    row = await _lock(session, branch_id, expected_version)
    if row.closed_on is None:
        raise BranchClosed(say("the branch is not closed"), "id")
    await session.execute(update(Branch).where(Branch.id == branch_id).values(closed_on=None))


async def _lock(session: AsyncSession, branch_id: int, expected_version: int) -> Row[Any]:
    row = (
        await session.execute(
            select(Branch.__table__).where(Branch.id == branch_id).with_for_update(key_share=True)
        )
    ).one_or_none()
    if row is None:
        raise BranchNotFound("id")
    if row.version != expected_version:
        raise StaleVersion("branch", branch_id, expected=expected_version, current=row.version)
    return row


def _checked(given: BranchChanges) -> dict[str, Any]:
    found: dict[str, Any] = dict(given)
    for key in ("name", "kind"):
        if key in found and found[key] is None:
            raise Invalid(say("{field} cannot be cleared: every branch has one", field=key), key)
    for key in ("name", "region"):
        if found.get(key) is not None:
            found[key] = text.name(found[key], key, clearable=key == "region")
    return found


def _check_days(opened_on: date | None, closed_on: date | None, place: str) -> None:
    if opened_on is not None and closed_on is not None and closed_on < opened_on:
        message = say("the branch opened on {opened}; it cannot have closed before", opened=opened_on)
        raise Invalid(message, place)
