"""Shipments carry no more than is ordered, and move on."""

import asyncio
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from domain.access import SYSTEM
from domain.db import run
from domain.errors import DomainError, Invalid, StaleVersion
from domain.orders.errors import (
    ExternalIdTaken,
    MoveNotAllowed,
    OrderCancelled,
    OrderNotFound,
    ShipmentNotFound,
    ShipmentTooLarge,
)
from domain.orders.names import SourceId
from domain.orders.returns import ReturnedLine, cancel_order, return_lines
from domain.orders.shipment_model import ShipmentState
from domain.orders.shipments import MOVES, ShippedProduct, create_shipment, move_shipment
from tests.domain.orders.shop import KIM, NOW, SHOP, Rows, line, placed

PREPARING, SHIPPED, DELIVERED, RETURNED, LOST = ShipmentState
HOUR = timedelta(hours=1)


async def sent(session: AsyncSession, order: int, *goods: tuple[int, str], **more: Any) -> int:
    lines = [ShippedProduct(product, Decimal(quantity)) for product, quantity in goods]
    return await create_shipment(session, order, lines, **{"actor": SYSTEM, "now": NOW, **more})


async def moved(session: AsyncSession, key: int, state: ShipmentState, **more: Any) -> None:
    await move_shipment(session, key, state, **{"expected_version": 1, "actor": SYSTEM, "now": NOW, **more})


class TestCreateShipment:
    async def test_it_is_here_with_what_it_carries(self, shop: AsyncSession, rows: Rows) -> None:
        order = await placed(shop, line(1, "3"), line(2, "1"))

        await sent(
            shop,
            order,
            (1, "2"),
            (2, "1"),
            details={"carrier": "CJ", "tracking": "123-4", "warehouse_id": 1},
            state=SHIPPED,
            at=NOW - HOUR,
            external_id=SourceId("scm", "S-1"),
        )

        assert await rows(
            "SELECT source_id, order_id, warehouse_id, carrier, tracking, state, booked_at, shipped_at, delivered_at"
            " FROM shipments"
        ) == [("S-1", order, 1, "CJ", "123-4", "SHIPPED", NOW - HOUR, NOW - HOUR, None)]
        assert await rows("SELECT product_id, quantity FROM shipment_lines ORDER BY 1") == [(1, 2), (2, 1)]
        assert await rows("SELECT state, reached_at FROM shipment_states") == [("SHIPPED", NOW - HOUR)]

    async def test_no_more_is_sent_than_is_ordered(self, shop: AsyncSession) -> None:
        order = await placed(shop, line(1, "2"), line(1, "3"))
        await sent(shop, order, (1, "4"))

        with pytest.raises(ShipmentTooLarge) as refused:
            await sent(shop, order, (1, "1.5"))

        assert refused.value.path == ("lines", 0, "quantity")
        assert str(refused.value) == (
            "5 are ordered and 4 in other shipments: 1.5 cannot be shipped, at most 1"
        )

    async def test_what_was_lost_or_came_back_is_sent_again(self, shop: AsyncSession) -> None:
        order = await placed(shop, line(1, "2"))
        first = await sent(shop, order, (1, "2"), state=SHIPPED)
        await moved(shop, first, LOST)

        second = await sent(shop, order, (1, "2"), state=SHIPPED)
        await moved(shop, second, RETURNED)

        assert await sent(shop, order, (1, "2"))

    async def test_what_the_customer_returned_was_sent_before(self, shop: AsyncSession) -> None:
        order = await placed(shop, line(1, "2"))
        back = [ReturnedLine(1, Decimal(1))]
        await return_lines(shop, order, back, expected_version=1, actor=SYSTEM, now=NOW)

        assert await sent(shop, order, (1, "2"))

    async def test_of_a_cancelled_order_nothing_is_sent(self, shop: AsyncSession) -> None:
        order = await placed(shop)
        await cancel_order(shop, order, expected_version=1, actor=SYSTEM, now=NOW)

        with pytest.raises(OrderCancelled):
            await sent(shop, order, (1, "1"))

    @pytest.mark.parametrize("state", [SHIPPED, DELIVERED])
    async def test_what_was_prepared_stays_here_once_the_order_is_cancelled(
        self, shop: AsyncSession, state: ShipmentState
    ) -> None:
        order = await placed(shop)
        prepared = await sent(shop, order, (1, "1"))
        await cancel_order(shop, order, expected_version=1, actor=SYSTEM, now=NOW)

        with pytest.raises(OrderCancelled):
            await moved(shop, prepared, state)

        await moved(shop, prepared, LOST)

    @pytest.mark.parametrize(
        ("goods", "more", "path"),
        [
            ([], {}, ("lines",)),
            ([(4, "1")], {}, ("lines", 0, "product_id")),
            ([(1, "1"), (1, "1")], {}, ("lines", 1, "product_id")),
            ([(1, "0")], {}, ("lines", 0, "quantity")),
            ([(1, "1")], {"state": LOST}, ("state",)),
            ([(1, "1")], {"at": NOW + HOUR}, ("at",)),
            ([(1, "1")], {"details": {"warehouse_id": 9}}, ("warehouse_id",)),
            ([(1, "1")], {"details": {"carrier": "a\u202e"}}, ("carrier",)),
            ([(1, "1")], {"details": {"tracking": " "}}, ("tracking",)),
        ],
        ids=range(9),
    )
    async def test_what_breaks_a_rule_is_told_with_its_place(
        self, shop: AsyncSession, rows: Rows, goods: list[tuple[int, str]], more: Any, path: Any
    ) -> None:
        order = await placed(shop)

        with pytest.raises(Invalid) as refused:
            await sent(shop, order, *goods, **more)

        assert refused.value.path == path
        assert await rows("SELECT id FROM shipments") == []

    async def test_the_same_of_a_system_is_taken_in_once(self, shop: AsyncSession) -> None:
        order = await placed(shop)
        await sent(shop, order, (1, "1"), external_id=SourceId("scm", "S"))

        with pytest.raises(ExternalIdTaken):
            await sent(shop, order, (1, "1"), external_id=SourceId("scm", "S"))

    async def test_of_an_order_that_one_may_not_see_it_is_refused(self, shop: AsyncSession) -> None:
        order = await placed(shop, customer_id=2)

        with pytest.raises(OrderNotFound):
            await sent(shop, order, (1, "1"), actor=KIM)

    async def test_of_ten_who_send_the_last_piece_one_does(self, engine: AsyncEngine) -> None:
        async def begin(session: AsyncSession) -> int:
            for statement in SHOP:
                await session.execute(text(statement))
            return await placed(session, line(1, "1"))

        async def attempt() -> str:
            try:
                await run(engine, lambda session: sent(session, order, (1, "1")), origin="test")
            except DomainError as refused:
                return type(refused).__name__
            return "DONE"

        order = await run(engine, begin, origin="test")
        outcomes = Counter(await asyncio.gather(*(attempt() for _ in range(10))))

        assert outcomes == {"DONE": 1, "ShipmentTooLarge": 9}


class TestMoveShipment:
    @pytest.mark.parametrize("wanted", ShipmentState)
    @pytest.mark.parametrize("first", [PREPARING, SHIPPED, DELIVERED])
    async def test_states_move_as_the_table_says(
        self, shop: AsyncSession, rows: Rows, first: ShipmentState, wanted: ShipmentState
    ) -> None:
        key = await sent(shop, await placed(shop), (1, "1"), state=first)

        if wanted in MOVES[first]:
            await moved(shop, key, wanted)
            assert await rows("SELECT state FROM shipment_states ORDER BY id") == [(first,), (wanted,)]
        else:
            with pytest.raises(MoveNotAllowed, match=f"what is {first} cannot become {wanted}"):
                await moved(shop, key, wanted)

    async def test_what_was_lost_may_be_found(self, shop: AsyncSession, rows: Rows) -> None:
        key = await sent(shop, await placed(shop), (1, "1"), state=SHIPPED, at=NOW - 3 * HOUR)
        await moved(shop, key, LOST, at=NOW - 2 * HOUR)

        await moved(shop, key, DELIVERED, at=NOW - HOUR, details={"tracking": "found"})

        assert await rows("SELECT state, shipped_at, delivered_at, tracking FROM shipments") == [
            ("DELIVERED", NOW - 3 * HOUR, NOW - HOUR, "found")
        ]

    async def test_its_time_is_not_before_the_state_it_leaves(self, shop: AsyncSession) -> None:
        key = await sent(shop, await placed(shop), (1, "1"), at=NOW - HOUR)

        with pytest.raises(Invalid, match="is before"):
            await moved(shop, key, SHIPPED, at=NOW - 2 * HOUR)

    async def test_what_one_may_not_see_is_not_found(self, shop: AsyncSession) -> None:
        key = await sent(shop, await placed(shop, customer_id=2), (1, "1"))

        with pytest.raises(ShipmentNotFound):
            await moved(shop, key, SHIPPED, actor=KIM)
        with pytest.raises(StaleVersion):
            await moved(shop, key, SHIPPED, expected_version=3)
