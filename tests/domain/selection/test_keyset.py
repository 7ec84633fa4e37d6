"""Pages by keyset while others write, and orders whose values may be missing."""

import asyncio
import json
import random
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from domain.access import SYSTEM
from domain.customers.model import Customer
from domain.customers.queries import customers
from domain.reads import Reads
from domain.selection import tree
from domain.selection.compile import compiled
from domain.selection.entities import DESC, Term
from domain.selection.run import read, read_in
from domain.selection.subjects import Seen
from domain.selection.values import Given


def page(order: tuple[Term, ...], *, size: int, backward: bool, cursor: str | None) -> tree.Selection:
    """A page after the cursor, or before it where backward; the first one, or the last, without a cursor."""
    place = None if cursor is None else Given(cursor)
    info = tree.PageInfo("info", (("startCursor", "startCursor"), ("endCursor", "endCursor")))
    shown = tree.Nodes("nodes", (tree.Shown("name", customers.name), tree.Shown("region", customers.region)))
    sides: dict[str, Any] = {"before" if backward else "after": place}
    window = tree.Window(size, backward, **sides)
    return (tree.Page("found", tree.Rows(customers), order, window, (shown, info)),)


def next_cursor(found: Any, *, backward: bool) -> Any:
    return found["info"]["startCursor" if backward else "endCursor"]


class TestWhileOthersWrite:
    @pytest.mark.parametrize("backward", [False, True])
    async def test_what_was_there_all_along_is_seen_once(
        self, engine: AsyncEngine, reads: Reads, backward: bool
    ) -> None:
        there = {f"{number:03}" for number in range(0, 300, 3)}
        await self._add(engine, sorted(there))
        writing = asyncio.create_task(self._add_slowly(engine, [n for n in range(300) if n % 3]))
        seen: list[str] = []
        cursor = None

        while True:
            asked = page((Term(customers.name),), size=7, backward=backward, cursor=cursor)
            found = json.loads(await read(reads, compiled(asked, SYSTEM), {}, SYSTEM, Seen()))["found"]
            if not found["nodes"]:
                break
            seen += [node["name"] for node in found["nodes"]]
            cursor = next_cursor(found, backward=backward)
        await writing

        assert len(seen) == len(set(seen))
        assert there <= set(seen)

    async def _add(self, engine: AsyncEngine, names: list[str]) -> None:
        async with engine.begin() as connection:
            await connection.execute(insert(Customer), [{"name": name} for name in names])

    async def _add_slowly(self, engine: AsyncEngine, numbers: list[int]) -> None:
        random.Random(5).shuffle(numbers)
        for start in range(0, len(numbers), 10):
            await self._add(engine, [f"{number:03}" for number in numbers[start : start + 10]])


class TestWhatMayBeMissing:
    @pytest.mark.parametrize("backward", [False, True])
    @pytest.mark.parametrize("descending", [False, True])
    async def test_rows_without_a_value_come_last_and_pages_of_two_pass_through_all(
        self, session: AsyncSession, descending: bool, backward: bool
    ) -> None:
        rows = [("a", "부산"), ("b", None), ("c", "서울"), ("d", None), ("e", "부산"), ("f", None)]
        await session.execute(insert(Customer), [{"name": name, "region": region} for name, region in rows])
        known = sorted([row for row in rows if row[1]], key=lambda row: (row[1], row[0]), reverse=descending)
        unknown = sorted([row for row in rows if row[1] is None], reverse=descending)
        order = (Term(customers.region, descending), Term(customers.name, descending))
        seen: list[tuple[str, str | None]] = []
        cursor = None

        while True:
            asked = page(order, size=2, backward=backward, cursor=cursor)
            found = json.loads(await read_in(session, compiled(asked, SYSTEM), {}, SYSTEM, Seen()))["found"]
            if not found["nodes"]:
                break
            nodes = [(node["name"], node["region"]) for node in found["nodes"]]
            seen = [*nodes, *seen] if backward else [*seen, *nodes]
            cursor = next_cursor(found, backward=backward)

        assert seen == [*known, *unknown]

    async def test_directions_that_differ_use_what_an_index_can_start_from(self) -> None:
        order = (Term(customers.name, DESC), Term(customers.created_at))

        asked = page(order, size=2, backward=False, cursor="any")

        assert "customers_1.name <= $1" in compiled(asked, SYSTEM).sql
