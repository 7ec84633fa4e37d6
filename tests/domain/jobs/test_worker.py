"""Workers do what is queued: in order, once, however they end."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from domain.db import run
from domain.errors import Invalid
from domain.jobs import worker as working_module
from domain.jobs.commands import NotInThisState, cancel_job, retry_job
from domain.jobs.duties import Duty, Work
from domain.jobs.tries import MOST_TRIES
from domain.queue import JobKind, enqueue
from tests.domain.jobs.conftest import Working, write
from tests.domain.jobs.duties import ADD, BROKEN, DUTIES, EFFECTS, LONG, TICK, tick

Until = Callable[..., Any]


@pytest.fixture(autouse=True)
async def effects(engine: AsyncEngine) -> None:
    for statement in EFFECTS.split(";")[:-1]:
        await write(engine, statement)


async def ask(engine: AsyncEngine, kind: JobKind, **ids: int) -> int:
    async def work(session: AsyncSession) -> int:
        return await enqueue(session, kind, at=None, **ids)

    return await run(engine, work, origin="test")


async def column(engine: AsyncEngine, statement: str) -> list[Any]:
    async with engine.connect() as connection:
        return list(await connection.scalars(text(statement)))


class TestWork:
    async def test_jobs_are_done_and_those_of_one_key_in_their_order(
        self, engine: AsyncEngine, working: Working, until: Until
    ) -> None:
        for number in range(6):
            await ask(engine, ADD, number=number, key=number % 2)

        async with working(DUTIES):
            await until("SELECT count(*) FROM jobs.overview WHERE state = 'SUCCEEDED'", 6)

        for key in (0, 1):
            done = await column(engine, f"SELECT number FROM effects WHERE key = {key} ORDER BY done_at")
            assert done == [key, key + 2, key + 4]

    async def test_a_job_is_found_within_two_seconds(
        self, engine: AsyncEngine, working: Working, until: Until
    ) -> None:
        async with working(DUTIES):
            await until("SELECT count(*)::int FROM jobs.procrastinate_workers", 1)
            await ask(engine, ADD, number=1, key=1)
            await until("SELECT count(*)::int FROM effects", 1, seconds=4)

    async def test_two_workers_share_the_work_and_each_job_starts_once(
        self, engine: AsyncEngine, working: Working, until: Until
    ) -> None:
        for number in range(16):
            await ask(engine, ADD, number=number, key=number)

        async with working(DUTIES), working(DUTIES):
            await until("SELECT count(*)::int FROM effects", 16)

        assert sorted(await column(engine, "SELECT number FROM starts")) == list(range(16))


class TestFailures:
    async def test_a_fault_is_noted_by_its_class_and_tried_again(
        self, engine: AsyncEngine, working: Working, until: Until, capfd: pytest.CaptureFixture[str]
    ) -> None:
        job = await ask(engine, BROKEN, number=1)

        async with working(DUTIES):
            await until("SELECT count(*)::int FROM starts", 2)

        row = await column(engine, f"SELECT row_to_json(o)::text FROM jobs.overview o WHERE id = {job}")
        assert '"error":"ValueError"' in row[0]
        assert "canary" not in row[0]
        assert "canary" not in "".join(capfd.readouterr())

    async def test_after_five_tries_it_has_failed_and_may_be_retried(
        self, engine: AsyncEngine, working: Working, until: Until, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("domain.jobs.tries.PAUSES", (0, 0, 0, 0))
        job = await ask(engine, BROKEN, number=1)

        async with working(DUTIES):
            await until("SELECT state FROM jobs.overview", "FAILED", seconds=60)
            tried = len(await column(engine, "SELECT 1 FROM starts"))
            await run(engine, lambda session: retry_job(session, job), origin="test")
            await until("SELECT count(*) > 5 FROM starts", True)

        assert tried == MOST_TRIES == 5

    async def test_a_refusal_is_final(self, engine: AsyncEngine, working: Working, until: Until) -> None:
        async def refuse(_: Work, number: int) -> None:
            raise Invalid(f"no {number}")

        await ask(engine, BROKEN, number=1)

        async with working([Duty(BROKEN, refuse)]):
            await until("SELECT state FROM jobs.overview", "FAILED")

        assert await column(engine, "SELECT tries FROM jobs.overview") == [1]
        assert await column(engine, "SELECT error FROM jobs.overview") == ["Invalid"]

    async def test_a_kind_that_nobody_knows_fails(
        self, engine: AsyncEngine, working: Working, until: Until
    ) -> None:
        await ask(engine, JobKind("unheard_of"))

        async with working(DUTIES):
            await until("SELECT state FROM jobs.overview", "FAILED")


class TestSteering:
    async def test_a_waiting_job_is_cancelled(self, engine: AsyncEngine) -> None:
        job = await ask(engine, ADD, number=1, key=1)

        await run(engine, lambda session: cancel_job(session, job), origin="test")

        assert await column(engine, "SELECT state FROM jobs.overview") == ["CANCELLED"]

    async def test_a_running_job_is_told_to_stop(
        self, engine: AsyncEngine, working: Working, until: Until
    ) -> None:
        job = await ask(engine, LONG, number=1)

        async with working(DUTIES):
            await until("SELECT count(*)::int FROM starts", 1)
            await run(engine, lambda session: cancel_job(session, job), origin="test")
            await until("SELECT state FROM jobs.overview", "CANCELLED")

    async def test_what_does_not_fit_the_state_is_refused(self, engine: AsyncEngine) -> None:
        job = await ask(engine, ADD, number=1, key=1)

        with pytest.raises(NotInThisState, match="the job is QUEUED; only FAILED and CANCELLED"):
            await run(engine, lambda session: retry_job(session, job), origin="test")


class TestPeriodic:
    async def test_several_workers_enqueue_each_moment_once(
        self, engine: AsyncEngine, working: Working, until: Until
    ) -> None:
        duties = [Duty(TICK, tick, cron="* * * * * *")]

        async with working(duties), working(duties), working(duties):
            await until("SELECT count(*) >= 3 FROM starts", True, seconds=60)

        moments = await column(engine, "SELECT ids->>'timestamp' FROM jobs.overview")
        assert len(moments) == len(set(moments)) >= 3


class TestStopping:
    async def test_a_job_that_ends_in_time_is_finished(
        self, engine: AsyncEngine, working: Working, until: Until
    ) -> None:
        await ask(engine, ADD, number=1, key=1)

        async with working(DUTIES):
            await until("SELECT count(*)::int FROM starts", 1)

        assert await column(engine, "SELECT state FROM jobs.overview") == ["SUCCEEDED"]

    async def test_a_job_that_does_not_is_given_back(
        self, engine: AsyncEngine, working: Working, until: Until, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(working_module, "FINISH_SECONDS", 0.5)
        await ask(engine, LONG, number=1)

        async with working(DUTIES):
            await until("SELECT count(*)::int FROM starts", 1)
            began = time.monotonic()

        assert time.monotonic() - began < 8
        assert await column(engine, "SELECT state FROM jobs.overview") == ["QUEUED"]

    async def test_without_postgres_it_stops_as_soon_as_it_is_told(self, work: Work) -> None:
        stop = asyncio.Event()
        nowhere = "postgresql://nobody@127.0.0.1:1/nothing"
        running = asyncio.create_task(working_module.work_until(stop, nowhere, DUTIES, work))
        await asyncio.sleep(0.5)

        stop.set()

        await asyncio.wait_for(running, 20)
