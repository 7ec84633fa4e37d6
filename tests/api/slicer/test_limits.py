"""Questions are bounded: how many at once, how many waiting, how long, how large; none outlives its asker."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pytest
import sqlalchemy as sa
from sqlalchemy import ClauseElement

from api.asking import Asking, ClientLeft
from api.errors import ApiError, Code
from olap import ask
from olap.engines.compiled import FEW
from olap.engines.duckdb import DuckDB
from olap.engines.interrupt import Interrupt, Interrupted
from olap.errors import MemoryTaken, NeedsMemory
from olap.owner.queries import Overloaded
from olap.owner.remote import Unreachable
from olap.serving.estimate import CELL_LIMIT
from tests.api.slicer.conftest import Client

LONG: sa.Select[Any] = sa.select(sa.func.count().label("n")).select_from(
    sa.text("range(100000000) a(x), range(100000) b(y) WHERE x * y % 7 = 3")
)
"""It would run for hours."""


@dataclass
class Gate:
    """An engine whose queries run until they are let through, or stopped."""

    opened: threading.Event = field(default_factory=threading.Event)
    began: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    stopped: list[bool] = field(default_factory=list)

    def fetch(
        self, statement: ClauseElement, values: Mapping[str, Any], *, interrupt: Interrupt | None = None
    ) -> pa.Table:
        self.began.release()
        while not self.opened.wait(0.005):
            if interrupt is not None and interrupt.asked:
                self.stopped.append(True)
                raise Interrupted("the query was interrupted")
        return pa.table({"n": [1]})


@pytest.fixture
def gate() -> Iterator[Gate]:
    made = Gate()
    yield made
    made.opened.set()


def work(engine: ask.Engine) -> int:
    return int(engine.fetch(LONG, {}).column("n")[0].as_py())


async def never() -> None:
    await asyncio.Event().wait()


async def until_stopped(gate: Gate, times: int) -> None:
    end = time.monotonic() + 60
    while len(gate.stopped) < times:
        assert time.monotonic() < end, "not stopped"
        await asyncio.sleep(0.005)


EITHER_WAY = pytest.mark.parametrize("options", [{}, {FEW: True}], ids=["many", "few"])


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.005)


class TestQueue:
    async def test_beyond_its_bound_a_question_is_refused_at_once(self, gate: Gate) -> None:
        asking = Asking(at_once=1, waiting=1)
        asked = [asyncio.create_task(asking.ask(work, gate)) for _ in range(2)]
        await asyncio.to_thread(gate.began.acquire)

        with pytest.raises(ApiError, match="1 questions to the cube wait already") as refused:
            await asking.ask(work, gate)
        gate.opened.set()

        assert refused.value.code is Code.BUSY
        assert await asyncio.gather(*asked) == [1, 1]
        assert await asking.ask(work, gate) == 1

    async def test_places_come_free_whatever_happens(self, gate: Gate) -> None:
        asking = Asking(at_once=1, waiting=0, deadline=0.05)

        for _ in range(3):
            with pytest.raises(ApiError):
                await asking.ask(work, gate)
            await asyncio.sleep(0.05)

        assert asking.asked == 0


class TestDeadline:
    @EITHER_WAY
    async def test_what_takes_too_long_is_stopped(self, options: dict[str, Any]) -> None:
        with DuckDB(threads=1) as engine:
            begun = time.monotonic()
            with pytest.raises(ApiError, match="took longer than 0 s and was stopped") as refused:
                await Asking(deadline=0.2).ask(
                    lambda one: one.fetch(LONG.execution_options(**options), {}), engine
                )

            assert refused.value.status == 504
            assert time.monotonic() - begun < 30

    async def test_a_question_that_waited_in_vain_never_begins(self, gate: Gate) -> None:
        asking = Asking(at_once=1, waiting=5, deadline=0.1)

        answers = await asyncio.gather(*(asking.ask(work, gate) for _ in range(3)), return_exceptions=True)

        assert [type(each) for each in answers] == [ApiError] * 3
        await until_stopped(gate, 1)


class TestClients:
    async def test_one_that_left_is_not_computed_for(self, gate: Gate) -> None:
        async def leaves() -> None:
            await asyncio.to_thread(gate.began.acquire)

        with pytest.raises(ClientLeft):
            await Asking().ask(work, gate, leaves)

        await until_stopped(gate, 1)

    @EITHER_WAY
    async def test_nor_does_its_query_go_on(self, options: dict[str, Any]) -> None:
        with DuckDB(threads=1) as engine:

            async def leaves() -> None:
                await asyncio.to_thread(until, lambda: bool(engine._underway._running))

            with pytest.raises(ClientLeft):
                await Asking().ask(
                    lambda one: one.fetch(LONG.execution_options(**options), {}), engine, leaves
                )

            await asyncio.to_thread(until, lambda: not engine._underway._running)

    async def test_nor_for_a_call_that_was_cancelled(self, gate: Gate) -> None:
        task = asyncio.create_task(Asking().ask(work, gate, never))
        await asyncio.to_thread(gate.began.acquire)

        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

        await until_stopped(gate, 1)

    async def test_one_that_stays_is_answered(self, gate: Gate) -> None:
        gate.opened.set()

        assert await Asking().ask(work, gate, never) == 1


class TestRefusals:
    @pytest.mark.parametrize(
        ("error", "code", "why"),
        [
            (Overloaded("x"), Code.BUSY, "cannot be asked at the moment"),
            (Unreachable("x"), Code.BUSY, "cannot be asked at the moment"),
            (NeedsMemory(), Code.VALIDATION, "more memory than the cube has"),
            (MemoryTaken(), Code.BUSY, "other questions hold the cube's memory"),
        ],
        ids=lambda given: type(given).__name__,
    )
    async def test_what_stops_a_question_is_told(self, error: Exception, code: Code, why: str) -> None:
        def fails(_: ask.Engine) -> None:
            raise error

        with DuckDB(threads=1) as engine, pytest.raises(ApiError, match=why) as refused:
            await Asking().ask(fails, engine)

        assert refused.value.code is code


class TestMemory:
    @EITHER_WAY
    async def test_a_question_that_needs_too_much_is_refused_and_the_next_is_answered(
        self, options: dict[str, Any]
    ) -> None:
        greedy: sa.Select[Any] = sa.select(sa.func.max(sa.column("s")).label("n")).select_from(
            sa.text("(SELECT list(range) AS s FROM range(50000000))")
        )
        with DuckDB(threads=1, memory_limit="100MB") as engine:
            with pytest.raises(ApiError, match="more memory than the cube has"):
                await Asking().ask(lambda one: one.fetch(greedy.execution_options(**options), {}), engine)

            found = await Asking().ask(lambda one: one.fetch(sa.select(sa.literal(1).label("n")), {}), engine)

        assert found.num_rows == 1


class TestTooLarge:
    def test_it_is_refused_with_its_estimate(self, analyst: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("olap.serving.estimate.CELL_LIMIT", 5)
        asked = {"drilldown": "date:day|channel", "aggregates": "lines", "page": "0", "pagesize": "2"}

        over = analyst.get("/slicer/cube/sales/aggregate", asked)
        report = analyst.get(
            "/slicer/cube/sales/report",
            method="POST",
            body={
                "queries": {
                    "a": {"query": "aggregate", "drilldown": ["date:day", "channel"], "aggregates": ["lines"]}
                }
            },
        )

        for answer in (over, report):
            assert answer.status_code == 400
            assert "cells, and 5 are computed at most: cut the cell" in answer.json()["message"]

    def test_graphql_refuses_it_too(self, analyst: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("olap.serving.estimate.CELL_LIMIT", 5)
        document = """{ cube(name: "sales") { aggregate(input: {
            drilldown: [{dimension: "date", level: "day"}, {dimension: "channel"}], aggregates: ["lines"]
        }) { totalCellCount } } }"""

        (error,) = analyst.post(document)["errors"]

        assert (error["extensions"]["code"], "5 are computed at most" in error["message"]) == (
            "VALIDATION",
            True,
        )

    def test_the_limit_is_not_met_by_accident(self) -> None:
        assert CELL_LIMIT >= 1_000_000
