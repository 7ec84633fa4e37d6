"""Changes of users."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain import rows, text
from domain.roles import Role
from domain.users.model import User, UserBranch


@dataclass(frozen=True)
class UserDetails:
    """Somebody who works here; `subject` is who the token says he is, `branch_ids` are where he works."""

    subject: str
    name: str
    role: Role
    email: str | None = None
    active: bool = True
    branch_ids: frozenset[int] = frozenset()


_KEPT = (User.name, User.email, User.role, User.active)


async def upsert_users(session: AsyncSession, users: Sequence[UserDetails]) -> dict[str, int]:
    """The users are here as described, with exactly their branches, which must be there. Their keys by subject.

    Unchanged rows are not written. Of several with one subject the last counts. Four statements.
    """
    checked = {user.subject: user for user in (_checked(place, user) for place, user in enumerate(users))}
    given = rows.given([_columns(user) for user in checked.values()], User.subject, *_KEPT)
    names = [User.subject.key, *(column.key for column in _KEPT)]
    wanted = insert(User).from_select(
        names, select(*(given.c[name] for name in names)).order_by(given.c.subject)
    )
    await session.execute(
        wanted.on_conflict_do_update(
            index_elements=[User.subject], set_={column.key: wanted.excluded[column.key] for column in _KEPT}
        )
    )
    found = await session.execute(select(User.subject, User.id).where(rows.among(User.subject, checked)))
    keys = {row.subject: row.id for row in found}
    await set_branches(session, {keys[subject]: user.branch_ids for subject, user in checked.items()})
    return keys


def _checked(place: int, user: UserDetails) -> UserDetails:
    return replace(
        user,
        subject=text.key(user.subject, place, "subject"),
        name=text.name(user.name, place, "name"),
        email=None if user.email is None else text.line(user.email, place, "email"),
    )


def _columns(user: UserDetails) -> dict[str, object]:
    return {"subject": user.subject, **{column.key: getattr(user, column.key) for column in _KEPT}}


async def set_branches(session: AsyncSession, branches: Mapping[int, frozenset[int]]) -> None:
    """Each of these users works at exactly these branches, which are there. Two statements."""
    pairs = [{"user_id": user, "branch_id": branch} for user in branches for branch in branches[user]]
    given = rows.given(pairs, UserBranch.user_id, UserBranch.branch_id)
    wanted = select(given.c.user_id, given.c.branch_id)
    await session.execute(
        delete(UserBranch).where(
            rows.among(UserBranch.user_id, branches),
            ~wanted.where(
                given.c.user_id == UserBranch.user_id, given.c.branch_id == UserBranch.branch_id
            ).exists(),
        )
    )
    await session.execute(
        insert(UserBranch)
        .from_select(["user_id", "branch_id"], wanted.order_by(given.c.user_id, given.c.branch_id))
        .on_conflict_do_nothing()
    )
