"""A worker: does the queue's jobs until it is told to stop, and starts over whenever Postgres was away.

procrastinate's own worker ends when its connection does; this one then opens a new one. Told to stop, it takes no more
jobs, lets those that run finish for ten seconds and gives the rest back.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import psycopg
import psycopg_pool
import structlog
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import ProcrastinateException
from procrastinate.worker import Worker

from domain.db import ROLE_SETTINGS
from domain.jobs.duties import Duty, Work
from domain.jobs.faults import noting
from domain.jobs.model import SCHEMA
from domain.jobs.sweeper import Rhythm, sweeping
from domain.jobs.tries import Tries

log = structlog.get_logger("jobs")

JOB_SETTINGS = {**ROLE_SETTINGS, "statement_timeout": "300s"}
"""What a task's own connections set."""

POLL_SECONDS = 1.0
FINISH_SECONDS = 10.0
AWAY_SECONDS = 1.0
CATCH_UP_SECONDS = 25 * 3600
"""A periodic task whose time passed while no worker ran is done within a day of it."""

_AWAY = (ProcrastinateException, psycopg.Error, psycopg_pool.PoolTimeout, OSError)


@dataclass(frozen=True)
class Staff:
    """How a worker works: how many jobs at once, and its rhythm."""

    together: int = 4
    rhythm: Rhythm = field(default_factory=Rhythm)


def registered(duties: Sequence[Duty], work: Work, connector: PsycopgConnector) -> App:
    """procrastinate's application with these tasks."""
    app = App(connector=connector, periodic_defaults={"max_delay": CATCH_UP_SECONDS})
    for duty in duties:
        task = app.task(name=duty.kind.name, retry=Tries())(_with(duty, work))
        if duty.cron is not None:
            app.periodic(cron=duty.cron, queueing_lock=duty.kind.name)(task)
    return app


def _with(duty: Duty, work: Work) -> Any:
    async def does(**ids: int) -> None:
        await duty.does(work, **{name: ids[name] for name in duty.kind.ids})

    return does


async def work_until(
    stop: asyncio.Event, url: str, duties: Sequence[Duty], work: Work, staff: Staff | None = None
) -> None:
    """Jobs have been done until `stop` was set; then those that ran have finished or were given back."""
    chosen = staff or Staff()
    while not stop.is_set():
        try:
            async with _connected(url, chosen) as connector:
                await _shift(stop, registered(duties, work, connector), work, chosen)
        except _AWAY as error:
            log.warning("worker_without_postgres", error=type(error).__name__)
        if not stop.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), AWAY_SECONDS)


@asynccontextmanager
async def _connected(url: str, staff: Staff) -> AsyncIterator[PsycopgConnector]:
    settings = {**ROLE_SETTINGS, "search_path": SCHEMA}
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    pool = psycopg_pool.AsyncConnectionPool(
        url,
        kwargs={"options": options, "application_name": "dangol worker"},
        min_size=1,
        max_size=staff.together + 4,
        timeout=5,
        open=False,
        check=psycopg_pool.AsyncConnectionPool.check_connection,
    )
    connector = PsycopgConnector()
    async with pool:
        await pool.wait(timeout=5)
        await connector.open_async(pool)
        yield connector


async def _shift(stop: asyncio.Event, app: App, work: Work, staff: Staff) -> None:
    """One worker from its start to its end, which `stop` brings, or a lost connection."""
    worker = Worker(
        app=app,
        concurrency=staff.together,
        fetch_job_polling_interval=POLL_SECONDS,
        shutdown_graceful_timeout=FINISH_SECONDS,
        install_signal_handlers=False,
        update_heartbeat_interval=staff.rhythm.heartbeat,
        stalled_worker_timeout=staff.rhythm.stalled_after,
        worker_middleware=[noting(work.engine)],
    )
    running: asyncio.Task[None] = asyncio.create_task(worker.run())  # type: ignore[no-untyped-call]  # it has no types
    sweeper = asyncio.create_task(sweeping(app, staff.rhythm))
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        worker.stop()  # type: ignore[no-untyped-call]  # it has no types
        await running
    finally:
        for task in (sweeper, stopping, running):
            task.cancel()
        await asyncio.gather(sweeper, stopping, running, return_exceptions=True)
