"""A statement asked of Postgres: on the pool of planned reads, or inside a transaction that is writing."""

from collections.abc import Mapping
from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Actor
from domain.db import TooSlow
from domain.deadline import Deadline
from domain.messages import say
from domain.reads import AWAY, Busy, Reads
from domain.selection.statement import Statement
from domain.selection.subjects import Seen

LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.InternalClientError,  # the server's last word on this connection is still being read
    OSError,
)
"""The server closed the connection, or nobody listens: a read may be asked again."""

DEADLINE_SECONDS = 10
"""The server cancels a statement after 8 s by itself; this ends the wait for a server that does not answer at all."""


async def read(
    reads: Reads, statement: Statement, variables: Mapping[str, Any], actor: Actor, seen: Seen
) -> str:
    """The JSON text that the statement gives, in autocommit; asked once more if the connection was lost.

    What it shows of whom is added to `seen`. Raises BadValue before anything is asked, Busy and TooSlow.
    """
    bound = statement.bound(variables, actor)
    try:
        with Deadline(DEADLINE_SECONDS):
            try:
                text = str(await reads.value(statement.sql, bound))
            except LOST:
                text = str(await reads.value(statement.sql, bound))
    except (TimeoutError, asyncpg.QueryCanceledError):
        raise TooSlow(say("the answer took too long and was cancelled: ask for less at once")) from None
    except LOST as error:
        raise Busy(AWAY) from error
    return seen.unmarked(text, statement.personal)


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
