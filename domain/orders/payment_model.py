"""Tables of payments and the states they went through."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from domain.base import AMOUNT, Base, Personal, Root, one_of, plain, sane_time, tagged


class PaymentMethod(StrEnum):
    CASH = "CASH"
    CARD = "CARD"
    BANK_TRANSFER = "BANK_TRANSFER"
    VIRTUAL_ACCOUNT = "VIRTUAL_ACCOUNT"
    MOBILE_PAY = "MOBILE_PAY"
    POINTS = "POINTS"
    VOUCHER = "VOUCHER"
    OTHER = "OTHER"


class PaymentState(StrEnum):
    """REFUNDED is given back whole; what was given back in part stays PAID, with its refunded amount."""

    AUTHORISED = "AUTHORISED"
    PAID = "PAID"
    REFUNDED = "REFUNDED"
    FAILED = "FAILED"


class Payment(Root, Base):
    """One payment of an order, in the order's currency.

    `booked_at` is when its source booked it, `state_at` when it reached the state it is in.

    A root of its own and no part of the order: the cube shows no payments, and an event of the order would have it
    read the order's lines again.
    """

    __tablename__ = "payments"
    __table_args__ = (
        UniqueConstraint("source_system", "source_id"),
        one_of("method", PaymentMethod),
        one_of("state", PaymentState),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("refunded_amount BETWEEN 0 AND amount", name="refunded_within_amount"),
        CheckConstraint("(state = 'REFUNDED') = (refunded_amount = amount)", name="refunded_is_whole"),
        CheckConstraint("refunded_amount = 0 OR paid_at IS NOT NULL", name="refunded_was_paid"),
        CheckConstraint("(state IN ('PAID', 'REFUNDED')) = (paid_at IS NOT NULL)", name="paid_has_time"),
        sane_time("booked_at"),
        sane_time("state_at"),
        sane_time("paid_at"),
        Index(None, "order_id", "booked_at", "id"),
        Index("ix_payments_booked", text("booked_at DESC"), text("id DESC")),
        Index("ix_payments_state", "state", text("booked_at DESC"), text("id DESC")),
    )

    source_system: Mapped[str] = plain()
    source_id: Mapped[str] = tagged(Personal.NONE)
    order_id: Mapped[int] = plain(ForeignKey("orders.id", ondelete="CASCADE"))
    method: Mapped[str] = plain()
    amount: Mapped[Decimal] = plain(AMOUNT)
    refunded_amount: Mapped[Decimal] = plain(AMOUNT, server_default=text("0"))
    currency: Mapped[str] = plain(ForeignKey("currencies.code"))
    state: Mapped[str] = plain()
    state_at: Mapped[datetime] = plain()
    booked_at: Mapped[datetime] = plain()
    paid_at: Mapped[datetime | None] = plain()


class PaymentStateReached(Base):
    """When a payment reached a state, and the amount: of a refund, what was given back then. A trigger writes it."""

    __tablename__ = "payment_states"
    __table_args__ = (one_of("state", PaymentState), sane_time("reached_at"))

    id: Mapped[int] = plain(BigInteger, Identity(), primary_key=True)
    payment_id: Mapped[int] = plain(ForeignKey("payments.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = plain()
    amount: Mapped[Decimal] = plain(AMOUNT)
    reached_at: Mapped[datetime] = plain()
