"""Stock is what was said last of a product in a warehouse."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from domain.db import run
from domain.errors import Invalid, StaleVersion
from domain.products.errors import WarehouseCodeTaken, WarehouseNotFound
from domain.products.stock import StockStatus, ToldLevel, create_warehouse, set_stock, update_warehouse

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
GOODS = (
    "INSERT INTO products (id, code, name) SELECT n, n, n FROM generate_series(1, 20) n",
    "INSERT INTO warehouses (id, code, name) VALUES (1, 'A', 'a'), (2, 'B', 'b')",
)
CREATED, UPDATED, UNCHANGED, STALE = StockStatus


def level(product: int, quantity: str = "5", *, warehouse: int = 1, at: datetime = NOW) -> ToldLevel:
    return ToldLevel(product, warehouse, Decimal(quantity), at)


async def _told(session: AsyncSession, *levels: ToldLevel) -> list[StockStatus]:
    results = await set_stock(session, levels, source_system="scm", now=NOW)
    return [each.status for each in results]


async def _stock(session: AsyncSession) -> list[tuple[Any, ...]]:
    found = await session.execute(
        text("SELECT product_id, warehouse_id, quantity, as_of FROM stock_levels ORDER BY 1, 2")
    )
    return [tuple(row) for row in found]


@pytest.fixture
async def goods(session: AsyncSession) -> AsyncSession:
    for statement in GOODS:
        await session.execute(text(statement))
    return session


class TestSetStock:
    async def test_the_latest_word_wins(self, goods: AsyncSession) -> None:
        first = await _told(goods, level(1), level(2), level(3), level(4))

        second = await _told(
            goods,
            level(1, "4", at=NOW - HOUR),
            level(2, "4", at=NOW),
            level(3, "5"),
            level(4, "-2.5", at=NOW + timedelta(minutes=1)),
            level(1, warehouse=2),
        )

        assert first == [CREATED] * 4
        assert second == [STALE, UPDATED, UNCHANGED, UPDATED, CREATED]
        assert [(product, place, quantity) for product, place, quantity, _ in await _stock(goods)] == [
            (1, 1, Decimal(5)),
            (1, 2, Decimal(5)),
            (2, 1, Decimal(4)),
            (3, 1, Decimal(5)),
            (4, 1, Decimal("-2.5")),
        ]

    async def test_a_later_word_of_the_same_quantity_is_remembered(self, goods: AsyncSession) -> None:
        """Else a word from in between, which comes last, would win."""
        await _told(goods, level(1, "5", at=NOW - 3 * HOUR))
        await _told(goods, level(1, "5", at=NOW))

        between = await _told(goods, level(1, "9", at=NOW - HOUR))

        assert between == [STALE]
        assert await _stock(goods) == [(1, 1, Decimal(5), NOW)]

    @pytest.mark.parametrize(
        ("bad", "path"),
        [
            (level(99), ("levels", 1, "product_id")),
            (level(2, warehouse=9), ("levels", 1, "warehouse_id")),
            (level(2, "0.0001"), ("levels", 1, "quantity")),
            (level(2, "NaN"), ("levels", 1, "quantity")),
            (level(2, at=NOW + HOUR), ("levels", 1, "as_of")),
            (level(1, "6"), ("levels", 1)),
        ],
        ids=["product", "warehouse", "too fine", "no number", "future", "twice"],
    )
    async def test_a_bad_level_is_told_with_its_place_and_nothing_is_written(
        self, goods: AsyncSession, bad: ToldLevel, path: tuple[str | int, ...]
    ) -> None:
        with pytest.raises(Invalid) as refused:
            await _told(goods, level(1), bad)

        assert refused.value.path == path
        assert await _stock(goods) == []

    async def test_the_feed_tells_of_the_stock_and_not_of_the_product(self, engine: AsyncEngine) -> None:
        async def begin(session: AsyncSession) -> None:
            for statement in GOODS:
                await session.execute(text(statement))
            await session.execute(text("DELETE FROM change"))

        async def tell(session: AsyncSession) -> None:
            await _told(session, level(1), level(2))

        await run(engine, begin, origin="test")
        await run(engine, tell, origin="user:scm")
        await run(engine, tell, origin="user:scm")

        async with AsyncSession(engine) as session:
            found = await session.execute(text("SELECT aggregate, origin, operation FROM change ORDER BY id"))
            assert [tuple(row) for row in found] == [("stock_level", "user:scm", "CREATED")] * 2

    async def test_many_who_tell_of_the_same_in_any_order_do_not_block_each_other(
        self, engine: AsyncEngine
    ) -> None:
        async def begin(session: AsyncSession) -> None:
            for statement in GOODS:
                await session.execute(text(statement))

        async def tell(number: int) -> None:
            products = list(range(1, 21))[:: 1 if number % 2 else -1]
            at = NOW - HOUR + timedelta(seconds=number)

            async def work(session: AsyncSession) -> None:
                await _told(session, *(level(product, str(number), at=at) for product in products))

            await run(engine, work, origin="test", tries=30)

        await run(engine, begin, origin="test")
        await asyncio.gather(*(tell(number) for number in range(1, 9)))

        async with AsyncSession(engine) as session:
            assert {row[2] for row in await _stock(session)} == {Decimal(8)}


class TestWarehouses:
    async def test_one_is_created_and_changed(self, session: AsyncSession) -> None:
        await session.execute(
            text("INSERT INTO branches (id, code, name, kind) VALUES (1, 'S', 's', 'SHOP')")
        )
        made = await create_warehouse(session, "W", details={"name": "창고", "branch_id": 1})

        await update_warehouse(
            session, made, changes={"branch_id": None, "active": False}, expected_version=1
        )

        found = await session.execute(text("SELECT code, name, branch_id, active FROM warehouses"))
        assert [tuple(row) for row in found] == [("W", "창고", None, False)]

    async def test_what_is_refused_is_told(self, session: AsyncSession) -> None:
        made = await create_warehouse(session, "W", details={"name": "창고"})

        with pytest.raises(WarehouseCodeTaken):
            await create_warehouse(session, "W", details={"name": "x"})
        with pytest.raises(Invalid, match="no such branch"):
            await update_warehouse(session, made, changes={"branch_id": 9}, expected_version=1)
        with pytest.raises(StaleVersion):
            await update_warehouse(session, made, changes={"name": "x"}, expected_version=2)
        with pytest.raises(WarehouseNotFound):
            await update_warehouse(session, made + 1, changes={"name": "x"}, expected_version=1)
