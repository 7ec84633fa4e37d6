"""Tables of the ledger of points and of the schemes that say whether a balance may be negative."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped

from domain.base import Base, Personal, Root, one_of, plain, sane_time, tagged


class PointsKind(StrEnum):
    """EARNED adds, REDEEMED and EXPIRED take, ADJUSTED does either, REVERSED undoes one entry."""

    EARNED = "EARNED"
    REDEEMED = "REDEEMED"
    EXPIRED = "EXPIRED"
    ADJUSTED = "ADJUSTED"
    REVERSED = "REVERSED"


class PointsEntry(Root, Base):
    """One line of the ledger: append only. A customer's balance is the sum of his entries.

    The same (source_system, source_id) twice is one entry. `reverses_id` is the entry that a REVERSED one undoes.
    """

    __tablename__ = "points_entries"
    __table_args__ = (
        UniqueConstraint("source_system", "source_id"),
        UniqueConstraint("reverses_id"),
        one_of("kind", PointsKind),
        sane_time("occurred_at"),
        CheckConstraint("points <> 0", name="points_not_zero"),
        CheckConstraint(
            "CASE kind WHEN 'EARNED' THEN points > 0 WHEN 'REDEEMED' THEN points < 0 WHEN 'EXPIRED' THEN points < 0"
            " ELSE true END",
            name="sign_of_kind",
        ),
        CheckConstraint("(kind = 'REVERSED') = (reverses_id IS NOT NULL)", name="reversed_names_entry"),
        CheckConstraint("(source_system IS NULL) = (source_id IS NULL)", name="source_whole"),
        Index("ix_points_entries_customer", "customer_id", text("occurred_at DESC"), text("id DESC")),
        Index("ix_points_entries_balance", "customer_id", postgresql_include=["points", "kind"]),
        Index("ix_points_entries_occurred", text("occurred_at DESC"), text("id DESC")),
        Index(None, "order_id"),
    )

    customer_id: Mapped[int] = plain(ForeignKey("customers.id"))
    kind: Mapped[str] = plain()
    points: Mapped[int] = plain(BigInteger)
    reason: Mapped[str] = tagged(Personal.BASIC)
    order_id: Mapped[int | None] = plain(ForeignKey("orders.id"))
    reverses_id: Mapped[int | None] = plain(ForeignKey("points_entries.id"))
    occurred_at: Mapped[datetime] = plain()
    source_system: Mapped[str | None] = plain()
    source_id: Mapped[str | None] = plain()


class PointsScheme(Base):
    """Whether a balance may be negative from `valid_from` on. Without a scheme it may not."""

    __tablename__ = "points_schemes"
    __table_args__ = (sane_time("valid_from"),)

    id: Mapped[int] = plain(BigInteger, Identity(), primary_key=True)
    valid_from: Mapped[datetime] = plain(unique=True)
    may_be_negative: Mapped[bool] = plain(Boolean)
