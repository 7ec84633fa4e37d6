"""What comes back is a line below zero that names the line it takes back, and never more than was bought."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import SYSTEM
from domain.errors import Invalid, StaleVersion
from domain.messages import told
from domain.orders.errors import NothingToReturn, OrderCancelled, OrderShipped, ReturnTooLarge
from domain.orders.model import LineKind
from domain.orders.returns import ReturnedLine, cancel_order, return_lines
from domain.orders.shipment_model import ShipmentState
from domain.orders.shipments import ShippedProduct, create_shipment
from tests.domain.orders.shop import NOW, Rows, line, placed


async def returned(session: AsyncSession, key: int, *lines: tuple[int, str]) -> None:
    back = [ReturnedLine(position, Decimal(quantity)) for position, quantity in lines]
    await return_lines(session, key, back, expected_version=1, actor=SYSTEM, now=NOW)


async def cancelled(session: AsyncSession, key: int) -> None:
    await cancel_order(session, key, expected_version=1, actor=SYSTEM, now=NOW)


LINES = """SELECT position, kind, quantity, unit_price, discount, net_revenue, unit_cost, booked_at IS NOT NULL,
                  (SELECT o.position FROM order_lines o WHERE o.id = l.returned_line_id)
           FROM order_lines l ORDER BY l.position"""


class TestReturnLines:
    async def test_it_is_booked_at_the_price_and_share_of_the_discount(
        self, shop: AsyncSession, rows: Rows
    ) -> None:
        key = await placed(shop, line(1, "3", "1000", discount="100"), line(2, "1", "50"))

        await returned(shop, key, (1, "1"))

        assert (await rows(LINES))[2] == (
            *(3, "RETURN", Decimal(-1), Decimal(1000), Decimal("-33.3333"), Decimal("-966.6667")),
            *(Decimal("1200.5"), True, 1),
        )

    async def test_all_pieces_one_by_one_give_back_all_of_the_money(
        self, shop: AsyncSession, rows: Rows
    ) -> None:
        key = await placed(shop, line(1, "3", "1000", discount="100"))

        for _ in range(3):
            await returned(shop, key, (1, "1"))

        assert await rows("SELECT sum(net_revenue), sum(quantity), sum(discount) FROM order_lines") == [
            (0, 0, 0)
        ]

    @pytest.mark.parametrize("asked", ["2.001", "3"])
    async def test_no_more_comes_back_than_was_bought_less_what_came_back(
        self, shop: AsyncSession, asked: str
    ) -> None:
        key = await placed(shop)
        await returned(shop, key, (1, "1"))

        with pytest.raises(ReturnTooLarge) as refused:
            await returned(shop, key, (1, asked))

        assert refused.value.path == ("lines", 0, "quantity")
        assert str(refused.value) == (
            f"3 were bought and 1 of them returned: {asked} cannot be returned, at most 2"
        )
        assert told(refused.value.message, "ko").startswith("구매 수량은 3, 이미 반품된 수량은 1입니다.")

    async def test_one_call_does_not_take_a_line_back_twice(self, shop: AsyncSession) -> None:
        key = await placed(shop)

        with pytest.raises(ReturnTooLarge, match="3 were bought and 2 of them"):
            await returned(shop, key, (1, "2"), (1, "2"))

    async def test_what_the_erp_booked_without_naming_a_line_counts(self, shop: AsyncSession) -> None:
        key = await placed(shop, line(1, "3"), line(1, "2"))
        await shop.execute(
            text(
                "INSERT INTO order_lines (order_id, position, kind, product_id, quantity, unit_price)"
                f" VALUES ({key}, 9, 'RETURN', 1, -4, 1000)"
            )
        )

        with pytest.raises(ReturnTooLarge, match="at most 1"):
            await returned(shop, key, (1, "2"))
        await returned(shop, key, (1, "1"))

    async def test_what_came_back_in_a_credit_note_counts(self, shop: AsyncSession) -> None:
        key = await placed(shop)
        await shop.execute(
            text(
                "INSERT INTO orders (id, source_system, source_id, number, ordered_at, currency, original_id)"
                f" VALUES (999, 'erp', 'C1', 'C1', now(), 'KRW', {key})"
            )
        )
        await shop.execute(
            text(
                "INSERT INTO order_lines (order_id, position, kind, product_id, quantity, unit_price)"
                " VALUES (999, 1, 'RETURN', 1, -3, 1000)"
            )
        )

        with pytest.raises(ReturnTooLarge, match="at most 0"):
            await returned(shop, key, (1, "1"))

    @pytest.mark.parametrize(
        ("lines", "refusal", "path"),
        [
            ([], Invalid, ("lines",)),
            ([(7, "1")], Invalid, ("lines", 0, "position")),
            ([(1, "1"), (1, "0")], Invalid, ("lines", 1, "quantity")),
            ([(1, "-1")], Invalid, ("lines", 0, "quantity")),
            ([(2, "1")], NothingToReturn, ("lines", 0, "position")),
        ],
        ids=range(5),
    )
    async def test_what_breaks_a_rule_is_told_with_its_place(
        self,
        shop: AsyncSession,
        rows: Rows,
        lines: list[tuple[int, str]],
        refusal: type[Exception],
        path: Any,
    ) -> None:
        key = await placed(shop, line(), line(None, "1", "5", kind=LineKind.ADJUSTMENT))

        with pytest.raises(refusal) as refused:
            await returned(shop, key, *lines)

        assert refused.value.path == path  # type: ignore[attr-defined]  # all of them have one
        assert await rows("SELECT count(*) FROM order_lines") == [(2,)]

    async def test_a_return_is_not_returned(self, shop: AsyncSession) -> None:
        key = await placed(shop)
        await returned(shop, key, (1, "1"))

        with pytest.raises(NothingToReturn, match="line 2 is a RETURN"):
            await returned(shop, key, (2, "1"))

    async def test_a_stale_version_is_told(self, shop: AsyncSession) -> None:
        key = await placed(shop)

        with pytest.raises(StaleVersion):
            await return_lines(
                shop, key, [ReturnedLine(1, Decimal(1))], expected_version=2, actor=SYSTEM, now=NOW
            )

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        discount=st.decimals("0", "999.9999", places=4),
        pieces=st.lists(st.decimals("0.001", "2", places=3), min_size=1, max_size=8),
    )
    async def test_however_it_comes_back_the_sum_is_never_below_nothing(
        self, shop: AsyncSession, rows: Rows, discount: Decimal, pieces: list[Decimal]
    ) -> None:
        key = await placed(shop, line(1, "5", "1234.5678", discount=discount))
        left = Decimal(5)

        for quantity in pieces:
            if quantity > left:
                with pytest.raises(ReturnTooLarge):
                    await returned(shop, key, (1, str(quantity)))
            else:
                await returned(shop, key, (1, str(quantity)))
                left -= quantity
        if left:
            await returned(shop, key, (1, str(left)))

        sums = "SELECT sum(quantity), sum(discount), sum(net_revenue) FROM order_lines"
        (found,) = await rows(f"{sums} WHERE order_id = {key}")
        assert found[:2] == (0, 0)
        assert abs(found[2]) < Decimal("0.001")


class TestCancelOrder:
    async def test_whatever_is_left_is_taken_back(self, shop: AsyncSession, rows: Rows) -> None:
        key = await placed(
            shop,
            line(1, "3", "1000", discount="100"),
            line(3, "1", "0", kind=LineKind.FREE),
            line(None, "1", "-200", kind=LineKind.ADJUSTMENT),
        )
        await returned(shop, key, (1, "1"))

        await cancelled(shop, key)

        assert await rows("SELECT sum(net_revenue), sum(quantity) FROM order_lines") == [(0, 0)]
        assert await rows("SELECT kind, count(*) FROM order_lines GROUP BY 1 ORDER BY 1") == [
            ("ADJUSTMENT", 1),
            ("CANCELLATION", 3),
            ("FREE", 1),
            ("RETURN", 1),
            ("SALE", 1),
        ]
        assert await rows("SELECT cancelled_at FROM orders") == [(NOW,)]

    async def test_once(self, shop: AsyncSession) -> None:
        key = await placed(shop)
        await cancelled(shop, key)

        with pytest.raises(OrderCancelled):
            await cancelled(shop, key)
        with pytest.raises(ReturnTooLarge, match="at most 0"):
            await returned(shop, key, (1, "1"))

    @pytest.mark.parametrize("state", [ShipmentState.SHIPPED, ShipmentState.DELIVERED])
    async def test_what_is_on_its_way_is_returned_and_not_cancelled(
        self, shop: AsyncSession, state: ShipmentState
    ) -> None:
        key = await placed(shop)
        goods = [ShippedProduct(1, Decimal(1))]
        await create_shipment(shop, key, goods, state=state, actor=SYSTEM, now=NOW)

        with pytest.raises(OrderShipped, match="1 shipments"):
            await cancelled(shop, key)

    async def test_what_is_prepared_hinders_nothing(self, shop: AsyncSession, rows: Rows) -> None:
        key = await placed(shop)
        await create_shipment(shop, key, [ShippedProduct(1, Decimal(1))], actor=SYSTEM, now=NOW)

        await cancelled(shop, key)

        assert await rows("SELECT sum(net_revenue) FROM order_lines") == [(0,)]
