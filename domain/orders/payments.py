"""Changes of payments: recorded, moved on, given back. A trigger keeps the states they went through."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Actor
from domain.company.currencies import scales
from domain.errors import Conflict, Invalid, StaleVersion
from domain.messages import say
from domain.money import Money, amount
from domain.orders.commands import CLOCK_DIFFERENCE, SYSTEM, locked
from domain.orders.errors import ExternalIdTaken, MoveNotAllowed, PaymentNotFound, RefundTooLarge
from domain.orders.names import SourceId, checked_name
from domain.orders.payment_model import Payment, PaymentMethod, PaymentState
from domain.orders.payment_queries import visible_to

AUTHORISED, PAID, REFUNDED, FAILED = PaymentState

MOVES: dict[PaymentState, frozenset[PaymentState]] = {
    AUTHORISED: frozenset({PAID, FAILED}),
    PAID: frozenset({FAILED}),
    REFUNDED: frozenset(),
    FAILED: frozenset(),
}
"""From each state to those that may follow: a cheque that was paid may still bounce. To give back is a refund."""


@dataclass(frozen=True)
class NewPayment:
    """A payment as it is told. `at` is when it reached its state: now, unless it says when."""

    method: PaymentMethod
    amount: Money
    state: PaymentState = PAID
    at: datetime | None = None
    external_id: SourceId | None = None


async def record_payment(
    session: AsyncSession, order_id: int, payment: NewPayment, *, actor: Actor, now: datetime
) -> int:
    """The payment of the order is here; its key. It is in the order's currency; more than is open may be paid.

    Raises OrderNotFound, Invalid, ExternalIdTaken. At most four statements.
    """
    order = await locked(session, order_id, None, actor=actor, at="order_id")
    paid = await _amount(session, payment.amount, order.currency)
    if paid == 0:
        raise Invalid(say("a payment is of more than 0"), "amount", "amount")
    if payment.state is REFUNDED:
        raise Invalid(say("a payment begins as {allowed}", allowed="AUTHORISED, PAID, FAILED"), "state")
    at = checked_time(payment.at, now=now)
    name = checked_name(payment.external_id, SYSTEM)
    made: int | None = await session.scalar(
        insert(Payment)
        .values(
            source_system=name.system,
            source_id=name.id,
            order_id=order_id,
            method=payment.method.value,
            amount=paid,
            currency=order.currency,
            state=payment.state.value,
            state_at=at,
            booked_at=at,
            paid_at=at if payment.state is PAID else None,
        )
        .on_conflict_do_nothing(index_elements=[Payment.source_system, Payment.source_id])
        .returning(Payment.id)
    )
    if made is None:
        raise ExternalIdTaken(name.system, name.id)
    return made


async def move_payment(
    session: AsyncSession,
    payment_id: int,
    state: PaymentState,
    *,
    expected_version: int,
    actor: Actor,
    now: datetime,
    at: datetime | None = None,
) -> None:
    """The payment has reached the state at `at`, now unless it says when.

    Raises PaymentNotFound, StaleVersion, MoveNotAllowed, Invalid. Two statements.
    """
    standing = await _locked(session, payment_id, expected_version, actor=actor)
    here = PaymentState(standing.state)
    if state not in MOVES[here]:
        raise MoveNotAllowed(here, state, MOVES[here])
    if standing.refunded_amount:
        raise Conflict(say("a payment of which something was given back has not failed"), "state")
    reached = checked_time(at, now=now, since=standing.state_at)
    await session.execute(
        update(Payment)
        .where(Payment.id == payment_id)
        .values(state=state.value, state_at=reached, paid_at=reached if state is PAID else None)
    )


async def refund_payment(
    session: AsyncSession,
    payment_id: int,
    *,
    expected_version: int,
    actor: Actor,
    now: datetime,
    given_back: Money | None = None,
    at: datetime | None = None,
) -> None:
    """So much of the payment is given back, or all that is left of it; once all is, it is REFUNDED.

    Raises PaymentNotFound, StaleVersion, MoveNotAllowed, RefundTooLarge, Invalid. At most three statements.
    """
    standing = await _locked(session, payment_id, expected_version, actor=actor)
    here = PaymentState(standing.state)
    if here is not PAID:
        raise MoveNotAllowed(here, REFUNDED, MOVES[here])
    left: Decimal = standing.amount - standing.refunded_amount
    back = left if given_back is None else await _amount(session, given_back, standing.currency)
    if back == 0:
        raise Invalid(say("a refund is of more than 0"), "amount", "amount")
    if back > left:
        raise RefundTooLarge(
            paid=standing.amount, refunded=standing.refunded_amount, asked=back, currency=standing.currency
        )
    reached = checked_time(at, now=now, since=standing.state_at)
    await session.execute(
        update(Payment)
        .where(Payment.id == payment_id)
        .values(
            refunded_amount=standing.refunded_amount + back,
            state=(REFUNDED if back == left else PAID).value,
            state_at=reached,
        )
    )


def checked_time(at: datetime | None, *, now: datetime, since: datetime | None = None) -> datetime:
    """When something reached a state. Raises Invalid for a time in the future, or before the state it leaves."""
    if at is None:
        return now if since is None else max(now, since)
    if at > now + CLOCK_DIFFERENCE:
        raise Invalid(say("{name} {at} lies in the future", name="at", at=at.isoformat()), "at")
    if since is not None and at < since:
        raise Invalid(
            say(
                "{at} is before {since}, when the state before it was reached",
                at=at.isoformat(),
                since=since.isoformat(),
            ),
            "at",
        )
    return at


async def _amount(session: AsyncSession, money: Money, currency: str) -> Decimal:
    if money.currency != currency:
        raise Invalid(
            say("the order is in {currency}, not in {given}", currency=currency, given=money.currency[:10]),
            "amount",
            "currency",
        )
    return amount(money, "amount", scales=await scales(session, {currency}))


async def _locked(
    session: AsyncSession, payment_id: int, expected_version: int, *, actor: Actor
) -> Row[*tuple[Any, ...]]:
    found = (
        await session.execute(
            select(Payment.__table__)
            .where(Payment.id == payment_id, visible_to(actor))
            .with_for_update(key_share=True, of=Payment)
        )
    ).one_or_none()
    if found is None:
        raise PaymentNotFound
    if found.version != expected_version:
        raise StaleVersion("payment", payment_id, expected=expected_version, current=found.version)
    return found
