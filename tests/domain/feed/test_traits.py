"""Dated traits: the past keeps the traits it had, whoever changes them and in whatever order transactions end."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.domain.feed.conftest import Sql

BEGINNING = "0001-01-01 00:00:00+00"


async def _periods(engine: AsyncEngine, what: str = "customer") -> list[Any]:
    """(trait, begins with the year 1, joins the next, is open) of each version of the only customer or product."""
    trait = {"customer": "region", "product": "category_id"}[what]
    async with engine.connect() as connection:
        rows = await connection.execute(
            text(
                f"SELECT {trait}, valid_from = '{BEGINNING}',"
                f" valid_to IS NOT DISTINCT FROM lead(valid_from) OVER (ORDER BY valid_from), valid_to IS NULL"
                f" FROM {what}_versions ORDER BY valid_from"
            )
        )
        return [tuple(row) for row in rows]


class TestCustomerVersions:
    async def test_the_first_version_begins_with_the_year_1(self, engine: AsyncEngine, sql: Sql) -> None:
        await sql("INSERT INTO customers (name, region) VALUES ('x', 'Seoul')")

        assert await _periods(engine) == [("Seoul", True, True, True)]

    async def test_a_moved_customer_has_two_versions_that_meet(self, engine: AsyncEngine, sql: Sql) -> None:
        await sql("INSERT INTO customers (name, region) VALUES ('x', 'Seoul')")

        await sql("UPDATE customers SET region = 'Busan'")

        assert await _periods(engine) == [("Seoul", True, True, False), ("Busan", False, True, True)]

    async def test_two_changes_in_one_transaction_are_one_version(
        self, engine: AsyncEngine, sql: Sql
    ) -> None:
        await sql("INSERT INTO customers (name, region) VALUES ('x', 'Seoul')")

        await sql("UPDATE customers SET region = 'Busan'", "UPDATE customers SET region = 'Jeju'")

        assert await _periods(engine) == [("Seoul", True, True, False), ("Jeju", False, True, True)]

    async def test_a_change_by_the_transaction_that_made_the_customer_opens_none(
        self, engine: AsyncEngine, sql: Sql
    ) -> None:
        await sql("INSERT INTO customers (name) VALUES ('x')", "UPDATE customers SET region = 'Busan'")

        assert await _periods(engine) == [("Busan", True, True, True)]

    async def test_a_change_and_its_undoing_leave_the_traits_as_they_were(
        self, engine: AsyncEngine, sql: Sql
    ) -> None:
        await sql("INSERT INTO customers (name, region) VALUES ('x', 'Seoul')")

        await sql("UPDATE customers SET region = 'Busan'", "UPDATE customers SET region = 'Seoul'")

        assert [period[0] for period in await _periods(engine)] == ["Seoul", "Seoul"]

    @pytest.mark.parametrize(
        "change", ["name = 'y'", "birth_on = '1990-01-01'", "region = 'Seoul'", "kind = 'ORGANISATION'"]
    )
    async def test_unchanged_traits_open_no_version(self, engine: AsyncEngine, sql: Sql, change: str) -> None:
        await sql("INSERT INTO customers (name, region) VALUES ('x', 'Seoul')")

        await sql(f"UPDATE customers SET {change}")

        assert await _periods(engine) == [("Seoul", True, True, True)]

    @pytest.mark.parametrize(
        "trait", ["country", "region", "district", "gender", "occupation", "wealth_band"]
    )
    async def test_every_trait_opens_a_version_when_it_is_set_and_when_it_is_cleared(
        self, engine: AsyncEngine, sql: Sql, trait: str
    ) -> None:
        await sql("INSERT INTO customers (name) VALUES ('x')")

        await sql(f"UPDATE customers SET {trait} = 'OTHER'")
        await sql(f"UPDATE customers SET {trait} = NULL")

        assert len(await _periods(engine)) == 3

    async def test_a_transaction_that_began_before_the_last_change_still_has_its_say(
        self, engine: AsyncEngine, sql: Sql
    ) -> None:
        await sql("INSERT INTO customers (name, region) VALUES ('x', 'Seoul')")
        async with engine.connect() as slow:
            await slow.execute(text("SELECT now()"))
            await sql("UPDATE customers SET region = 'Busan'")

            await slow.execute(text("UPDATE customers SET region = 'Jeju'"))
            await slow.commit()

        assert await _periods(engine) == [("Seoul", True, True, False), ("Jeju", False, True, True)]

    async def test_a_deleted_customer_leaves_no_versions(self, engine: AsyncEngine, sql: Sql) -> None:
        await sql("INSERT INTO customers (name) VALUES ('x')")

        await sql("DELETE FROM customers")

        assert await _periods(engine) == []


class TestProductVersions:
    CATEGORIES = "INSERT INTO categories (id, name) VALUES (1, 'tea'), (2, 'rice')"
    PRODUCT = "INSERT INTO products (code, name, category_id) VALUES ('P', 'p', 1)"

    async def test_a_category_move_is_history(self, engine: AsyncEngine, sql: Sql) -> None:
        await sql(self.CATEGORIES, self.PRODUCT)

        await sql("UPDATE products SET category_id = 2")

        assert await _periods(engine, "product") == [(1, True, True, False), (2, False, True, True)]

    async def test_another_price_opens_no_version(self, engine: AsyncEngine, sql: Sql) -> None:
        await sql(self.CATEGORIES, self.PRODUCT)

        await sql("UPDATE products SET list_price = 5, currency = 'KRW'")

        assert await _periods(engine, "product") == [(1, True, True, True)]

    async def test_a_move_by_the_transaction_that_made_the_product_opens_none(
        self, engine: AsyncEngine, sql: Sql
    ) -> None:
        await sql(self.CATEGORIES, self.PRODUCT, "UPDATE products SET category_id = 2")

        assert await _periods(engine, "product") == [(2, True, True, True)]
