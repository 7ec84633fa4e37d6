"""A process that follows the feed and stops before it commits, to be killed."""

import asyncio
import sys

from sqlalchemy.ext.asyncio import AsyncSession

from domain.db import engine
from domain.segments.following import follow_events
from tests.domain.segments.conftest import NOW


async def follow(url: str) -> None:
    async with AsyncSession(engine(url)) as session:
        await follow_events(session, now=NOW)
        print("written", flush=True)  # noqa: T201
        await asyncio.sleep(600)


if __name__ == "__main__":
    asyncio.run(follow(sys.argv[1]))
