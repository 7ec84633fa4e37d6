"""Writes what was counted: one statement a minute, and one as the process ends.

Seldom, since each makes an event for the cube, after which what the cube has answered before is asked anew. A process
that is killed takes a minute of counts with it, and a batch counts on the day on which it was begun.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import asyncpg
import structlog

from api.usage.counted import Usage
from domain.usage.writing import add_calls

if TYPE_CHECKING:
    Pool = asyncpg.Pool[asyncpg.Record]

EVERY_SECONDS = 60.0
DEADLINE_SECONDS = 5

log = structlog.get_logger("usage")


async def flush(usage: Usage, pool: "Pool") -> None:
    """What was counted until now is in the store. Raises what Postgres raises; then it is still counted here."""
    batch = usage.take()
    if not batch.sums:
        return
    try:
        await add_calls(pool, batch.calls(), since=batch.since)
    except BaseException:
        usage.give_back(batch)
        raise


@contextlib.asynccontextmanager
async def writing(usage: Usage, pool: "Pool", *, every: float = EVERY_SECONDS) -> AsyncIterator[None]:
    """While this is open, calls are written; in the end all are, unless the store cannot be reached."""
    ended = asyncio.Event()
    task = asyncio.create_task(_keep_writing(usage, pool, ended, every))
    try:
        yield
    finally:
        ended.set()  # not cancelled: a statement that is cut off may have been committed
        await task


async def _keep_writing(usage: Usage, pool: "Pool", ended: asyncio.Event, every: float) -> None:
    while not ended.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), every)
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                await flush(usage, pool)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
            log.warning("usage not written", error=type(error).__name__)
