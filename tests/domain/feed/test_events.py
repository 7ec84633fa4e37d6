"""What enters the feed when a root changes, whoever changes it."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.feed import Event
from domain.postgres import find_binaries
from tests.domain.feed.conftest import Events, Sql

NEW = "INSERT INTO customers (id, name) VALUES (7, '김단골')"


def _told(events: list[Event]) -> list[tuple[str, int, int, str]]:
    return [(event.aggregate, event.aggregate_id, event.version, event.operation.value) for event in events]


class TestRoots:
    async def test_each_change_is_told_with_its_version(self, sql: Sql, events: Events) -> None:
        await sql(NEW)
        await sql("UPDATE customers SET name = '이단골'")
        await sql("DELETE FROM customers")

        assert _told(await events()) == [
            ("customer", 7, 1, "CREATED"),
            ("customer", 7, 2, "UPDATED"),
            ("customer", 7, 3, "DELETED"),
        ]

    async def test_many_changes_in_one_transaction_are_one_event(self, sql: Sql, events: Events) -> None:
        await sql(NEW, "UPDATE customers SET name = 'a'", "UPDATE customers SET name = 'b'")
        await sql("UPDATE customers SET name = 'c'", "UPDATE customers SET name = 'd'")

        assert _told(await events()) == [("customer", 7, 1, "CREATED"), ("customer", 7, 2, "UPDATED")]

    async def test_an_update_that_changes_nothing_leaves_no_trace(
        self, sql: Sql, events: Events, engine: AsyncEngine
    ) -> None:
        await sql(NEW)
        row = text("SELECT version, changed_xid::text, updated_at, ctid::text FROM customers")
        async with engine.connect() as connection:
            before = (await connection.execute(row)).one()

        await sql("UPDATE customers SET name = name, region = NULL")

        async with engine.connect() as connection:
            assert (await connection.execute(row)).one() == before
        assert _told(await events()) == [("customer", 7, 1, "CREATED")]

    async def test_of_many_rows_only_the_changed_ones_are_told(self, sql: Sql, events: Events) -> None:
        await sql("INSERT INTO customers (id, name) SELECT n, 'n' || n FROM generate_series(1, 1000) n")

        await sql("UPDATE customers SET name = 'n' || least(id, 998)")

        assert _told((await events())[1000:]) == [
            ("customer", 999, 2, "UPDATED"),
            ("customer", 1000, 2, "UPDATED"),
        ]

    async def test_an_upsert_tells_inserted_and_updated_rows(self, sql: Sql, events: Events) -> None:
        await sql(
            "INSERT INTO branches (id, code, name, kind) VALUES (1, 'A', 'a', 'SHOP'), (2, 'B', 'b', 'SHOP')"
        )

        await sql(
            "INSERT INTO branches (id, code, name, kind) VALUES (3, 'A', 'z', 'SHOP'), (4, 'B', 'b', 'SHOP'),"
            " (5, 'C', 'c', 'SHOP') ON CONFLICT (code) DO UPDATE SET name = excluded.name"
        )

        assert sorted(_told((await events())[2:])) == [
            ("branch", 1, 2, "UPDATED"),
            ("branch", 5, 1, "CREATED"),
        ]

    async def test_what_is_rolled_back_is_not_told(self, sql: Sql, events: Events) -> None:
        with pytest.raises(DBAPIError, match="division by zero"):
            await sql(NEW, "SELECT 1 / 0")

        assert await events() == []

    async def test_what_a_savepoint_took_back_is_not_told(self, sql: Sql, events: Events) -> None:
        await sql(NEW)

        await sql("SAVEPOINT s", "UPDATE customers SET name = 'x'", "ROLLBACK TO s")
        await sql(
            "SAVEPOINT s", "UPDATE customers SET name = 'y'", "RELEASE s", "UPDATE customers SET name = 'z'"
        )

        assert _told(await events()) == [("customer", 7, 1, "CREATED"), ("customer", 7, 2, "UPDATED")]


class TestKeptByTriggers:
    async def test_a_version_written_by_hand_is_overruled(
        self, sql: Sql, engine: AsyncEngine, events: Events
    ) -> None:
        await sql(NEW)

        await sql("UPDATE customers SET name = 'x', version = 99, changed_xid = '3', updated_at = 'epoch'")

        async with engine.connect() as connection:
            row = (
                await connection.execute(text("SELECT version, updated_at = created_at FROM customers"))
            ).one()
        assert row == (2, False)
        assert [event.version for event in await events()] == [1, 2]

    @pytest.mark.parametrize("columns", ["version) VALUES ('x', 5", "changed_xid) VALUES ('x', '1'"])
    async def test_a_row_cannot_begin_with_a_version_of_its_own(self, sql: Sql, columns: str) -> None:
        with pytest.raises(DBAPIError, match="kept by triggers"):
            await sql(f"INSERT INTO customers (name, {columns})")

    async def test_an_id_never_changes(self, sql: Sql) -> None:
        await sql(NEW)

        with pytest.raises(DBAPIError, match="the id of customers 7 never changes"):
            await sql("UPDATE customers SET id = 8")

    @pytest.mark.parametrize("table", ["customers", "order_lines", "touchpoints", "offer_grant_states"])
    async def test_truncate_is_refused(self, sql: Sql, table: str) -> None:
        with pytest.raises(DBAPIError, match="use DELETE"):
            await sql(f"TRUNCATE {table} CASCADE")


class TestOrigin:
    async def test_the_event_says_who_caused_it(self, sql: Sql, events: Events) -> None:
        await sql(NEW)

        assert [event.origin for event in await events()] == ["test"]

    async def test_a_hand_in_psql_is_told_as_well(self, sql: Sql, events: Events, database: str) -> None:
        await sql(NEW)

        psql = await asyncio.create_subprocess_exec(
            find_binaries() / "psql", database, "-X", "-q", "-c", "UPDATE customers SET name = 'psql'"
        )
        assert await psql.wait() == 0

        last = (await events())[-1]
        assert (last.version, last.operation.value, last.origin) == (2, "UPDATED", "sql:dangol")
