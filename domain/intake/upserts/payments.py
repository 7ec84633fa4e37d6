"""Upserts of payments of orders."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import DomainError, Invalid
from domain.intake.masters import Field, Master
from domain.intake.upserts.form import ON_ROOT, PARTS
from domain.intake.upserts.kinds import Kind
from domain.intake.upserts.references import ORDER, PAYMENT
from domain.intake.upserts.rows import Row, column, read_key, read_version, reference
from domain.messages import say
from domain.money import Money, amount
from domain.orders.commands import CLOCK_DIFFERENCE
from domain.orders.payment_model import PaymentState

_TEXT = 'text COLLATE "C"'
_PAID = frozenset({PaymentState.PAID.value, PaymentState.REFUNDED.value})

_MASTER = Master(
    staging="intake_payment_upserts",
    root="payments",
    external_ids=None,
    key="id",
    fields=(
        Field("order_id", "bigint"),
        Field("method", _TEXT),
        Field("amount", "numeric(18, 2)"),
        Field("refunded_amount", "numeric(18, 2)"),
        Field("currency", _TEXT),
        Field("state", _TEXT),
        Field("state_at", "timestamptz"),
        Field("booked_at", "timestamptz", empty="g.state_at"),
        # What was paid once keeps the time when it is refunded.
        Field(
            "paid_at", "timestamptz", empty="CASE WHEN g.state IN ('PAID', 'REFUNDED') THEN g.state_at END"
        ),
    ),
    made=ON_ROOT,
    parts=PARTS,
    stale="s.stale",
)


def _settle(row: Row, now: datetime) -> None:
    """A payment is told as a whole: what it is of depends on each other. Raises Invalid."""
    for name in ("order_id", "method", "amount", "state", "state_at"):
        if name not in row.cells:
            place = name.removesuffix("_id")
            raise Invalid(say("{name} is missing: a payment is told as a whole", name=place), place)
    if row.cells["state_at"] > now + CLOCK_DIFFERENCE:
        at = row.cells["state_at"].isoformat()
        raise Invalid(say("{name} {at} lies in the future", name="state_at", at=at), "state_at")
    if row.cells["state"] not in _PAID:
        row.cleared.add("paid_at")
        row.cells.pop("paid_at", None)


async def _check(session: AsyncSession, rows: Sequence[Row]) -> None:
    """The amounts are in the currency of the order. One statement."""
    found = await session.execute(
        text("""
            SELECT o.id, o.currency, c.scale FROM orders o JOIN currencies c ON c.code = o.currency
            WHERE o.id = ANY(CAST(:ids AS bigint[]))
        """),
        {"ids": [row.cells["order_id"] for row in rows if row.error is None]},
    )
    orders = {row.id: (row.currency, row.scale) for row in found}
    for row in rows:
        if row.error is None:
            row.error = _wrong(row, *orders[row.cells["order_id"]])


def _wrong(row: Row, currency: str, scale: int) -> DomainError | None:
    paid: Money = row.cells["amount"]
    refunded: Money | None = row.cells.get("refunded_amount")
    whole = row.cells["state"] == PaymentState.REFUNDED.value
    try:
        given = _amount(paid, currency, scale, "amount")
        back = (
            _amount(refunded, currency, scale, "refunded_amount")
            if refunded
            else given
            if whole
            else Decimal(0)
        )
    except Invalid as error:
        return error
    if given == 0:
        return Invalid(say("a payment is of more than 0"), "amount", "amount")
    if back > given or (back == given) != whole:
        return Invalid(
            say("a payment is REFUNDED when all of it was given back, and then alone"), "refunded_amount"
        )
    if back and row.cells["state"] not in _PAID:
        return Invalid(say("only what was paid is given back"), "refunded_amount")
    row.cells |= {"amount": given, "refunded_amount": back, "currency": currency}
    return None


def _amount(money: Money, currency: str, scale: int, name: str) -> Decimal:
    if money.currency != currency:
        raise Invalid(
            say("the order is in {currency}, not in {given}", currency=currency, given=money.currency[:10]),
            name,
            "currency",
        )
    return amount(money, name, scales={currency: scale})


PAYMENTS = Kind(
    aggregate="payment",
    target=PAYMENT,
    master=_MASTER,
    readers={
        "key": read_key,
        "source_version": read_version,
        "order": reference("order", ORDER, clears=False),
        "method": column("method", clears=False),
        "amount": column("amount", clears=False),
        "refunded_amount": column("refunded_amount", clears=False),
        "state": column("state", clears=False),
        "state_at": column("state_at", clears=False),
        "booked_at": column("booked_at", clears=False),
        "paid_at": column("paid_at", clears=False),
    },
    scoped=("order_id",),
    settle=_settle,
    check=_check,
)
