"""A statement asked of Postgres: on the pool of planned reads, or inside a transaction that is writing."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Actor
from domain.selection.statement import Statement

if TYPE_CHECKING:
    Reads = asyncpg.Pool[asyncpg.Record]

LOST = (asyncpg.PostgresConnectionError, asyncpg.AdminShutdownError, asyncpg.CrashShutdownError, OSError)
"""The server closed the connection, or nobody listens: a read may be asked again."""


async def read(reads: "Reads", statement: Statement, variables: Mapping[str, Any], actor: Actor) -> str:
    """The JSON text that the statement gives, in autocommit; asked once more if the connection was lost.

    Raises BadValue before anything is asked, and asyncpg's errors as they are.
    """
    bound = statement.bound(variables, actor)
    try:
        return str(await reads.fetchval(statement.sql, *bound))
    except LOST:
        return str(await reads.fetchval(statement.sql, *bound))


async def read_in(
    session: AsyncSession, statement: Statement, variables: Mapping[str, Any], actor: Actor
) -> str:
    """The JSON text that the statement gives inside the session's transaction, its own changes included."""
    await session.flush()
    raw = await (await session.connection()).get_raw_connection()
    connection: asyncpg.Connection[asyncpg.Record] = raw.driver_connection  # type: ignore[assignment]
    return str(await connection.fetchval(statement.sql, *statement.bound(variables, actor)))
