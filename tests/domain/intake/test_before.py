"""Rows that are known from before come to what they would have come to on the whole way."""

import asyncio
import itertools
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

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
Row = dict[str, Any]
Batch = tuple[Kind, list[Row], Policy]
Edit = str

_numbers = itertools.count()

CUSTOMER_IS = "(SELECT customer_id FROM customer_external_ids WHERE system = :system AND external_id = :name)"
EDITS: dict[Edit, str] = {
    "another region": f"UPDATE customers SET region = '다' WHERE id = {CUSTOMER_IS}",
    "the same again": f"UPDATE customers SET region = region WHERE id = {CUSTOMER_IS}",
    "no contact point": f"DELETE FROM contact_points WHERE customer_id = {CUSTOMER_IS}",
    "a name for another": """
        UPDATE customer_external_ids SET customer_id =
            (SELECT customer_id FROM customer_external_ids WHERE system = :system AND external_id <> :name
             ORDER BY external_id LIMIT 1)
        WHERE system = :system AND external_id = :name
          AND 1 < (SELECT count(*) FROM customer_external_ids WHERE system = :system)""",
    "no name": "DELETE FROM customer_external_ids WHERE system = :system AND external_id = :name",
    "codes of branches change places": """
        UPDATE branches SET code = '-' || :system WHERE code = '1' || :system;
        UPDATE branches SET code = '1' || :system WHERE code = '3' || :system;
        UPDATE branches SET code = '3' || :system WHERE code = '-' || :system""",
    "one line less": """
        DELETE FROM order_lines WHERE id = (SELECT max(l.id) FROM order_lines l JOIN orders o ON o.id = l.order_id
                                            WHERE o.source_system = :system AND o.source_id = :name)""",
    "another channel": "UPDATE orders SET channel = 'WEB' WHERE source_system = :system AND source_id = :name",
}
STATES = (
    """SELECT e.external_id, c.name, c.region, left(b.code, 1), c.version,
              (SELECT array_agg(p.value ORDER BY p.position) FROM contact_points p WHERE p.customer_id = c.id)
       FROM customer_external_ids e JOIN customers c ON c.id = e.customer_id
       LEFT JOIN branches b ON b.id = c.home_branch_id WHERE e.system = :system ORDER BY 1""",
    """SELECT o.source_id, o.channel, o.version, left(b.code, 1),
              (SELECT min(external_id) FROM customer_external_ids e WHERE e.customer_id = o.customer_id),
              (SELECT array_agg(l.quantity ORDER BY l.position) FROM order_lines l WHERE l.order_id = o.id)
       FROM orders o LEFT JOIN branches b ON b.id = o.branch_id WHERE o.source_system = :system ORDER BY 1""",
    """SELECT aggregate, external_id, number, at FROM source_versions
       WHERE system = :system AND num_nonnulls(number, at) > 0 ORDER BY 1, 2""",
    "SELECT f.aggregate, f.version, f.operation FROM change f WHERE origin = :system ORDER BY xid, id",
)

words = st.sampled_from(["가", "나"])
names = st.sampled_from(["a", "b", "c"])
versions = st.sampled_from([0, 1, 2, NOW])
branches = st.sampled_from(["1", "2", "9"])
customer_rows: st.SearchStrategy[Row] = st.fixed_dictionaries(
    {"key": names, "name": words},
    optional={
        "source_version": versions,
        "region": st.one_of(words, st.none()),
        "home_branch": st.one_of(branches, branches, st.none()),
        "contact_points": st.lists(st.sampled_from(["a@example.com", "b@example.com"]), max_size=2),
        "also_known_as": st.lists(names, max_size=1),
    },
)
order_rows: st.SearchStrategy[Row] = st.fixed_dictionaries(
    {"key": names, "ordered_at": st.just(NOW), "currency": st.just("KRW")},
    optional={
        "source_version": versions,
        "channel": st.sampled_from(["STORE", None]),
        "customer": names,
        "branch": branches,
        "lines": st.lists(st.integers(1, 3), max_size=3),
    },
)
bad_rows = st.one_of(
    st.just({"key": "a", "name": None}),
    st.just({"key": "d", "region": "가"}),
    st.just({"key": 2**62, "name": "가"}),
)


def _meant(row: Row, system: str) -> Row:
    """The row as the domain takes it, in the names of this system."""
    key = row["key"]
    told: Row = {**row, "key": (system, key) if isinstance(key, str) else key}
    for name in ("home_branch", "branch"):
        if row.get(name):
            told[name] = row[name] + system
    if "customer" in row:
        told["customer"] = (system, row["customer"])
    if "also_known_as" in row:
        told["also_known_as"] = [{"system": system, "id": each} for each in row["also_known_as"]]
    if "contact_points" in row:
        told["contact_points"] = [{"kind": "EMAIL", "value": value} for value in row["contact_points"]]
    if "lines" in row:
        told["lines"] = [{"quantity": Decimal(n), "unit_price": Decimal(1)} for n in row["lines"]]
    return told


def _written(row: Row) -> bytes:
    return json.dumps(row, sort_keys=True, default=str).encode()


async def send(
    engine: AsyncEngine,
    rows: Sequence[Row],
    *,
    kind: Kind = CUSTOMERS,
    policy: Policy = Policy.REJECT_FAILED_ROWS,
    known: bool = True,
    origin: str = "test",
) -> list[Outcome]:
    said = [_written(row) for row in rows] if known else None
    return await run(
        engine,
        lambda session: upsert(session, kind, rows, actor=SYSTEM, policy=policy, now=NOW, said=said),
        origin=origin,
    )


async def _edit(engine: AsyncEngine, edit: Edit, system: str, name: str) -> None:
    async def work(session: Any) -> None:
        told = {"system": system, "name": name}
        for statement in EDITS[edit].split(";"):
            await session.execute(
                text(statement), {key: each for key, each in told.items() if f":{key}" in statement}
            )

    await run(engine, work, origin=system)


async def _world(
    engine: AsyncEngine, system: str, steps: Sequence[Batch | tuple[Edit, str]], *, known: bool
) -> list[Any]:
    """What became of the rows, and what stands in the end."""
    async with engine.begin() as connection:
        for each in "123":
            await connection.execute(
                text("INSERT INTO branches (code, name, kind) VALUES (:code, :code, 'SHOP')"),
                {"code": each + system},
            )
    seen: list[Any] = []
    for step in steps:
        if len(step) == 2:
            await _edit(engine, step[0], system, step[1])
            continue
        kind, rows, policy = step
        told = [_meant(row, system) for row in rows]
        outcomes = await send(engine, told, kind=kind, policy=policy, known=known, origin=system)
        seen.append([(each.status, type(each.error), each.key is None) for each in outcomes])
    async with engine.connect() as connection:
        for state in STATES:
            found = await connection.execute(text(state), {"system": system})
            seen.append([tuple(row) for row in found])
    return seen


def _batch(kind: Kind, rows: st.SearchStrategy[Row]) -> st.SearchStrategy[Batch]:
    mixed = st.one_of(*[rows] * 12, bad_rows) if kind is CUSTOMERS else rows
    return st.tuples(st.just(kind), st.lists(mixed, min_size=1, max_size=4), st.sampled_from(Policy))


@st.composite
def steps_of(draw: st.DrawFn) -> list[Batch | tuple[Edit, str]]:
    """Some batches, sent again and again in any order, and edits in between."""
    batches = [draw(_batch(CUSTOMERS, customer_rows)), draw(_batch(CUSTOMERS, customer_rows))]
    batches += [draw(_batch(ORDERS, order_rows))]
    edits = st.tuples(st.sampled_from(sorted(EDITS)), names)
    again = st.sampled_from(batches)
    return draw(st.lists(st.one_of(again, again, edits), min_size=3, max_size=9))


class TestTwoWays:
    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(steps_of())
    def test_known_rows_come_to_what_the_whole_way_says(
        self, kept_engine: AsyncEngine, runner: asyncio.Runner, steps: list[Batch | tuple[Edit, str]]
    ) -> None:
        number = next(_numbers)

        quick = runner.run(_world(kept_engine, f"q{number}", steps, known=True))

        assert quick == runner.run(_world(kept_engine, f"w{number}", steps, known=False))


CUSTOMER: Row = {
    "key": ("erp", "1"),
    "name": "김단골",
    "source_version": 1,
    "contact_points": [{"kind": "EMAIL", "value": "kim@example.com"}],
}


async def _staged(engine: AsyncEngine, rows: Sequence[Row], **how: Any) -> tuple[list[RowStatus], bool]:
    """What became of the rows, and whether any of them took the whole way."""
    statements: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        statements.append(statement)

    event.listen(engine.sync_engine, "before_cursor_execute", note)
    outcomes = await send(engine, rows, **how)
    event.remove(engine.sync_engine, "before_cursor_execute", note)
    return [each.status for each in outcomes], any("intake_" in statement for statement in statements)


class TestKnownRows:
    async def test_the_same_again_is_not_staged(self, engine: AsyncEngine) -> None:
        await send(engine, [CUSTOMER])

        assert await _staged(engine, [CUSTOMER]) == ([RowStatus.UNCHANGED], False)

    async def test_a_row_without_a_version_is_known_too(self, engine: AsyncEngine) -> None:
        row = {name: value for name, value in CUSTOMER.items() if name != "source_version"}
        await send(engine, [row])

        assert await _staged(engine, [row]) == ([RowStatus.UNCHANGED], False)

    async def test_what_was_changed_is_looked_at_once_and_known_again(self, engine: AsyncEngine) -> None:
        await send(engine, [CUSTOMER])
        async with engine.begin() as connection:
            await connection.execute(text("UPDATE customers SET occupation = '교사'"))

        assert await _staged(engine, [CUSTOMER]) == ([RowStatus.UNCHANGED], True)
        assert await _staged(engine, [CUSTOMER]) == ([RowStatus.UNCHANGED], False)

    async def test_the_first_of_two_same_rows_counts(self, engine: AsyncEngine) -> None:
        await send(engine, [CUSTOMER])

        assert await _staged(engine, [CUSTOMER, CUSTOMER]) == (
            [RowStatus.UNCHANGED, RowStatus.REJECTED],
            False,
        )

    async def test_a_bad_row_costs_the_known_ones_too_where_the_policy_says_so(
        self, engine: AsyncEngine
    ) -> None:
        await send(engine, [CUSTOMER])
        bad = {"key": ("erp", "2"), "name": None}

        statuses, _ = await _staged(engine, [CUSTOMER, bad], policy=Policy.REJECT_ALL)

        assert statuses == [RowStatus.REJECTED] * 2
