"""Changes of one user. A user is deactivated, never deleted; at least one active administrator stays."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, TypedDict

from sqlalchemy import Row, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain import rows, text
from domain.branches.model import Branch
from domain.errors import Invalid, StaleVersion
from domain.messages import say
from domain.roles import Role, Scope
from domain.users.errors import AlreadySo, LastAdmin, SubjectTaken, UserNotFound
from domain.users.model import User, UserBranch

MOST_BRANCHES = 500


@dataclass(frozen=True)
class UserDetails:
    """Somebody who works here; `subject` is who the token says he is, `branch_ids` are where he works."""

    subject: str
    name: str
    role: Role
    email: str | None = None
    branch_ids: frozenset[int] = frozenset()


class UserChanges(TypedDict, total=False):
    """A key that is absent leaves the value as it is, None clears it; the branches replace all branches."""

    name: str
    email: str | None
    role: Role
    scope: Scope | None
    branch_ids: Collection[int]


async def create_user(session: AsyncSession, details: UserDetails, *, scope: Scope | None = None) -> int:
    """The user is here; his key. Without a scope he has the usual one of his role.

    Raises Invalid, SubjectTaken. At most four statements.
    """
    values = _checked({"name": details.name, "email": details.email, "role": details.role, "scope": scope})
    await _check_branches(session, details.branch_ids)
    made: int | None = await session.scalar(
        insert(User)
        .values(subject=text.key(details.subject, "subject"), **values)
        .on_conflict_do_nothing(index_elements=[User.subject])
        .returning(User.id)
    )
    if made is None:
        raise SubjectTaken
    if details.branch_ids:
        await _set_branches(session, made, details.branch_ids)
    return made


async def update_user(
    session: AsyncSession, user_id: int, *, changes: UserChanges, expected_version: int
) -> None:
    """The user stands as changed. Raises UserNotFound, StaleVersion, Invalid, LastAdmin. At most six statements."""
    row = await _lock(session, user_id, expected_version)
    values = _checked(changes)
    branches = values.pop("branch_ids", None)
    if row.active and row.role == Role.ADMIN and values.get("role", Role.ADMIN) is not Role.ADMIN:
        await _check_another_admin(session, user_id, "role")
    if values:
        await session.execute(update(User).where(User.id == user_id).values(values))
    if branches is not None:
        await _check_branches(session, branches)
        await _set_branches(session, user_id, branches)


async def deactivate_user(session: AsyncSession, user_id: int, *, expected_version: int) -> None:
    """The user may do nothing any more; what he did stays his. His open work is the caller's to hand over.

    Raises UserNotFound, StaleVersion, AlreadySo, LastAdmin. At most three statements.
    """
    row = await _lock(session, user_id, expected_version)
    if not row.active:
        raise AlreadySo(say("the user is deactivated already"), "id")
    if row.role == Role.ADMIN:
        await _check_another_admin(session, user_id, "id")
    await session.execute(update(User).where(User.id == user_id).values(active=False))


async def reactivate_user(session: AsyncSession, user_id: int, *, expected_version: int) -> None:
    """The user may do again what his role says. Raises UserNotFound, StaleVersion, AlreadySo. Two statements."""
    row = await _lock(session, user_id, expected_version)
    if row.active:
        raise AlreadySo(say("the user is active already"), "id")
    await session.execute(update(User).where(User.id == user_id).values(active=True))


async def _lock(session: AsyncSession, user_id: int, expected_version: int) -> Row[Any]:
    row = (
        await session.execute(
            select(User.__table__).where(User.id == user_id).with_for_update(key_share=True)
        )
    ).one_or_none()
    if row is None:
        raise UserNotFound("id")
    if row.version != expected_version:
        raise StaleVersion("user", user_id, expected=expected_version, current=row.version)
    return row


async def _check_another_admin(session: AsyncSession, user_id: int, *path: str) -> None:
    """All active administrators are locked: of two who go at once, the second sees that he is the last."""
    admins = await session.scalars(
        select(User.id)
        .where(User.role == Role.ADMIN, User.active)
        .order_by(User.id)
        .with_for_update(key_share=True)
    )
    if set(admins) <= {user_id}:
        raise LastAdmin(*path)


def _checked(given: UserChanges) -> dict[str, Any]:
    found: dict[str, Any] = dict(given)
    for key in ("name", "role"):
        if key in found and found[key] is None:
            raise Invalid(say("{field} cannot be cleared: every user has one", field=key), key)
    if "name" in found:
        found["name"] = text.name(found["name"], "name")
    if found.get("email") is not None:
        found["email"] = text.line(found["email"], "email", clearable=True)
    return found


async def _check_branches(session: AsyncSession, keys: Collection[int]) -> None:
    if len(keys) > MOST_BRANCHES:
        message = say(
            "{given} branches are given; at most {most} are allowed", given=len(keys), most=MOST_BRANCHES
        )
        raise Invalid(message, "branch_ids")
    if len(await rows.known(session, Branch.id, keys)) < len(set(keys)):
        raise Invalid(say("there is no such branch"), "branch_ids")


async def _set_branches(session: AsyncSession, user_id: int, branch_ids: Collection[int]) -> None:
    """The user works at exactly these branches, which are there. At most two statements."""
    works = UserBranch.user_id == user_id
    await session.execute(delete(UserBranch).where(works, ~rows.among(UserBranch.branch_id, branch_ids)))
    if branch_ids:
        pairs = [{"user_id": user_id, "branch_id": branch} for branch in sorted(set(branch_ids))]
        await session.execute(insert(UserBranch).values(pairs).on_conflict_do_nothing())
