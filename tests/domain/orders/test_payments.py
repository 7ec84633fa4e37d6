"""Payments are recorded, move on and are given back, and nothing counts twice."""

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
from domain.money import Money
from domain.orders.errors import (
    ExternalIdTaken,
    MoveNotAllowed,
    OrderNotFound,
    PaymentNotFound,
    RefundTooLarge,
)
from domain.orders.names import SourceId
from domain.orders.payment_model import PaymentMethod, PaymentState
from domain.orders.payments import MOVES, NewPayment, move_payment, record_payment, refund_payment
from tests.domain.orders.shop import KIM, NOW, SHOP, Rows, placed

AUTHORISED, PAID, REFUNDED, FAILED = PaymentState
HOUR = timedelta(hours=1)
STATES = "SELECT state, amount, reached_at FROM payment_states ORDER BY id"


def won(amount: str) -> Money:
    return Money(Decimal(amount), "KRW")


async def paid(session: AsyncSession, order: int, amount: str = "3000", **more: Any) -> int:
    payment = NewPayment(PaymentMethod.CARD, won(amount), **more)
    return await record_payment(session, order, payment, actor=SYSTEM, now=NOW)


async def moved(session: AsyncSession, key: int, state: PaymentState, **more: Any) -> None:
    await move_payment(session, key, state, **{"expected_version": 1, "actor": SYSTEM, "now": NOW, **more})


async def refunded(session: AsyncSession, key: int, amount: str | None = None, **more: Any) -> None:
    back = None if amount is None else won(amount)
    told = {"expected_version": 1, "actor": SYSTEM, "now": NOW, **more}
    await refund_payment(session, key, given_back=back, **told)


class TestRecordPayment:
    async def test_it_is_here_and_its_history_begins(self, shop: AsyncSession, rows: Rows) -> None:
        order = await placed(shop)

        await paid(shop, order, at=NOW - HOUR, external_id=SourceId("pg", "T-1"))

        assert await rows(
            "SELECT source_system, source_id, order_id, method, amount, refunded_amount, currency, state, paid_at"
            " FROM payments"
        ) == [("pg", "T-1", order, "CARD", 3000, 0, "KRW", "PAID", NOW - HOUR)]
        assert await rows(STATES) == [("PAID", 3000, NOW - HOUR)]

    async def test_the_same_of_a_system_is_taken_in_once(self, shop: AsyncSession, rows: Rows) -> None:
        order = await placed(shop)
        await paid(shop, order, external_id=SourceId("pg", "T-1"))

        with pytest.raises(ExternalIdTaken, match="'T-1'"):
            await paid(shop, order, external_id=SourceId("pg", "T-1"))
        await paid(shop, order, external_id=SourceId("other", "T-1"))
        await paid(shop, order)
        await paid(shop, order)

        assert await rows("SELECT count(*) FROM payments") == [(4,)]

    @pytest.mark.parametrize(
        ("payment", "path"),
        [
            (NewPayment(PaymentMethod.CARD, Money(Decimal(1), "GBP")), ("amount", "currency")),
            (NewPayment(PaymentMethod.CARD, won("0.5")), ("amount", "amount")),
            (NewPayment(PaymentMethod.CARD, won("0")), ("amount", "amount")),
            (NewPayment(PaymentMethod.CARD, won("-1")), ("amount", "amount")),
            (NewPayment(PaymentMethod.CARD, won("1"), state=REFUNDED), ("state",)),
            (NewPayment(PaymentMethod.CARD, won("1"), at=NOW + HOUR), ("at",)),
            (
                NewPayment(PaymentMethod.CARD, won("1"), external_id=SourceId("pg", " ")),
                ("external_id", "id"),
            ),
        ],
        ids=range(7),
    )
    async def test_what_breaks_a_rule_is_told_with_its_place(
        self, shop: AsyncSession, rows: Rows, payment: NewPayment, path: tuple[str, ...]
    ) -> None:
        order = await placed(shop)

        with pytest.raises(Invalid) as refused:
            await record_payment(shop, order, payment, actor=SYSTEM, now=NOW)

        assert refused.value.path == path
        assert await rows("SELECT id FROM payments") == []

    async def test_of_an_order_that_one_may_not_see_it_is_refused(self, shop: AsyncSession) -> None:
        order = await placed(shop, customer_id=2)

        with pytest.raises(OrderNotFound) as refused:
            await record_payment(shop, order, NewPayment(PaymentMethod.CASH, won("1")), actor=KIM, now=NOW)

        assert refused.value.path == ("order_id",)

    async def test_the_orders_version_stays(self, engine: AsyncEngine) -> None:
        """The cube follows orders: a payment is none of its business."""

        async def begin(session: AsyncSession) -> int:
            for statement in SHOP:
                await session.execute(text(statement))
            return await placed(session)

        order = await run(engine, begin, origin="test")
        await run(engine, lambda session: paid(session, order), origin="test")

        async with AsyncSession(engine) as session:
            found = await session.execute(text("SELECT aggregate FROM change ORDER BY id DESC LIMIT 1"))
            assert found.scalar_one() == "payment"
            assert await session.scalar(text("SELECT version FROM orders")) == 1


class TestMovePayment:
    @pytest.mark.parametrize("wanted", PaymentState)
    @pytest.mark.parametrize("first", [AUTHORISED, PAID, FAILED])
    async def test_states_move_as_the_table_says(
        self, shop: AsyncSession, rows: Rows, first: PaymentState, wanted: PaymentState
    ) -> None:
        key = await paid(shop, await placed(shop), state=first)

        if wanted in MOVES[first]:
            await moved(shop, key, wanted)
            assert await rows("SELECT state, paid_at IS NOT NULL FROM payments") == [(wanted, wanted is PAID)]
            assert [state for state, _, _ in await rows(STATES)] == [first, wanted]
        else:
            with pytest.raises(MoveNotAllowed, match=f"what is {first} cannot become {wanted}"):
                await moved(shop, key, wanted)

    async def test_its_time_is_not_before_the_state_it_leaves(self, shop: AsyncSession, rows: Rows) -> None:
        key = await paid(shop, await placed(shop), state=AUTHORISED, at=NOW - HOUR)

        with pytest.raises(Invalid, match="is before"):
            await moved(shop, key, PAID, at=NOW - 2 * HOUR)
        await moved(shop, key, PAID, at=NOW - HOUR)

        assert await rows("SELECT paid_at FROM payments") == [(NOW - HOUR,)]

    async def test_what_one_may_not_see_is_not_found(self, shop: AsyncSession) -> None:
        key = await paid(shop, await placed(shop, customer_id=2), state=AUTHORISED)

        with pytest.raises(PaymentNotFound):
            await moved(shop, key, PAID, actor=KIM)
        with pytest.raises(StaleVersion):
            await moved(shop, key, PAID, expected_version=3)


class TestRefundPayment:
    async def test_parts_add_up_to_the_whole(self, shop: AsyncSession, rows: Rows) -> None:
        key = await paid(shop, await placed(shop))

        await refunded(shop, key, "1000")
        half_way = await rows("SELECT state, refunded_amount FROM payments")
        await refunded(shop, key)

        assert half_way == [("PAID", 1000)]
        assert await rows("SELECT state, refunded_amount FROM payments") == [("REFUNDED", 3000)]
        assert await rows(STATES) == [("PAID", 3000, NOW), ("REFUNDED", 1000, NOW), ("REFUNDED", 2000, NOW)]

    async def test_no_more_is_given_back_than_was_paid(self, shop: AsyncSession) -> None:
        key = await paid(shop, await placed(shop))
        await refunded(shop, key, "1000")

        with pytest.raises(RefundTooLarge) as refused:
            await refunded(shop, key, "2001")

        assert str(refused.value) == (
            "3000 KRW were paid and 1000 given back: 2001 cannot be given back, at most 2000"
        )

    async def test_only_what_was_paid_is_given_back(self, shop: AsyncSession) -> None:
        order = await placed(shop)
        waiting = await paid(shop, order, state=AUTHORISED)
        back = await paid(shop, order)
        await refunded(shop, back)

        for key in (waiting, back):
            with pytest.raises(MoveNotAllowed):
                await refunded(shop, key)

    @pytest.mark.parametrize("amount", ["0", "0.5", "-1"])
    async def test_a_refund_is_an_amount(self, shop: AsyncSession, amount: str) -> None:
        key = await paid(shop, await placed(shop))

        with pytest.raises(Invalid) as refused:
            await refunded(shop, key, amount)

        assert refused.value.path == ("amount", "amount")

    async def test_what_is_given_back_in_part_has_not_failed(self, shop: AsyncSession) -> None:
        key = await paid(shop, await placed(shop))
        await refunded(shop, key, "1")

        with pytest.raises(DomainError, match="has not failed"):
            await moved(shop, key, FAILED)

    async def test_of_ten_who_give_it_back_at_once_one_does(self, engine: AsyncEngine) -> None:
        async def begin(session: AsyncSession) -> int:
            for statement in SHOP:
                await session.execute(text(statement))
            return await paid(session, await placed(session))

        async def attempt() -> str:
            try:
                await run(engine, lambda session: refunded(session, key), origin="test")
            except DomainError as refused:
                return type(refused).__name__
            return "DONE"

        key = await run(engine, begin, origin="test")
        outcomes = Counter(await asyncio.gather(*(attempt() for _ in range(10))))

        assert outcomes == {"DONE": 1, "StaleVersion": 9}
