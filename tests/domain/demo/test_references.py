"""Foreign keys are looked at once, for all rows that were loaded; afterwards they are what they were."""

import asyncpg
import pytest

from domain.demo.load import load
from domain.demo.references import checked_at_the_end
from tests.domain.demo.asking import UNTIL

KEYS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated
    FROM pg_constraint WHERE contype = 'f' ORDER BY 1, 2
"""

ORDER = """
    INSERT INTO orders (source_system, source_id, number, customer_id, ordered_at, currency)
    VALUES ('t', '1', '1', 1, now(), 'KRW')
"""


class TestReferences:
    async def test_after_a_load_they_are_what_they_were(self, database: str) -> None:
        connection = await asyncpg.connect(database)
        try:
            before = await connection.fetch(KEYS)
            await load(database, size=100, until=UNTIL)
            after = await connection.fetch(KEYS)
        finally:
            await connection.close()

        assert after == before
        assert len(before) > 50
        assert all(key["convalidated"] for key in before)

    async def test_a_row_that_refers_to_nothing_is_refused_in_the_end(self, database: str) -> None:
        connection = await asyncpg.connect(database)
        try:
            with pytest.raises(asyncpg.ForeignKeyViolationError, match="fk_orders_customer_id"):
                async with connection.transaction(), checked_at_the_end(connection, ["orders"]):
                    await connection.execute(ORDER)

            assert await connection.fetchval("SELECT count(*) FROM orders") == 0
        finally:
            await connection.close()

    async def test_what_is_referred_to_may_come_later(self, database: str) -> None:
        connection = await asyncpg.connect(database)
        try:
            async with connection.transaction(), checked_at_the_end(connection, ["orders"]):
                await connection.execute(ORDER)
                await connection.execute("INSERT INTO customers (id, name) VALUES (1, '홍길동')")

            assert await connection.fetchval("SELECT count(*) FROM orders JOIN customers c ON c.id = 1") == 1
        finally:
            await connection.close()
