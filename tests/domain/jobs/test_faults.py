"""Workers are killed and lose their Postgres; the work is done all the same."""

import asyncio
import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.db import engine as make_engine
from domain.jobs.duties import Work
from domain.jobs.worker import work_until
from domain.postgres import running
from migrations.command import upgrade
from tests.domain.jobs.conftest import QUICK, write
from tests.domain.jobs.duties import ADD, DUTIES, EFFECTS, LONG
from tests.domain.jobs.test_worker import ask, column
from tests.domain.postgres.conftest import copy, in_memory
from tests.domain.postgres.programs import FAST

ROOT = Path(__file__).resolve().parents[3]
Until = Callable[..., Any]


@pytest.fixture(autouse=True)
async def effects(engine: AsyncEngine) -> None:
    for statement in EFFECTS.split(";")[:-1]:
        await write(engine, statement)


@contextmanager
def process(url: str) -> Iterator[subprocess.Popen[bytes]]:
    """A worker in a process of its own, with the rhythm that it really has."""
    started = subprocess.Popen(
        [sys.executable, "-m", "tests.domain.jobs.process", url],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield started
    finally:
        started.kill()
        started.wait()


@pytest.mark.slow
class TestKilled:
    async def test_jobs_of_killed_workers_are_done_once_in_order_within_a_minute(
        self, engine: AsyncEngine, database: str, until: Until
    ) -> None:
        keys = 5
        for number in range(40):
            await ask(engine, ADD, number=number, key=number % keys)

        for _ in range(2):
            with process(database) as killed:
                await until("SELECT count(*) > 0 FROM jobs.overview WHERE state = 'RUNNING'", True)
                await asyncio.sleep(random.uniform(0, 0.3))
                os.kill(killed.pid, signal.SIGKILL)
                killed.wait()
        died = time.monotonic()
        left = await column(engine, "SELECT count(*) FROM jobs.overview WHERE state = 'RUNNING'")
        with process(database):
            await until("SELECT count(*)::int FROM effects", 40, seconds=60)
            await until("SELECT count(*)::int FROM jobs.overview WHERE state = 'SUCCEEDED'", 40, seconds=60)
        took = time.monotonic() - died

        assert left[0] > 0, "nothing ran when the workers were killed: the test shows nothing"
        assert took < 60
        for key in range(keys):
            done = await column(engine, f"SELECT number FROM effects WHERE key = {key} ORDER BY done_at")
            assert done == sorted(done)

    async def test_told_to_stop_a_worker_gives_back_what_does_not_end_and_exits_within_20_s(
        self, engine: AsyncEngine, database: str, until: Until
    ) -> None:
        await ask(engine, LONG, number=1)
        await ask(engine, ADD, number=2, key=2)

        with process(database) as worker:
            await until("SELECT count(*)::int FROM starts", 2)
            began = time.monotonic()
            worker.send_signal(signal.SIGTERM)
            status = await asyncio.to_thread(worker.wait, 20)

        assert (status, time.monotonic() - began < 20) == (0, True)
        assert await column(engine, "SELECT kind || state FROM jobs.overview ORDER BY id") == [
            "longQUEUED",
            "addSUCCEEDED",
        ]


@pytest.fixture(scope="module")
def migrated() -> Iterator[Path]:
    """A server's place with a migrated store and the table of effects, to be copied."""
    with in_memory() as made:
        with running(made, settings=FAST) as server:
            upgrade(server.url())
            asyncio.run(_make_effects(server.url()))
        yield server.data.parent


async def _make_effects(url: str) -> None:
    on = make_engine(url)
    for statement in EFFECTS.split(";")[:-1]:
        await write(on, statement)
    await on.dispose()


@pytest.fixture
def folder(migrated: Path) -> Iterator[Path]:
    """Where a server of the test's own lies; nothing of it is left."""
    with in_memory() as made:
        copy(migrated, made)
        yield made


@pytest.mark.slow
class TestPostgresRestarted:
    async def test_a_worker_goes_on_when_postgres_is_back_from_a_crash(
        self, folder: Path, work: Work
    ) -> None:
        stop = asyncio.Event()
        with running(folder, settings=FAST) as server:
            url = server.url()
            on = make_engine(url)
            own = replace(work, engine=on)
            worker = asyncio.create_task(work_until(stop, url, DUTIES, own, QUICK))
            await ask(on, ADD, number=1, key=1)
            await effects_of(on, 1)

            os.kill(server.pid, signal.SIGQUIT)
            await asyncio.to_thread(psutil.wait_procs, _alive(server.pid), 60)
            await asyncio.sleep(1)
            with running(folder, settings=FAST) as again:
                assert again.url() == url
                await ask(on, ADD, number=2, key=1)
                await effects_of(on, 2)
                stop.set()
                await worker
            await on.dispose()

    async def test_a_job_that_ran_during_the_crash_is_done_in_the_end(self, folder: Path, work: Work) -> None:
        stop = asyncio.Event()
        with running(folder, settings=FAST) as server:
            url = server.url()
            on = make_engine(url)
            own = replace(work, engine=on)
            worker = asyncio.create_task(work_until(stop, url, DUTIES, own, QUICK))
            await ask(on, ADD, number=1, key=1)
            await _starts(on)

            os.kill(server.pid, signal.SIGQUIT)
            await asyncio.to_thread(psutil.wait_procs, _alive(server.pid), 60)
            with running(folder, settings=FAST):
                await effects_of(on, 1)
                stop.set()
                await worker
            await on.dispose()


def _alive(pid: int) -> list[psutil.Process]:
    return [psutil.Process(pid)] if psutil.pid_exists(pid) else []


async def effects_of(on: AsyncEngine, count: int) -> None:
    """So many effects are there, within two minutes."""
    for _ in range(1200):
        with contextlib.suppress(DBAPIError, OSError):
            if await column(on, "SELECT count(*) FROM effects") == [count]:
                return
        await asyncio.sleep(0.1)
    raise AssertionError(f"there are not {count} effects after two minutes")


async def _starts(on: AsyncEngine) -> None:
    async with asyncio.timeout(60):
        while await column(on, "SELECT count(*) FROM starts") == [0]:  # noqa: ASYNC110  # another task starts it
            await asyncio.sleep(0.02)
