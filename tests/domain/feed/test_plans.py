"""The triggers plan well for one row and for many: no table is read from end to end to change one row."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from domain.db import engine as make_engine
from tests.domain.feed.conftest import Sql

ROWS = 20_000
BULK = (
    "UPDATE customers SET region = region || '!' WHERE id <= 10000",
    "UPDATE order_lines SET quantity = quantity + 1 WHERE order_id <= 10000",
)
SINGLE = (
    "UPDATE customers SET region = region || '?' WHERE id = {}",
    "UPDATE orders SET number = number || '?' WHERE id = {}",
    "UPDATE order_lines SET quantity = quantity + 1 WHERE order_id = {}",
    "INSERT INTO order_lines (order_id, position, kind, quantity, unit_price) VALUES ({}, 2, 'SALE', 1, 1)",
    "DELETE FROM order_lines WHERE order_id = {} AND position = 2",
)


@pytest.fixture
async def engine(database: str) -> AsyncIterator[AsyncEngine]:
    """An engine whose sessions have planned nothing yet."""
    made = make_engine(database)
    yield made
    await made.dispose()


async def _whole_reads(connection: AsyncConnection) -> dict[str, int]:
    """Sequential scans of each followed table by this session, of late."""
    rows = await connection.execute(
        text(
            "SELECT relname, seq_scan FROM pg_stat_xact_user_tables WHERE seq_scan > 0"
            " AND relname IN ('customers', 'customer_versions', 'orders', 'order_lines')"
        )
    )
    return {row.relname: row.seq_scan for row in rows}


class TestPlans:
    async def test_single_rows_are_found_by_index_also_after_a_bulk_in_the_same_session(
        self, engine: AsyncEngine, sql: Sql
    ) -> None:
        await sql(
            f"INSERT INTO customers (name, region) SELECT n, 'x' FROM generate_series(1, {ROWS}) n",
            "INSERT INTO orders (source_system, source_id, number, ordered_at, currency)"
            f" SELECT 'erp', n, n, now(), 'KRW' FROM generate_series(1, {ROWS}) n",
            "INSERT INTO order_lines (order_id, position, kind, quantity, unit_price)"
            f" SELECT n, 1, 'SALE', 1, 1 FROM generate_series(1, {ROWS}) n",
            "ANALYZE",
        )

        async with engine.connect() as connection:
            for statement in BULK:
                await connection.execute(text(statement))
            await connection.commit()
            before = await _whole_reads(connection)
            for round_ in range(10):
                for statement in SINGLE:
                    await connection.execute(text(statement.format(100 + round_)))
            after = await _whole_reads(connection)
            await connection.rollback()

        assert after == before
