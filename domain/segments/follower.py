"""Who keeps memberships level with the feed, beside a worker's jobs."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from domain.db import run
from domain.segments.due import due_segments, settled
from domain.segments.elsewhere import Elsewhere, refresh_by
from domain.segments.errors import SegmentNotFound, SegmentRetired
from domain.segments.following import follow_events

LOOK_SECONDS = 1.0
"""How long the feed is left alone between two looks: what a customer does meanwhile is asked once."""

AWAY_SECONDS = 5.0
"""The same after a fault: the server has gone, or is too busy."""

log = structlog.get_logger("segments")


@asynccontextmanager
async def following(
    on: AsyncEngine, now: Callable[[], datetime], elsewhere: Elsewhere | None = None
) -> AsyncIterator[None]:
    """While inside, memberships follow the feed, whatever fails meanwhile; what was begun at the end is undone.

    Whole rules are asked `elsewhere`, where that can tell.
    """
    task = asyncio.create_task(_follow(on, now, elsewhere))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _follow(on: AsyncEngine, now: Callable[[], datetime], elsewhere: Elsewhere | None) -> None:
    while True:
        wait = LOOK_SECONDS
        try:
            await run(on, lambda session: follow_events(session, now=now()), origin="job")
            await refresh_due(on, now, elsewhere)
        # Whatever it is, following goes on: memberships that stand still without a word are worse than any fault.
        except Exception as error:  # noqa: BLE001
            log.warning("segments_do_not_follow", error=type(error).__name__)
            wait = AWAY_SECONDS
        await asyncio.sleep(wait)


async def refresh_due(
    on: AsyncEngine, now: Callable[[], datetime], elsewhere: Elsewhere | None = None
) -> None:
    """Every segment that was due has been asked of all customers, each in a transaction of its own."""
    for key in await run(on, lambda session: due_segments(session, now=now()), origin="job"):
        await _refresh(on, key, now, elsewhere)


async def _refresh(
    on: AsyncEngine, key: int, now: Callable[[], datetime], elsewhere: Elsewhere | None
) -> None:
    async def work(session: AsyncSession) -> None:
        await settled(session, key)
        await refresh_by(session, key, elsewhere, now=now())

    with suppress(SegmentRetired, SegmentNotFound):  # since the list was made
        await run(on, work, origin="job")
