"""Who a token's subject is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.roles import Role, Scope

if TYPE_CHECKING:
    import asyncpg


@dataclass(frozen=True)
class Identity:
    """`user_id` and `role` are null for a subject without a user row, which a development token may have.

    `scope` is null where nobody said one: then the role that he acts in says it (`usual_scope`).
    """

    user_id: int | None
    active: bool
    branch_ids: frozenset[int]
    role: Role | None = None
    scope: Scope | None = None


_IDENTIFY = """
    SELECT u.id, coalesce(u.active, true) AS active, u.role, u.scope,
           ARRAY(SELECT id FROM branches WHERE code = ANY($2::text[])
                 UNION SELECT branch_id FROM user_branches WHERE user_id = u.id) AS branch_ids
    FROM (SELECT $1::text AS subject) AS asked
    LEFT JOIN users u ON u.subject = asked.subject
"""


async def identify(
    reads: "asyncpg.Pool[asyncpg.Record]", *, subject: str, branches: Sequence[str] = ()
) -> Identity:
    """The user of the subject and the ids of his branches and those named by code; one statement."""
    row = await reads.fetchrow(_IDENTIFY, subject, list(branches))
    assert row is not None, "a LEFT JOIN from one row gives one row"
    return Identity(
        user_id=row["id"],
        active=row["active"],
        branch_ids=frozenset(row["branch_ids"]),
        role=None if row["role"] is None else Role(row["role"]),
        scope=None if row["scope"] is None else Scope(row["scope"]),
    )
