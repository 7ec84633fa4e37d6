"""A worker whose starter was killed ends by itself: else it would hold the port and the cube for ever."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

LOOK_SECONDS = 0.5


@asynccontextmanager
async def ends_with_its_starter() -> AsyncIterator[None]:
    """While inside, this process ends itself in an orderly way (SIGTERM) soon after its parent has gone."""
    watch = asyncio.create_task(_watch(os.getppid()))
    try:
        yield
    finally:
        watch.cancel()


async def _watch(starter: int) -> None:
    while os.getppid() == starter:  # noqa: ASYNC110  the kernel sets no event of ours
        await asyncio.sleep(LOOK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
