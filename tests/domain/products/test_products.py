"""Products are created and changed, and what they were is kept."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from domain.db import run
from domain.errors import Invalid, StaleVersion
from domain.money import Money, UnknownCurrency
from domain.products.commands import create_product, set_active, update_product
from domain.products.details import Attribute, ExternalId, ProductDetails
from domain.products.errors import ProductCodeTaken, ProductIdTaken, ProductNotFound

CATEGORIES = (
    "INSERT INTO categories (id, parent_id, name) VALUES (1, NULL, '식품'), (2, 1, '차'), (3, NULL, '생활')"
)
START = datetime(1, 1, 1, tzinfo=UTC)


def won(amount: str) -> Money:
    return Money(Decimal(amount), "KRW")


async def _rows(session: AsyncSession, query: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await session.execute(text(query))]


@pytest.fixture
async def tea(session: AsyncSession) -> int:
    """A product in the category 2, with attributes and an external id."""
    await session.execute(text(CATEGORIES))
    return await create_product(
        session,
        "TEA",
        details={
            "name": "녹차",
            "english_name": "Green tea",
            "category_id": 2,
            "list_price": won("4500"),
            "unit_cost": won("1200.5"),
            "attributes": [Attribute("colour", "green"), Attribute("grams", "12.5")],
            "external_ids": [ExternalId("erp", "M1")],
        },
    )


class TestCreateProduct:
    async def test_it_is_here_with_all_that_was_told(self, session: AsyncSession, tea: int) -> None:
        columns = "code, name, english_name, category_id, list_price, unit_cost, currency, active, version"
        assert await _rows(session, f"SELECT {columns} FROM products") == [
            ("TEA", "녹차", "Green tea", 2, Decimal(4500), Decimal("1200.5"), "KRW", True, 1)
        ]
        assert await _rows(session, "SELECT name, value, number FROM product_attributes ORDER BY 1") == [
            ("colour", "green", None),
            ("grams", "12.5", Decimal("12.5")),
        ]
        assert await _rows(session, "SELECT system, external_id, product_id FROM product_external_ids") == [
            ("erp", "M1", tea)
        ]

    async def test_a_code_is_given_once(self, session: AsyncSession, tea: int) -> None:
        with pytest.raises(ProductCodeTaken, match="'TEA'"):
            await create_product(session, "TEA", details={"name": "x"})

    @pytest.mark.parametrize(
        ("details", "path"),
        [
            ({}, ("name",)),
            ({"name": " "}, ("name",)),
            ({"name": "x", "english_name": "a\u202e"}, ("english_name",)),
            ({"name": "x", "category_id": 99}, ("category_id",)),
            ({"name": "x", "list_price": won("-1")}, ("list_price",)),
            ({"name": "x", "list_price": won("1.00001")}, ("list_price", "amount")),
            ({"name": "x", "list_price": won("NaN")}, ("list_price", "amount")),
            (
                {"name": "x", "list_price": won("1"), "unit_cost": Money(Decimal(1), "GBP")},
                ("list_price", "currency"),
            ),
            ({"name": "x", "attributes": [Attribute("a", "1"), Attribute("a", "2")]}, ("attributes", 1)),
            ({"name": "x", "attributes": [Attribute("a", "")]}, ("attributes", 0, "value")),
            ({"name": "x", "attributes": [Attribute(str(n), "1") for n in range(101)]}, ("attributes",)),
        ],
        ids=range(11),
    )
    async def test_what_breaks_a_rule_is_refused_with_its_place(
        self, session: AsyncSession, details: ProductDetails, path: tuple[str, ...]
    ) -> None:
        with pytest.raises(Invalid) as refused:
            await create_product(session, "X", details=details)

        assert refused.value.path == path

    async def test_an_unknown_currency_is_named(self, session: AsyncSession) -> None:
        with pytest.raises(UnknownCurrency, match="'XYZ'"):
            await create_product(session, "X", details={"name": "x", "list_price": Money(Decimal(1), "XYZ")})


class TestUpdateProduct:
    async def test_what_is_absent_is_left_and_none_clears(self, session: AsyncSession, tea: int) -> None:
        await update_product(
            session, tea, changes={"english_name": None, "unit_cost": None}, expected_version=1
        )

        assert await _rows(session, "SELECT name, english_name, list_price, unit_cost FROM products") == [
            ("녹차", None, Decimal(4500), None)
        ]

    async def test_lists_are_replaced_and_what_stays_is_not_written(
        self, session: AsyncSession, tea: int
    ) -> None:
        before = await _rows(session, "SELECT name, xmin::text, ctid FROM product_attributes ORDER BY 1")

        await update_product(
            session,
            tea,
            changes={
                "attributes": [Attribute("colour", "green"), Attribute("size", "L")],
                "external_ids": [ExternalId("scm", "S1")],
            },
            expected_version=1,
        )

        after = await _rows(session, "SELECT name, xmin::text, ctid FROM product_attributes ORDER BY 1")
        assert [row[0] for row in after] == ["colour", "size"]
        assert after[0] == before[0]
        assert await _rows(session, "SELECT system, external_id FROM product_external_ids") == [("scm", "S1")]

    async def test_an_external_id_of_another_product_is_taken(self, session: AsyncSession, tea: int) -> None:
        other = await create_product(session, "CUP", details={"name": "컵"})

        with pytest.raises(ProductIdTaken) as refused:
            await update_product(
                session, other, changes={"external_ids": [ExternalId("erp", "M1")]}, expected_version=1
            )

        assert refused.value.path == ("external_ids", 0)

    async def test_another_currency_than_the_other_amount_is_in_is_refused(
        self, session: AsyncSession, tea: int
    ) -> None:
        with pytest.raises(Invalid, match="list_price is in GBP, unit_cost in KRW"):
            await update_product(
                session, tea, changes={"list_price": Money(Decimal(3), "GBP")}, expected_version=1
            )

    async def test_both_amounts_may_change_their_currency_together(
        self, session: AsyncSession, tea: int
    ) -> None:
        pounds = Money(Decimal("3.5"), "GBP")

        await update_product(
            session, tea, changes={"list_price": pounds, "unit_cost": pounds}, expected_version=1
        )

        assert await _rows(session, "SELECT list_price, currency FROM products") == [(Decimal("3.5"), "GBP")]

    async def test_a_stale_version_and_an_absent_product_are_told(
        self, session: AsyncSession, tea: int
    ) -> None:
        with pytest.raises(StaleVersion):
            await update_product(session, tea, changes={"name": "x"}, expected_version=7)
        with pytest.raises(ProductNotFound):
            await update_product(session, tea + 1, changes={"name": "x"}, expected_version=1)


class TestPast:
    async def test_each_change_is_kept_with_who_and_when(self, engine: AsyncEngine) -> None:
        async def begin(session: AsyncSession) -> int:
            await session.execute(text(CATEGORIES))
            return await create_product(
                session, "TEA", details={"name": "녹차", "category_id": 2, "list_price": won("4500")}
            )

        async def change(session: AsyncSession) -> None:
            await update_product(
                session,
                made,
                changes={"name": "말차", "category_id": 3, "list_price": won("5000")},
                expected_version=1,
            )

        async def stop(session: AsyncSession) -> None:
            await set_active(session, made, False, expected_version=2)

        made = await run(engine, begin, origin="user:kim")
        await run(engine, change, origin="user:lee")
        await run(engine, stop, origin="user:kim")

        async with AsyncSession(engine) as session:
            changes = await _rows(session, "SELECT field, old, new, origin FROM product_changes ORDER BY id")
            categories = await _rows(
                session, "SELECT category_id, valid_to IS NULL FROM product_versions ORDER BY valid_from"
            )
            prices = await _rows(
                session, "SELECT list_price, valid_from, valid_to FROM product_prices ORDER BY valid_from"
            )
            version = await _rows(session, "SELECT version, active FROM products")
        assert changes == [
            ("name", "녹차", "말차", "user:lee"),
            ("category_id", "2", "3", "user:lee"),
            ("list_price", "4500.0000", "5000.0000", "user:lee"),
            ("active", "true", "false", "user:kim"),
        ]
        assert categories == [(2, False), (3, True)]
        assert [price for price, _, _ in prices] == [Decimal(4500), Decimal(5000)]
        assert prices[0][1] == START
        assert prices[0][2] == prices[1][1]
        assert prices[1][2] is None
        assert version == [(3, False)]

    async def test_a_thousand_prices_at_once_are_a_thousand_periods(self, engine: AsyncEngine) -> None:
        async def make(session: AsyncSession) -> None:
            await session.execute(
                text("INSERT INTO products (code, name) SELECT n, n FROM generate_series(1, 1000) n")
            )

        async def raise_prices(session: AsyncSession) -> None:
            await session.execute(text("UPDATE products SET list_price = id, currency = 'KRW'"))
            await session.execute(text("UPDATE products SET list_price = id + 1 WHERE id > 500"))

        await run(engine, make, origin="test")
        await run(engine, raise_prices, origin="test")

        async with AsyncSession(engine) as session:
            found = await _rows(
                session,
                "SELECT count(*), count(*) FILTER (WHERE valid_to IS NULL), sum(list_price) FROM product_prices",
            )
        assert found == [(2000, 1000, Decimal(500500 + 500))]

    async def test_what_is_written_as_it_was_is_no_change(self, engine: AsyncEngine) -> None:
        async def begin(session: AsyncSession) -> int:
            return await create_product(session, "TEA", details={"name": "녹차"})

        async def again(session: AsyncSession) -> None:
            await update_product(session, made, changes={"name": "녹차"}, expected_version=1)

        made = await run(engine, begin, origin="test")
        await run(engine, again, origin="test")

        async with AsyncSession(engine) as session:
            assert await _rows(session, "SELECT version FROM products") == [(1,)]
            assert await _rows(session, "SELECT * FROM product_changes") == []
            assert await _rows(session, "SELECT count(*) FROM change") == [(1,)]
