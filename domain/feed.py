"""The ordered feed of changes: one row per changed aggregate and transaction, written by triggers.

A reader takes only what lies before the oldest transaction still running, in (xid, id) order; so nothing
committed is ever skipped, which a watermark on an id or a timestamp cannot promise (it loses late committers).
The cursor is (epoch, xid, id): a dump restored into a new cluster starts with low xids and opens a new epoch.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import BigInteger, Identity, Index, Integer, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.orm import Mapped

from domain.base import Base, Xid8, one_of, plain

LOCK_NOT_AVAILABLE = "55P03"


class Operation(StrEnum):
    CREATED = "CREATED"
    UPDATED = "UPDATED"
    DELETED = "DELETED"


class Change(Base):
    """Partitioned by day: old days are dropped whole."""

    __tablename__ = "change"
    __table_args__ = (
        one_of("operation", Operation),
        Index("ix_change_order", "xid", "id"),
        {"postgresql_partition_by": "RANGE (at)"},
    )

    at: Mapped[datetime] = plain(primary_key=True, server_default=text("now()"))
    id: Mapped[int] = plain(BigInteger, Identity(), primary_key=True)
    xid: Mapped[str] = plain(Xid8, server_default=text("pg_current_xact_id()"))
    aggregate: Mapped[str] = plain()
    aggregate_id: Mapped[int] = plain(BigInteger)
    version: Mapped[int] = plain(Integer)
    operation: Mapped[str] = plain()
    origin: Mapped[str] = plain()


LAST_ID = 2**63 - 1
"""No event of a transaction comes after this id."""


@dataclass(frozen=True, order=True)
class Cursor:
    """A place in the feed: everything up to and with it has been read."""

    epoch: int
    xid: int
    id: int


@dataclass(frozen=True)
class Event:
    """One change of one aggregate."""

    cursor: Cursor
    aggregate: str
    aggregate_id: int
    version: int
    operation: Operation
    origin: str
    at: datetime


_READ = text("""
    SELECT c.xid::text AS xid, c.id, c.aggregate, c.aggregate_id, c.version, c.operation, c.origin, c.at
    FROM change c
    WHERE (c.xid, c.id) > (CAST(CAST(:xid AS text) AS xid8), :id)
      AND c.xid < pg_snapshot_xmin(pg_current_snapshot())
      AND (CAST(:aggregates AS text[]) IS NULL OR c.aggregate = ANY(CAST(:aggregates AS text[])))
    ORDER BY c.xid, c.id
    LIMIT :first
""")


async def read(
    connection: AsyncConnection,
    after: Cursor,
    *,
    first: int = 1000,
    aggregates: Collection[str] | None = None,
) -> list[Event]:
    """The next events after the cursor, of these aggregates or of all, oldest first, at most `first`; none that a
    running transaction may precede."""
    wanted = None if aggregates is None else sorted(aggregates)
    given = {"xid": str(after.xid), "id": after.id, "first": first, "aggregates": wanted}
    rows = await connection.execute(_READ, given)
    return [
        Event(
            cursor=Cursor(after.epoch, int(row.xid), row.id),
            aggregate=row.aggregate,
            aggregate_id=row.aggregate_id,
            version=row.version,
            operation=Operation(row.operation),
            origin=row.origin,
            at=row.at,
        )
        for row in rows
    ]


async def beginning(connection: AsyncConnection) -> Cursor:
    """The cursor before the first event of the present epoch."""
    epoch = await connection.scalar(text("SELECT feed_epoch FROM company"))
    return Cursor(int(epoch or 1), 0, 0)


async def present(connection: AsyncConnection) -> Cursor:
    """The cursor after every event that is settled now: whatever is committed from now on comes after it."""
    found = await connection.execute(
        text("SELECT feed_epoch, pg_snapshot_xmin(pg_current_snapshot())::text AS xmin FROM company")
    )
    row = found.one()
    return Cursor(int(row.feed_epoch), int(row.xmin) - 1, LAST_ID)


async def complete(connection: AsyncConnection, after: Cursor) -> bool:
    """Whether the feed still holds every event after the cursor: one up to it proves it, as old days go first, and so
    does the very first one."""
    proven = text("""
        SELECT EXISTS (SELECT FROM change WHERE xid <= CAST(CAST(:xid AS text) AS xid8))
            OR (SELECT coalesce(min(id), 1) FROM change) = 1
    """)
    return bool(await connection.scalar(proven, {"xid": str(after.xid)}))


async def make_partitions(connection: AsyncConnection, *, days_ahead: int = 30) -> int:
    """Partitions for today and the days ahead exist; returns how many were made.

    A day of which the DEFAULT partition holds rows already stays there.
    """
    made = await connection.scalar(text("SELECT make_change_partitions(:days)"), {"days": days_ahead})
    return int(made or 0)


_OLD_DAYS = text("""
    SELECT inhrelid::regclass::text AS name FROM pg_inherits
    WHERE inhparent = 'change'::regclass
      AND inhrelid::regclass::text ~ '^change_[0-9]{8}$' AND right(inhrelid::regclass::text, 8) < :first
    ORDER BY 1
""")


async def drop_days(on: AsyncEngine, *, now: datetime, days: int) -> int:
    """Days of the feed that ended more than `days` days ago are gone; how many were dropped.

    A day that somebody reads just now stays for the next time: dropping waits 100 ms for its lock.
    """
    first = (now - timedelta(days=days)).strftime("%Y%m%d")
    async with on.connect() as connection:
        old = list(await connection.scalars(_OLD_DAYS, {"first": first}))
    return sum([await _drop(on, name) for name in old])


async def _drop(on: AsyncEngine, partition: str) -> bool:
    try:
        async with on.begin() as connection:
            await connection.execute(text("SET LOCAL lock_timeout = '100ms'"))
            await connection.execute(text(f"DROP TABLE {partition}"))
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE:
            raise
        return False
    return True
