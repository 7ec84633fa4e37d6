"""Versions are gap-free and the feed is in order, however many write at once; without its check it would not be."""

from collections import Counter
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from domain.db import run
from tests.domain.feed.conftest import Events, Sql
from tests.domain.feed.load import hot_orders
from tests.domain.feed.order import disorder

CHECK = "IF OLD.changed_xid > mine THEN"


@pytest.fixture
async def unchecked(engine: AsyncEngine) -> AsyncIterator[None]:
    """The trigger does not look whether a later transaction was faster."""
    async with engine.begin() as connection:
        sound = await connection.scalar(text("SELECT pg_get_functiondef('root_before_update'::regproc)"))
        assert sound is not None
        assert CHECK in sound
        await connection.exec_driver_sql(sound.replace(CHECK, "IF false THEN"))
    yield
    async with engine.begin() as connection:
        await connection.exec_driver_sql(sound)


async def _two_out_of_turn(engine: AsyncEngine, sql: Sql) -> None:
    """A transaction that got its id early changes an order after a later one has changed it."""
    await sql(
        "INSERT INTO orders (source_system, source_id, number, ordered_at, currency)"
        " VALUES ('erp', '1', '1', now(), 'KRW')"
    )
    async with engine.connect() as early:
        await early.execute(text("SELECT pg_current_xact_id()"))
        await sql("UPDATE orders SET number = 'later'")
        await early.execute(text("UPDATE orders SET number = 'early'"))
        await early.commit()


class TestConcurrentWriters:
    async def test_versions_are_gap_free_and_every_commit_is_told_once(
        self, engine: AsyncEngine, events: Events
    ) -> None:
        done = await hot_orders(engine, orders=20, transactions=60, seed=1)

        told = await events()
        assert disorder(told) == []
        assert done.aborts > 50
        assert Counter(event.aggregate_id for event in told) == Counter(range(1, 21)) + done.touched

    async def test_the_rows_carry_the_last_version_told(self, engine: AsyncEngine, events: Events) -> None:
        await hot_orders(engine, orders=5, transactions=20, seed=2)

        async with engine.connect() as connection:
            rows = await connection.execute(text("SELECT id, version, changed_xid::text AS xid FROM orders"))
            stored = {row.id: (row.version, int(row.xid)) for row in rows}
        last = {event.aggregate_id: (event.version, event.cursor.xid) for event in await events()}
        assert stored == last

    async def test_whoever_is_too_late_starts_again(
        self, engine: AsyncEngine, sql: Sql, events: Events
    ) -> None:
        tries = 0

        async def late(session: AsyncSession) -> None:
            nonlocal tries
            tries += 1
            await session.execute(text("SELECT pg_current_xact_id()"))
            if tries == 1:
                await sql("UPDATE customers SET name = 'later'")
            await session.execute(text("UPDATE customers SET region = 'late'"))

        await sql("INSERT INTO customers (name) VALUES ('x')")
        await run(engine, late, origin="late")

        assert tries == 2
        assert [event.origin for event in await events()] == ["test", "test", "late"]

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE orders SET number = 'early'",
            "DELETE FROM orders",
            "INSERT INTO order_lines (order_id, position, kind, quantity, unit_price) VALUES (1, 1, 'SALE', 1, 1)",
        ],
        ids=["update", "delete", "part"],
    )
    async def test_every_change_out_of_turn_is_refused(
        self, engine: AsyncEngine, sql: Sql, statement: str
    ) -> None:
        await sql(
            "INSERT INTO orders (source_system, source_id, number, ordered_at, currency)"
            " VALUES ('erp', '1', '1', now(), 'KRW')"
        )

        async with engine.connect() as early:
            await early.execute(text("SELECT pg_current_xact_id()"))
            await sql("UPDATE orders SET number = 'later'")
            with pytest.raises(DBAPIError, match="changed by a later transaction") as caught:
                await early.execute(text(statement))

        assert getattr(caught.value.orig, "sqlstate", None) == "40001"


class TestWithoutTheCheck:
    @pytest.mark.usefixtures("unchecked")
    async def test_two_writers_out_of_turn_are_seen(
        self, engine: AsyncEngine, sql: Sql, events: Events
    ) -> None:
        await _two_out_of_turn(engine, sql)

        assert disorder(await events()) == [
            "order 1: version 3 where 2 is due",
            "order 1: version 2 where 4 is due",
        ]

    @pytest.mark.usefixtures("unchecked")
    async def test_the_load_of_many_writers_brings_it_to_light(
        self, engine: AsyncEngine, events: Events
    ) -> None:
        await hot_orders(engine, orders=5, transactions=60, seed=1)

        assert disorder(await events()) != []
