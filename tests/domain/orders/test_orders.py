"""Orders are created and changed."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from domain.access import SYSTEM, Actor
from domain.channels import Channel
from domain.customers.errors import CustomerNotFound
from domain.db import run
from domain.errors import Invalid, StaleVersion
from domain.money import UnknownCurrency
from domain.orders.commands import create_order, update_order
from domain.orders.errors import (
    LinesSettled,
    OrderCancelled,
    OrderNotFound,
    OrderNumberTaken,
    OrderOutOfSight,
)
from domain.orders.lines import NewLine
from domain.orders.model import LineKind
from domain.orders.returns import ReturnedLine, cancel_order, return_lines
from tests.domain.orders.shop import KIM, NOW, SHOP, SHOPKEEPER, Rows, line, placed


class TestCreateOrder:
    async def test_it_is_here_with_its_lines_in_their_order(self, shop: AsyncSession, rows: Rows) -> None:
        await placed(
            shop,
            line(1, "3", "1000", discount="0.5"),
            line(2, "1.250", "0.001"),
            line(3, "1", "0", kind=LineKind.FREE),
            line(None, "1", "-200", kind=LineKind.ADJUSTMENT),
            line(4, "1", "15000", unit_cost="8000"),
            channel=Channel.STORE,
            branch_id=1,
        )

        assert await rows(
            "SELECT source_system, customer_id, branch_id, channel, ordered_at, currency FROM orders"
        ) == [("dangol", 1, 1, "STORE", NOW, "KRW")]
        assert await rows(
            "SELECT position, kind, product_id, gross, net_revenue, unit_cost FROM order_lines ORDER BY 1"
        ) == [
            (1, "SALE", 1, Decimal(3000), Decimal("2999.5"), Decimal("1200.5")),
            (2, "SALE", 2, Decimal("0.0013"), Decimal("0.0013"), None),
            (3, "FREE", 3, Decimal(0), Decimal(0), None),
            (4, "ADJUSTMENT", None, Decimal(-200), Decimal(-200), None),
            (5, "SALE", 4, Decimal(15000), Decimal(15000), Decimal(8000)),
        ]

    async def test_a_number_is_given_out_unless_one_is_told(self, shop: AsyncSession, rows: Rows) -> None:
        key = await placed(shop)
        await create_order(shop, "KRW", details={"lines": [line()]}, number="S-1", actor=SYSTEM, now=NOW)

        assert await rows("SELECT number FROM orders ORDER BY id") == [(f"D-{key}",), ("S-1",)]
        with pytest.raises(OrderNumberTaken, match="'S-1'"):
            await create_order(shop, "KRW", details={"lines": [line()]}, number="S-1", actor=SYSTEM, now=NOW)

    @pytest.mark.parametrize(
        ("lines", "path"),
        [
            ([], ("lines",)),
            ([line(99)], ("lines", 0, "product_id")),
            ([line(None)], ("lines", 0, "product_id")),
            ([line(), line(quantity="0")], ("lines", 1, "quantity")),
            ([line(quantity="-1")], ("lines", 0, "quantity")),
            ([line(quantity="1.0001")], ("lines", 0, "quantity")),
            ([line(quantity="999999999999", price="999999")], ("lines", 0, "quantity")),
            ([line(quantity="999999999999", price="999999999999999")], ("lines", 0, "quantity")),
            ([line(price="-1")], ("lines", 0, "unit_price")),
            ([line(price="0.00001")], ("lines", 0, "unit_price")),
            ([line(kind=LineKind.FREE)], ("lines", 0, "unit_price")),
            ([line(kind=LineKind.RETURN)], ("lines", 0, "kind")),
            ([line(discount="3001")], ("lines", 0, "discount")),
            ([line(discount="-1")], ("lines", 0, "discount")),
            ([line(unit_cost="-1")], ("lines", 0, "unit_cost")),
            ([line(quantity="99999999", price="1", unit_cost="99999999")], ("lines", 0, "unit_cost")),
            ([line(price="NaN")], ("lines", 0, "unit_price")),
            ([line()] * 1001, ("lines",)),
        ],
        ids=range(18),
    )
    async def test_a_bad_line_is_told_with_its_place(
        self, shop: AsyncSession, rows: Rows, lines: list[NewLine], path: tuple[str | int, ...]
    ) -> None:
        with pytest.raises(Invalid) as refused:
            await create_order(shop, "KRW", details={"lines": lines}, actor=SYSTEM, now=NOW)

        assert refused.value.path == path
        assert await rows("SELECT id FROM orders") == []

    async def test_what_is_referred_to_must_be_there(self, shop: AsyncSession) -> None:
        bad: list[dict[str, Any]] = [{"branch_id": 9}, {"agent_id": 9}, {"agent_id": 3}]
        for told in bad:
            with pytest.raises(Invalid) as refused:
                await placed(shop, **told)
            assert refused.value.path == tuple(told)
        with pytest.raises(CustomerNotFound):
            await placed(shop, customer_id=2, actor=KIM)
        with pytest.raises(UnknownCurrency):
            await create_order(shop, "ABC", details={"lines": [line()]}, actor=SYSTEM, now=NOW)

    async def test_an_agent_takes_it_and_sees_it_without_a_customer_of_his(
        self, shop: AsyncSession, rows: Rows
    ) -> None:
        await placed(shop, actor=KIM, customer_id=None)

        assert await rows("SELECT agent_id, customer_id FROM orders") == [(1, None)]
        with pytest.raises(OrderOutOfSight):
            await placed(shop, actor=KIM, customer_id=None, agent_id=2)

    async def test_one_of_a_branch_places_it_there(self, shop: AsyncSession, rows: Rows) -> None:
        await placed(shop, actor=SHOPKEEPER, customer_id=None)

        assert await rows("SELECT branch_id FROM orders") == [(2,)]
        with pytest.raises(OrderOutOfSight):
            await placed(shop, actor=SHOPKEEPER, customer_id=None, branch_id=1)

    async def test_a_thousand_lines_are_a_few_statements(self, shop: AsyncSession, rows: Rows) -> None:
        await placed(shop, *(line(1 + n % 4, "1", str(n)) for n in range(1000)))

        assert await rows("SELECT count(*), sum(net_revenue) FROM order_lines") == [(1000, Decimal(499500))]


class TestUpdateOrder:
    async def _update(
        self, shop: AsyncSession, key: int, *, version: int = 1, actor: Actor = SYSTEM, **changes: Any
    ) -> None:
        told: Any = changes
        await update_order(shop, key, changes=told, expected_version=version, actor=actor, now=NOW)

    async def test_what_is_absent_is_left_and_none_clears(self, shop: AsyncSession, rows: Rows) -> None:
        key = await placed(shop, channel=Channel.WEB, branch_id=1)

        await self._update(shop, key, customer_id=None, agent_id=2)

        assert await rows("SELECT customer_id, agent_id, channel, branch_id FROM orders") == [
            (None, 2, "WEB", 1)
        ]
        assert await rows("SELECT count(*) FROM order_lines") == [(1,)]

    async def test_lines_are_replaced_as_a_whole_and_what_stays_is_not_written(
        self, shop: AsyncSession, rows: Rows
    ) -> None:
        key = await placed(shop, line(1), line(2), line(3))
        before = await rows("SELECT id, xmin::text, ctid::text FROM order_lines WHERE position = 1")

        await self._update(shop, key, lines=[line(1), line(4, "2")])

        assert await rows("SELECT position, product_id, quantity FROM order_lines ORDER BY 1") == [
            (1, 1, Decimal(3)),
            (2, 4, Decimal(2)),
        ]
        assert before == await rows("SELECT id, xmin::text, ctid::text FROM order_lines WHERE position = 1")

    async def test_lines_that_stay_raise_no_version(self, engine: AsyncEngine) -> None:
        async def begin(session: AsyncSession) -> int:
            for statement in SHOP:
                await session.execute(text(statement))
            return await placed(session, line(1), line(2, discount="1"))

        async def again(session: AsyncSession) -> None:
            await self._update(session, key, lines=[line(1), line(2, discount="1")])

        key = await run(engine, begin, origin="test")
        await run(engine, again, origin="test")

        async with AsyncSession(engine) as session:
            assert await session.scalar(text("SELECT version FROM orders")) == 1

    async def test_lines_that_returns_stand_on_stay(self, shop: AsyncSession) -> None:
        key = await placed(shop)
        back = [ReturnedLine(1, Decimal(1))]
        await return_lines(shop, key, back, expected_version=1, actor=SYSTEM, now=NOW)

        with pytest.raises(LinesSettled):
            await self._update(shop, key, lines=[line(2)])

    async def test_a_cancelled_order_stays_as_it_is(self, shop: AsyncSession) -> None:
        key = await placed(shop)
        await cancel_order(shop, key, expected_version=1, actor=SYSTEM, now=NOW)

        with pytest.raises(OrderCancelled):
            await self._update(shop, key, channel=None)

    async def test_what_one_may_not_see_is_not_found(self, shop: AsyncSession) -> None:
        key = await placed(shop, customer_id=2)

        with pytest.raises(OrderNotFound):
            await self._update(shop, key, actor=KIM, channel=None)
        with pytest.raises(StaleVersion):
            await self._update(shop, key, version=2, channel=None)

    async def test_nobody_gives_it_out_of_his_own_sight(self, shop: AsyncSession) -> None:
        key = await placed(shop, actor=KIM)

        with pytest.raises(OrderOutOfSight):
            await self._update(shop, key, actor=KIM, customer_id=None, agent_id=2)
