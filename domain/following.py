"""The feed, followed: what happens from now on, as it becomes readable."""

import asyncio
from collections.abc import AsyncGenerator, Sequence

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from domain import feed

BATCH = 1_000
LOOK_SECONDS = 0.2
"""How long the feed is left alone after it was read to its end: the half of this is what an event waits on average."""

BREATH_SECONDS = 0.1
"""After a full batch: an import may bring a hundred thousand events at once, and who takes them needs time too."""

LOST = (SQLAlchemyError, OSError)
"""The server has gone, or gives no connection: the feed is asked again at the same place."""


class FeedRestarted(Exception):
    """The store was restored: its events begin anew, and who followed the old ones must read again."""


async def present(engine: AsyncEngine) -> feed.Cursor:
    """The place from which `follow` gives everything that is committed from now on. One statement."""
    async with engine.connect() as connection:
        return await feed.present(connection)


async def follow(engine: AsyncEngine, after: feed.Cursor) -> AsyncGenerator[Sequence[feed.Event]]:
    """The events after the cursor in their order, at most `BATCH` at once; goes on for ever.

    A lost connection is made anew and nothing is left out. Raises FeedRestarted.
    """
    while True:
        try:
            async with engine.connect() as connection:
                if (await feed.beginning(connection)).epoch != after.epoch:
                    raise FeedRestarted
                events = await feed.read(connection, after, first=BATCH)
        except LOST:
            events = []
        if events:
            after = events[-1].cursor
            yield events
        await asyncio.sleep(LOOK_SECONDS if len(events) < BATCH else BREATH_SECONDS)
