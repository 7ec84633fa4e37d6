"""Upserts against a plain model of them, doubled and shuffled deliveries, concurrent calls, and statements."""

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.access import SYSTEM
from domain.db import run
from domain.intake.upserts.batch import upsert
from domain.intake.upserts.customers import CUSTOMERS
from domain.intake.upserts.kinds import Kind
from domain.intake.upserts.orders import ORDERS
from domain.intake.upserts.outcomes import Outcome, Policy, RowStatus

NOW = datetime(2026, 3, 1, tzinfo=UTC)
CREATED, UPDATED, UNCHANGED, STALE, REJECTED = RowStatus
Row = dict[str, Any]

_numbers = itertools.count()


async def send(
    engine: AsyncEngine,
    rows: Sequence[Row],
    *,
    kind: Kind = CUSTOMERS,
    policy: Policy = Policy.REJECT_FAILED_ROWS,
) -> list[Outcome]:
    return await run(
        engine,
        lambda session: upsert(session, kind, rows, actor=SYSTEM, policy=policy, now=NOW),
        origin="test",
    )


async def ask(engine: AsyncEngine, sql: str, **values: Any) -> list[tuple[Any, ...]]:
    async with engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(text(sql), values)]


STATE = """
    SELECT e.external_id, c.name, c.region, c.occupation FROM customers c
    JOIN customer_external_ids e ON e.customer_id = c.id WHERE e.system = :system
"""
EVENTS = """
    SELECT e.external_id, f.version, f.operation FROM change f
    JOIN customer_external_ids e ON e.customer_id = f.aggregate_id
    WHERE f.aggregate = 'customer' AND e.system = :system ORDER BY f.xid, f.id
"""


@dataclass
class Model:
    """What upserts of customers mean, row by row: what stands, what was seen of each, how often it changed."""

    fields: dict[str, dict[str, str | None]] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    versions: Counter[str] = field(default_factory=Counter)

    def send(self, batch: Sequence[Row], policy: Policy) -> list[RowStatus]:
        bad = self._bad(batch)
        if policy is Policy.REJECT_ALL and bad:
            return [REJECTED] * len(batch)
        return [REJECTED if place in bad else self._one(row) for place, row in enumerate(batch)]

    def _bad(self, batch: Sequence[Row]) -> set[int]:
        bad = {place for place, row in enumerate(batch) if row.get("name", "") is None}
        first: dict[str, int] = {}
        for place, row in enumerate(batch):
            key = row["key"][1]
            if place not in bad and first.setdefault(key, place) != place:
                bad.add(place)
        nameless = {
            p for p, row in enumerate(batch) if row["key"][1] not in self.fields and "name" not in row
        }
        return bad | nameless

    def _one(self, row: Row) -> RowStatus:
        key, version = row["key"][1], row.get("source_version")
        held = self.fields.get(key)
        if held is not None and version is not None and self.seen.get(key, -1) > version:
            return STALE
        if version is not None:
            self.seen[key] = version
        told: dict[str, str | None] = {
            name: row[name] for name in ("name", "region", "occupation") if name in row
        }
        before: dict[str, str | None] = held or {"name": None, "region": None, "occupation": None}
        self.fields[key] = {**before, **told}
        if held is not None and held == self.fields[key]:
            return UNCHANGED
        self.versions[key] += 1
        return CREATED if held is None else UPDATED


def rows_of(system: str) -> st.SearchStrategy[Row]:
    words = st.sampled_from(["가", "나"])
    return st.fixed_dictionaries(
        {"key": st.tuples(st.just(system), st.sampled_from(["a", "b", "c", "d"]))},
        optional={
            "source_version": st.integers(0, 4),
            "name": st.one_of(words, words, words, st.none()),
            "region": st.one_of(words, st.none()),
            "occupation": st.one_of(words, st.none()),
        },
    )


async def _sent(
    engine: AsyncEngine, system: str, batches: Sequence[tuple[list[Row], Policy]]
) -> tuple[list[list[RowStatus]], dict[str, Any], list[tuple[Any, ...]]]:
    told = [
        [outcome.status for outcome in await send(engine, batch, policy=policy)] for batch, policy in batches
    ]
    state = {
        key: {"name": name, "region": region, "occupation": occupation}
        for key, name, region, occupation in await ask(engine, STATE, system=system)
    }
    return told, state, await ask(engine, EVENTS, system=system)


class TestAgainstAModel:
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.data())
    def test_statuses_state_and_events_agree(
        self, kept_engine: AsyncEngine, runner: asyncio.Runner, data: st.DataObject
    ) -> None:
        system = f"s{next(_numbers)}"
        batch = st.tuples(st.lists(rows_of(system), min_size=1, max_size=6), st.sampled_from(Policy))
        batches = data.draw(st.lists(batch, min_size=1, max_size=6))
        model = Model()
        wanted = [model.send(rows, policy) for rows, policy in batches]

        told, state, events = runner.run(_sent(kept_engine, system, batches))

        assert told == wanted
        assert state == model.fields
        assert Counter(key for key, _, _ in events) == model.versions
        _assert_gap_free(events)


def _assert_gap_free(events: Sequence[tuple[Any, ...]]) -> None:
    """Each aggregate's versions are 1..n in the order of the feed, and only the first created it."""
    last: Counter[str] = Counter()
    for key, version, operation in events:
        last[key] += 1
        assert (version, operation) == (last[key], "CREATED" if last[key] == 1 else "UPDATED")


class TestDeliveries:
    @pytest.mark.parametrize("seed", range(4))
    async def test_doubled_and_shuffled_deliveries_end_in_the_last_version(
        self, engine: AsyncEngine, seed: int
    ) -> None:
        chance = random.Random(seed)
        sent: list[Row] = [
            {
                "key": ("erp", f"C{chance.randrange(8)}"),
                "source_version": number,
                "name": f"이름 {number % 5}",
            }
            for number in range(200)
        ]
        last = {row["key"][1]: row["name"] for row in sent}
        due = _shuffled([row for row in sent for _ in range(chance.randint(1, 3))], chance, window=50)

        while due:
            count = chance.randint(1, 12)
            batch, due = due[:count], due[count:]
            outcomes = await send(engine, batch)
            due = [row for row, each in zip(batch, outcomes, strict=True) if each.status is REJECTED] + due

        assert {key: name for key, name, *_ in await ask(engine, STATE, system="erp")} == last
        _assert_gap_free(await ask(engine, EVENTS, system="erp"))

    async def test_two_calls_with_crossing_keys_end_without_an_error(self, engine: AsyncEngine) -> None:
        names = [f"C{number}" for number in range(60)]

        async def deliver(order: Sequence[str], who: int) -> None:
            for version in range(8):
                rows = [
                    {"key": ("erp", name), "source_version": version * 2 + who, "name": f"{who} {version}"}
                    for name in order
                ]
                await send(engine, rows)

        await asyncio.gather(deliver(names, 0), deliver(names[::-1], 1), deliver(names, 0))

        state = await ask(engine, STATE, system="erp")
        assert {name for _, name, *_ in state} == {"1 7"}
        assert len(state) == 60
        _assert_gap_free(await ask(engine, EVENTS, system="erp"))


def _shuffled(rows: list[Row], chance: random.Random, *, window: int) -> list[Row]:
    """Each row moves within so many places."""
    order = sorted(range(len(rows)), key=lambda place: place + chance.uniform(0, window))
    return [rows[place] for place in order]


def customers(count: int) -> list[Row]:
    return [
        {
            "key": ("erp", f"C{number}"),
            "source_version": 1,
            "name": f"손님 {number}",
            "contact_points": [{"kind": "EMAIL", "value": f"c{number}@example.com"}],
            "also_known_as": [{"system": "pos", "id": str(number)}],
        }
        for number in range(count)
    ]


def orders(count: int) -> list[Row]:
    line = {"quantity": Decimal(2), "unit_price": Decimal(10)}
    return [
        {
            "key": ("erp", f"O{number}"),
            "ordered_at": NOW,
            "currency": "KRW",
            "customer": ("erp", f"C{number % 10}"),
            "lines": [line, {**line, "quantity": Decimal(1)}],
        }
        for number in range(count)
    ]


async def _counted(engine: AsyncEngine, rows: Sequence[Row], kind: Kind) -> int:
    statements: list[str] = []

    def count(_: Any, __: Any, statement: str, *___: Any) -> None:
        statements.append(statement)

    event.listen(engine.sync_engine, "before_cursor_execute", count)
    await send(engine, rows, kind=kind)
    event.remove(engine.sync_engine, "before_cursor_execute", count)
    return len(statements)


class TestStatements:
    async def test_they_do_not_grow_with_rows(self, engine: AsyncEngine) -> None:
        await send(engine, customers(10))
        await send(engine, orders(1), kind=ORDERS)
        made = ((CUSTOMERS, customers), (ORDERS, orders))
        for kind, rows in made:
            counts = []
            for count in (10, 1000):
                new = [{**row, "key": ("erp", f"{count}-{row['key'][1]}")} for row in rows(count)]
                fresh = [{**row, "also_known_as": []} for row in new] if kind is CUSTOMERS else new
                changed = (
                    [{**row, "name": "새 이름", "source_version": 2} for row in fresh]
                    if kind is CUSTOMERS
                    else [{**row, "lines": row["lines"][:1]} for row in fresh]
                )
                counts.append([await _counted(engine, batch, kind) for batch in (fresh, fresh, changed)])

            assert counts[0] == counts[1]
            assert max(counts[1]) <= 18
