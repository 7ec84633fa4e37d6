"""The jobs of a process: a worker beside the API, or alone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from api.lifetimes import foretelling
from api.scoring import scoring
from api.segmenting import of_owner
from api.settings import Settings
from domain.db import engine
from domain.jobs.chores import CHORES
from domain.jobs.duties import Work
from domain.jobs.worker import JOB_SETTINGS, Staff, work_until
from domain.segments.follower import following
from domain.tables import metadata

TOGETHER = 4
"""Jobs that one worker does at once."""


async def do_jobs(settings: Settings, url: str, stop: asyncio.Event) -> None:
    """The queue's jobs have been done until `stop` was set; those that ran then have ended or were given back."""
    commands = engine(url, pool_size=TOGETHER + 2, settings=JOB_SETTINGS)
    work = Work(
        engine=commands,
        exports=settings.exports_path,
        tables=metadata,
        now=lambda: datetime.now(UTC),
        feed_days=settings.feed_days,
        export_hours=settings.export_hours,
    )
    try:
        async with following(commands, work.now, of_owner(settings)):
            await work_until(
                stop, url, (*CHORES, scoring(url), foretelling(url)), work, Staff(together=TOGETHER)
            )
    finally:
        await commands.dispose()


@asynccontextmanager
async def jobs_beside(settings: Settings, url: str) -> AsyncIterator[None]:
    """While inside, this process does jobs too, if the settings say so."""
    if not settings.jobs:
        yield
        return
    stop = asyncio.Event()
    worker = asyncio.create_task(do_jobs(settings, url, stop))
    try:
        yield
    finally:
        stop.set()
        await worker
