"""Entries are written: many reads at once by COPY, an export or an erasure in a transaction of its own."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain import text
from domain.access import Actor
from domain.access_log.model import AccessGroup, AccessKind, AccessLogEntry

if TYPE_CHECKING:
    import asyncpg

COLUMNS = ("at", "actor", "role", "kind", "operation", "document", "groups", "subject_ids")


@dataclass(frozen=True)
class ReadEntry:
    """A request that showed guarded data. `subject_ids` are keys of customers."""

    at: datetime
    actor: str
    role: str
    operation: str | None
    document: str
    groups: tuple[str, ...]
    subject_ids: tuple[int, ...]


async def write_reads(pool: "asyncpg.Pool[asyncpg.Record]", entries: Sequence[ReadEntry]) -> None:
    """The entries are in the log, all of them or none. One COPY."""
    records = [
        (
            each.at,
            each.actor,
            each.role,
            AccessKind.READ.value,
            each.operation,
            each.document,
            list(each.groups),
            list(each.subject_ids),
        )
        for each in entries
    ]
    async with pool.acquire() as connection:
        await connection.copy_records_to_table(AccessLogEntry.__tablename__, records=records, columns=COLUMNS)


async def record(
    session: AsyncSession,
    kind: AccessKind,
    *,
    actor: Actor,
    groups: Collection[AccessGroup],
    subject_ids: Collection[int],
    reason: str,
    now: datetime,
) -> None:
    """An export or an erasure is in the log. To be committed before the first byte leaves. Raises Invalid."""
    await session.execute(
        insert(AccessLogEntry).values(
            at=now,
            actor=actor.client,
            role=actor.role,
            kind=kind,
            groups=sorted(groups),
            subject_ids=sorted(subject_ids),
            reason=text.line(reason, "reason", limit=1000),
        )
    )
