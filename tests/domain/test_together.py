"""Short reads that are alike go together: each gets his own answer, one's error is nobody else's, nobody is lost."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.db import read_pool
from domain.reads import Reads
from domain.together import Together, together

OWN = "SELECT $1::text || ' ' || $2::int || ' ' || extract(epoch FROM statement_timestamp())"
"""Tells what was asked, and when its statement began: equal for those who went together."""

SHORT, LONG = 0.0001, 0.1


class Asked:
    """Statements through a pool, as taking as long as it is told; each waits until it is let through."""

    def __init__(self, reads: Reads, *, seconds: float = SHORT) -> None:
        self.reads = reads
        self.seconds = seconds
        self.statements: list[str] = []
        self.open = asyncio.Event()
        self.open.set()

    async def __call__(self, sql: str, arguments: list[Any], *, whole: bool = False) -> tuple[Any, float]:
        self.statements.append(sql)
        await self.open.wait()
        row = await self.reads.fetchrow(sql, *arguments)
        assert row is not None
        return (row if whole else row[0]), self.seconds


@pytest.fixture
async def reads(database: str) -> AsyncIterator[Reads]:
    pool = await read_pool(database)
    yield pool
    await pool.close()


async def queued(asked: Asked, sql: str, each: list[list[Any]]) -> tuple[Together, "list[asyncio.Task[Any]]"]:
    """All of them asked while the first is under way; nothing has been answered yet."""
    reads = Together(asked)
    await reads.value(sql, each[0])
    asked.statements.clear()
    asked.open.clear()
    tasks = []
    for arguments in each:
        tasks.append(asyncio.ensure_future(reads.value(sql, arguments)))
        await asyncio.sleep(0)
    return reads, tasks


class TestTogether:
    async def test_those_who_come_while_one_is_under_way_go_together(self, reads: Reads) -> None:
        asked = Asked(reads)
        together_, tasks = await queued(asked, OWN, [[f"n{n}", n] for n in range(9)])
        waiting = together_.waiting

        asked.open.set()
        found = [answer.split() for answer in await asyncio.gather(*tasks)]

        assert [(name, number) for name, number, _ in found] == [(f"n{n}", str(n)) for n in range(9)]
        assert len({moment for _, _, moment in found[1:]}) == 1, "eight answers of one statement"
        assert (waiting, len(asked.statements), together_.waiting) == (8, 2, 0)

    async def test_one_that_fails_fails_alone(self, reads: Reads) -> None:
        asked = Asked(reads)
        _, tasks = await queued(asked, "SELECT (12 / $1::int)::text", [[n] for n in (1, 2, 0, 3, 4)])

        asked.open.set()
        found = await asyncio.gather(*tasks, return_exceptions=True)

        assert [*found[:2], *found[3:]] == ["12", "6", "4", "3"]
        assert isinstance(found[2], asyncpg.DivisionByZeroError)

    @pytest.mark.parametrize("gone", [0, 1, 2])
    async def test_who_is_cancelled_takes_nobody_along(self, reads: Reads, gone: int) -> None:
        asked = Asked(reads)
        reading, tasks = await queued(asked, OWN, [[f"n{n}", n] for n in range(4)])

        tasks[gone].cancel()
        await asyncio.sleep(0)
        asked.open.set()
        found = await asyncio.gather(*tasks, return_exceptions=True)

        assert isinstance(found.pop(gone), asyncio.CancelledError)
        assert [str(answer).split()[0] for answer in found] == [f"n{n}" for n in range(4) if n != gone]
        assert await reading.value(OWN, ["after", 1])
        assert reading.waiting == 0

    @pytest.mark.parametrize("moment", ["before it runs", "while it asks"])
    async def test_who_leads_and_is_cancelled_hands_the_lead_on(
        self, reads: Reads, moment: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        reading, tasks = await queued(asked := Asked(reads), OWN, [[f"n{n}", n] for n in range(4)])
        tell = reading._next

        def told(sql: str) -> None:
            tell(sql)
            monkeypatch.undo()
            cancels = tasks[1].cancel
            cancels() if moment == "before it runs" else asyncio.get_running_loop().call_soon(cancels)

        monkeypatch.setattr(reading, "_next", told)
        asked.open.set()
        found = await asyncio.gather(*tasks, return_exceptions=True)

        assert isinstance(found.pop(1), asyncio.CancelledError)
        assert [str(answer).split()[0] for answer in found] == ["n0", "n2", "n3"]

    async def test_nobody_waits_for_one_that_takes_long(self, reads: Reads) -> None:
        asked = Asked(reads, seconds=LONG)
        reading, tasks = await queued(asked, OWN, [[f"n{n}", n] for n in range(4)])

        assert (reading.waiting, len(asked.statements)) == (0, 4)
        asked.open.set()
        assert len(await asyncio.gather(*tasks)) == 4

    async def test_those_in_line_for_one_that_has_become_long_ask_at_once(self, reads: Reads) -> None:
        asked = Asked(reads)
        _, tasks = await queued(asked, OWN, [[f"n{n}", n] for n in range(5)])

        asked.seconds = LONG
        asked.open.set()
        found = await asyncio.gather(*tasks)

        assert [str(answer).split()[0] for answer in found] == [f"n{n}" for n in range(5)]
        assert asked.statements == [OWN] * 5


@given(
    steps=st.lists(
        st.tuples(st.sampled_from("ab"), st.integers(0, 5), st.booleans(), st.integers(0, 2)), max_size=25
    )
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whoever_asks_gets_what_he_would_get_alone(
    database: str, steps: list[tuple[str, int, bool, int]]
) -> None:
    """`steps`: which statement, its argument (0 fails in one of them), whether he goes before the answer, and how many
    turns of the loop pass before the next one comes."""
    sql = {"a": "SELECT ('a' || 12 / $1::int)", "b": "SELECT 'b$1' || $1::int"}

    left: list[bool] = []

    async def asked() -> list[Any]:
        pool = await read_pool(database)
        try:
            reading, tasks = Together(Asked(pool)), []
            for name, argument, goes, turns in steps:
                task = asyncio.ensure_future(reading.value(sql[name], [argument]))
                tasks.append(task)
                for _ in range(turns):
                    await asyncio.sleep(0)
                left.append(goes and task.cancel())
            found = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 30)
            assert reading.waiting == 0
            return found
        finally:
            await pool.close()

    found = asyncio.run(asked())

    for (name, argument, _, _), gone, answer in zip(steps, left, found, strict=True):
        if gone:
            assert isinstance(answer, asyncio.CancelledError)
        elif name == "a" and argument == 0:
            assert isinstance(answer, asyncpg.DivisionByZeroError)
        else:
            assert answer == (f"a{12 // argument}" if name == "a" else f"b$1{argument}")


def test_parameters_are_counted_on_and_what_is_quoted_is_left() -> None:
    text = together("""SELECT '$1''s' || $2::text AS "$1" FROM t WHERE id = $1""", 2, 2)

    assert text == (
        """SELECT (SELECT '$1''s' || $2::text AS "$1" FROM t WHERE id = $1), """
        """(SELECT '$1''s' || $4::text AS "$1" FROM t WHERE id = $3)"""
    )
