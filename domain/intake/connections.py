"""The connection of an intake: one session that holds the staging tables and does not time out."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from domain.db import BULK_SETTINGS, TRIES, lost, pause, retriable, scarce, sqlalchemy_url
from domain.intake.attributes import latest_table
from domain.intake.customers import CUSTOMER
from domain.intake.orders import PLAN_TABLE
from domain.intake.products import CATEGORIES_TABLE, PRODUCT
from domain.intake.staging import open_staging
from domain.moments import exact_engine
from domain.reads import AWAY, SCARCE, Busy

SETTINGS = {
    **BULK_SETTINGS,
    "temp_buffers": "64MB",
    "work_mem": "64MB",
    # Compiling a range's plan took 1.5 s of its 1.7 s on a server that does so by default (measured).
    "jit": "off",
    # The server notices within half a second that a killed import is gone, also inside a long statement.
    "client_connection_check_interval": "500ms",
}

UNIQUE_VIOLATION = "23505"
"""Somebody else made the same row at the same time; the next try finds it."""

Connection = AsyncConnection
"""What a caller that knows no SQLAlchemy calls it."""

T = TypeVar("T")


@asynccontextmanager
async def intake_connection(url: str) -> AsyncIterator[AsyncConnection]:
    """A connection with empty staging tables and plans; closing it drops them.

    Raises Busy where the server goes away meanwhile, or has no room left: what was committed stays, the same again
    goes on from there.
    """
    made = create_async_engine(
        sqlalchemy_url(url),
        poolclass=NullPool,
        hide_parameters=True,  # an error's text must not quote what was to be written
        # Nothing stays prepared: a plan made for one range must not be reused for another of a different size.
        # (plan_cache_mode would do that too, but also to each check of a foreign key: twice as slow, measured.)
        connect_args={"server_settings": SETTINGS, "prepared_statement_cache_size": 0},
    )
    exact_engine(made)
    try:
        async with made.connect() as connection:
            async with connection.begin():
                await prepare(connection)
            yield connection
    except DBAPIError as error:
        if not (lost(error) or scarce(error)):
            raise
        raise Busy(SCARCE if scarce(error) else AWAY) from error
    finally:
        await made.dispose()


async def prepare(connection: AsyncConnection) -> None:
    """The connection has the temporary tables of an intake, empty."""
    await open_staging(connection)
    plans = (CUSTOMER.plan_table(), PRODUCT.plan_table(), CATEGORIES_TABLE, PLAN_TABLE)
    for statement in (*plans, latest_table(CUSTOMER)):
        await connection.execute(text(statement))


async def in_transaction(
    connection: AsyncConnection, work: Callable[[AsyncConnection], Awaitable[T]], *, origin: str
) -> T:
    """`work` has run in one transaction of this connection, committed; what may succeed later was tried again.

    `origin` is what the feed says about who caused the changes. Waits 10 to 500 ms between tries.
    """
    for attempt in range(1, TRIES + 1):
        try:
            async with connection.begin():
                await connection.execute(
                    text("SELECT set_config('dangol.origin', :origin, true)"), {"origin": origin}
                )
                return await work(connection)
        except DBAPIError as error:
            lost_race = getattr(error.orig, "sqlstate", None) == UNIQUE_VIOLATION
            if attempt == TRIES or not (retriable(error) or lost_race):
                raise
            await pause(attempt)
    raise AssertionError("unreachable: the last try returns or raises")
