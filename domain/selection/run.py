"""A statement asked of Postgres: on the pool of planned reads, or inside a transaction that is writing."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Actor
from domain.db import Busy, TooSlow
from domain.selection.statement import Statement
from domain.selection.subjects import Seen

if TYPE_CHECKING:
    Reads = asyncpg.Pool[asyncpg.Record]

LOST = (asyncpg.PostgresConnectionError, asyncpg.AdminShutdownError, asyncpg.CrashShutdownError, OSError)
"""The server closed the connection, or nobody listens: a read may be asked again."""


ACQUIRE_SECONDS = 2
DEADLINE_SECONDS = 10
"""The server cancels a statement after 8 s by itself; this ends the wait for a server that does not answer at all."""


async def read(
    reads: "Reads", statement: Statement, variables: Mapping[str, Any], actor: Actor, seen: Seen
) -> str:
    """The JSON text that the statement gives, in autocommit; asked once more if the connection was lost.

    What it shows of whom is added to `seen`. Raises BadValue before anything is asked, Busy and TooSlow.
    """
    bound = statement.bound(variables, actor)
    try:
        async with asyncio.timeout(DEADLINE_SECONDS):
            try:
                text = await _fetch(reads, statement.sql, bound)
            except LOST:
                text = await _fetch(reads, statement.sql, bound)
    except (TimeoutError, asyncpg.QueryCanceledError):
        raise TooSlow("the answer took too long and was cancelled: ask for less at once") from None
    return seen.unmarked(text, statement.personal)


async def _fetch(reads: "Reads", sql: str, bound: list[Any]) -> str:
    try:
        async with asyncio.timeout(ACQUIRE_SECONDS):
            connection = await reads.acquire()
    except TimeoutError:
        raise Busy("all connections are in use; ask again in a moment") from None
    try:
        return str(await connection.fetchval(sql, *bound))
    finally:
        await reads.release(connection)


async def read_in(
    session: AsyncSession, statement: Statement, variables: Mapping[str, Any], actor: Actor, seen: Seen
) -> str:
    """The JSON text that the statement gives inside the session's transaction, its own changes included.

    What it shows of whom is added to `seen`.
    """
    await session.flush()
    raw = await (await session.connection()).get_raw_connection()
    connection: asyncpg.Connection[asyncpg.Record] = raw.driver_connection  # type: ignore[assignment]
    text = str(await connection.fetchval(statement.sql, *statement.bound(variables, actor)))
    return seen.unmarked(text, statement.personal)
