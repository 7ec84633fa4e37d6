"""Indexes are built once, from all rows that were loaded; afterwards they are what they were."""

import asyncpg
import pytest

from domain.demo.indexes import built_at_the_end
from domain.demo.load import load
from tests.domain.demo.asking import UNTIL

INDEXES = """
    SELECT indrelid::regclass::text AS owner, pg_get_indexdef(indexrelid) AS made, indisvalid
    FROM pg_index WHERE indrelid::regclass::text !~ '^pg_' ORDER BY 1, 2
"""

PRODUCT = "INSERT INTO products (code, name) VALUES ($1, '보이차')"


class TestIndexes:
    async def test_after_a_load_they_are_what_they_were(self, database: str) -> None:
        connection = await asyncpg.connect(database)
        try:
            before = await connection.fetch(INDEXES)
            await load(database, size=100, until=UNTIL)
            after = await connection.fetch(INDEXES)
        finally:
            await connection.close()

        assert after == before
        assert len([index for index in before if index["owner"] == "touchpoints"]) > 5
        assert all(index["indisvalid"] for index in before)

    async def test_until_the_end_only_those_of_constraints_are_there(self, database: str) -> None:
        connection = await asyncpg.connect(database)
        try:
            async with connection.transaction(), built_at_the_end(connection, ["order_lines"]):
                found = await connection.fetch(INDEXES)
        finally:
            await connection.close()

        made = [index["made"] for index in found if index["owner"] == "order_lines"]
        assert made == ["CREATE UNIQUE INDEX pk_order_lines ON public.order_lines USING btree (id)"]
        assert len([index for index in found if index["owner"] == "orders"]) > 5

    async def test_rows_that_agree_where_they_may_not_are_refused_in_the_end(self, database: str) -> None:
        connection = await asyncpg.connect(database)
        try:
            await connection.execute("CREATE UNIQUE INDEX ix_products_one_name ON products (name)")
            with pytest.raises(asyncpg.UniqueViolationError, match="ix_products_one_name"):
                async with connection.transaction(), built_at_the_end(connection, ["products"]):
                    await connection.executemany(PRODUCT, [("1",), ("2",)])

            assert await connection.fetchval("SELECT count(*) FROM products") == 0
        finally:
            await connection.close()
