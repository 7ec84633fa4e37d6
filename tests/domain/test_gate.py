"""Short reads stand in line; long ones hold nobody up; no place is ever lost."""

import asyncio

import pytest

from domain.db import is_here, read_pool
from domain.gate import Gate


async def inside(gate: Gate) -> int:
    return gate.passed() or await gate.turn()


class TestGate:
    async def test_whoever_comes_when_it_is_full_waits_in_line(self) -> None:
        gate, order = Gate(1, wait_seconds=5), []
        first = await inside(gate)

        async def later(name: str) -> None:
            ticket = await inside(gate)
            order.append(name)
            gate.leave(ticket)

        others = [asyncio.ensure_future(later(name)) for name in "abc"]
        await asyncio.sleep(0)
        assert (gate.waiting, order) == (3, [])
        gate.leave(first)
        await asyncio.gather(*others)

        assert order == ["a", "b", "c"]
        assert gate.passed() is not None

    async def test_one_that_takes_long_counts_no_more(self) -> None:
        gate = Gate(1, wait_seconds=5)
        long = await inside(gate)

        short = await asyncio.wait_for(inside(gate), 4)
        gate.leave(long)

        assert gate.passed() is None, "its place went to the next one and is not given twice"
        gate.leave(short)
        assert gate.passed() is not None

    async def test_who_is_cancelled_takes_no_place_along(self) -> None:
        gate = Gate(1, wait_seconds=5)
        first = await inside(gate)
        waits, given = (asyncio.ensure_future(inside(gate)) for _ in range(2))
        await asyncio.sleep(0)

        waits.cancel()
        gate.leave(first)
        given.cancel()  # in the moment in which it was given the place
        await asyncio.gather(waits, given, return_exceptions=True)

        assert gate.passed() is not None

    async def test_waiting_ends(self) -> None:
        gate = Gate(0, wait_seconds=0.1)

        with pytest.raises(TimeoutError):
            await gate.turn()

        assert gate.waiting == 0


class TestReads:
    async def test_statements_that_take_long_hold_up_no_short_one(self, database: str) -> None:
        reads = await read_pool(database, size=8, at_once=3)
        long = [asyncio.ensure_future(reads.value("SELECT pg_sleep(7)::text", [])) for _ in range(5)]
        await asyncio.sleep(0.05)

        assert await reads.value("SELECT '1'", []) == "1"

        assert not any(each.done() for each in long), "it waited for none of them"
        for each in long:
            each.cancel()
        await asyncio.gather(*long, return_exceptions=True)
        await reads.close()


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("postgresql://u:p@/dangol?host=/tmp/x&port=5432", True),
        ("postgresql:///dangol", True),
        ("postgresql://u@localhost:5432/dangol", True),
        ("postgresql://u@127.0.0.1/dangol", True),
        ("postgresql://u@[::1]/dangol", True),
        ("postgresql://u@db.example.com/dangol", False),
        ("postgresql://u@/dangol?host=10.0.0.1", False),
    ],
)
def test_a_server_on_this_machine_is_told_from_another(url: str, here: bool) -> None:
    assert is_here(url) is here
