"""Fills an empty store with the demo company: one transaction, by COPY, with the feed and its triggers on.

Why one transaction: killed in the middle, nothing is there, and the next run starts anew. And each aggregate gets
one event, since its parts come in the same transaction. Foreign keys are checked once and indexes built once, after
the last row.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import cast

import pyarrow as pa
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from domain.db import BULK_SETTINGS, engine
from domain.demo import copying
from domain.demo.branches import COMPANY, CURRENCY
from domain.demo.copying import Connection
from domain.demo.emptiness import MUST_BE_EMPTY, require_empty
from domain.demo.indexes import built_at_the_end
from domain.demo.period import Period, years_before
from domain.demo.references import checked_at_the_end
from domain.demo.steering import steer
from domain.demo.tables import generate
from domain.roles import Role

Progress = Callable[[str, int, int], None]
"""Called before each chunk with its table, the rows loaded so far and all rows; at the end with all of them."""

ASKED = ("customers", "orders", "order_lines")
"""What stages and segments are told from: to the planner these were empty, and orders were looked up one by one."""

ORIGIN = "demo"
CHUNK = 50_000


@dataclass(frozen=True)
class DemoReport:
    """What was loaded: rows by table, start <= day < until, a user's subject for each role, and the seconds taken."""

    company: str
    rows: dict[str, int]
    start: date
    until: date
    subjects: dict[Role, str]
    seconds_generating: float
    seconds_loading: float


async def load(
    url: str,
    *,
    size: int = 20_000,
    years: int = 3,
    until: date,
    seed: int = 1,
    progress: Progress | None = None,
) -> DemoReport:
    """The empty, migrated store at a libpq URL holds the demo company, all of it; or nothing has changed.

    Users that are there stay. Raises Conflict if the store holds business data, Invalid for a size, length or
    end out of range.
    """
    period = Period(years_before(until, years), until)
    on = engine(url, pool_size=1, settings=BULK_SETTINGS)
    try:
        async with AsyncSession(on) as session, session.begin():
            connection = await _claimed(session)
            began = time.monotonic()
            made = await asyncio.to_thread(generate, size=size, years=years, until=until, seed=seed)
            generated = time.monotonic()
            async with checked_at_the_end(connection, made), built_at_the_end(connection, made):
                await _fill(connection, made, progress or _silent)
                await connection.execute(f"ANALYZE {', '.join(ASKED)}")
                await steer(session, period)
        async with on.connect() as after, after.begin():
            await after.execute(
                text(f"ANALYZE {', '.join(made)}, customer_lifecycle_stages, segment_members, change")
            )
    finally:
        await on.dispose()
    return DemoReport(
        company=COMPANY,
        rows={name: table.num_rows for name, table in made.items()},
        start=period.start,
        until=until,
        subjects=_subjects(made["users"]),
        seconds_generating=generated - began,
        seconds_loading=time.monotonic() - generated,
    )


def _silent(table: str, done: int, total: int) -> None:
    """Nobody watches."""


async def _claimed(session: AsyncSession) -> Connection:
    """The connection, for COPY, of a session whose transaction has begun.

    The store holds no business data, and nobody else can begin to put any in until the transaction ends.
    """
    await session.execute(text("SELECT set_config('dangol.origin', :origin, true)"), {"origin": ORIGIN})
    raw = await (await session.connection()).get_raw_connection()
    connection = cast("Connection", raw.driver_connection)
    await connection.execute(f"LOCK TABLE {', '.join(MUST_BE_EMPTY)} IN SHARE ROW EXCLUSIVE MODE")
    await require_empty(connection)
    return connection


async def _fill(connection: Connection, made: dict[str, pa.Table], progress: Progress) -> None:
    """Every table is loaded, and the company's row says who it is."""
    total = sum(table.num_rows for table in made.values())
    done = 0
    bases = await copying.last_keys(connection)
    for name, table in made.items():
        shifted = copying.shift(name, table, bases)
        await copying.make_room(connection, name, shifted)
        for start in range(0, shifted.num_rows, CHUNK):
            chunk = shifted.slice(start, CHUNK)
            progress(name, done, total)
            await copying.copy(connection, name, chunk)
            done += chunk.num_rows
        await copying.advance(connection, name, shifted)
    await connection.execute(
        "UPDATE company SET name = $1, currency = $2, time_zone = 'Asia/Seoul'", COMPANY, CURRENCY
    )
    progress("company", done, total)


def _subjects(users: pa.Table) -> dict[Role, str]:
    """The first user of each role."""
    first: dict[Role, str] = {}
    for role, subject in zip(users["role"].to_pylist(), users["subject"].to_pylist(), strict=True):
        first.setdefault(Role(role), subject)
    return first
