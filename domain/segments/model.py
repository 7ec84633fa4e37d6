"""Tables of segments and of who is, and was, in them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Integer, text
from sqlalchemy.orm import Mapped

from domain.base import Base, Personal, Root, one_of, plain, tagged


class SegmentKind(StrEnum):
    """RULE: who meets a rule when it is refreshed. FIXED: whom somebody put in."""

    RULE = "RULE"
    FIXED = "FIXED"


class Segment(Root, Base):
    """Customers under one name. `refreshed_at` is when a rule was asked last.

    `rule` is JSON as it was told, kept as text, which the feed's triggers can compare.
    """

    __tablename__ = "segments"
    __table_args__ = (
        one_of("kind", SegmentKind),
        CheckConstraint("(kind = 'RULE') = (rule IS NOT NULL)", name="rule_of_rule"),
        CheckConstraint("kind = 'RULE' OR refreshed_at IS NULL", name="fixed_stays"),
        Index(None, "owner_id", "id"),
        Index(None, "created_at", "id"),
    )

    name: Mapped[str] = plain(unique=True)
    description: Mapped[str | None] = plain()
    kind: Mapped[str] = plain()
    rule: Mapped[str | None] = plain()
    owner_id: Mapped[int | None] = plain(ForeignKey("users.id"))
    refreshed_at: Mapped[datetime | None] = plain()
    retired_at: Mapped[datetime | None] = plain()


MERGED_MEMBERS = (
    # Where both are in, the kept one has been in since the first of the two entered.
    """
    UPDATE segment_members k SET entered_at = m.entered_at FROM segment_members m
    WHERE m.customer_id = :merge AND k.customer_id = :keep AND k.segment_id = m.segment_id
      AND m.left_at IS NULL AND k.left_at IS NULL AND m.entered_at < k.entered_at
      AND NOT EXISTS (SELECT FROM segment_members o WHERE o.customer_id = :keep AND o.segment_id = m.segment_id
                      AND o.left_at IS NOT NULL)
    """,
    """
    UPDATE segment_members m SET customer_id = :keep
    WHERE m.customer_id = :merge AND NOT EXISTS (
        SELECT FROM segment_members k WHERE k.customer_id = :keep AND k.segment_id = m.segment_id)
    """,
    "DELETE FROM segment_members WHERE customer_id = :merge",
)
"""A list that named one of the two names the kept one; where both have a past in a segment, the kept one's stands."""


class SegmentMember(Base):
    """A customer in a segment: entered_at <= t < left_at, in it while that is null."""

    __tablename__ = "segment_members"
    __table_args__ = (
        Index(
            "ix_segment_members_in",
            "segment_id",
            "customer_id",
            unique=True,
            postgresql_where=text("left_at IS NULL"),
        ),
        Index(None, "customer_id", "segment_id", "entered_at", unique=True),
        Index(None, "segment_id", "entered_at", "id"),
        CheckConstraint("left_at > entered_at", name="not_empty"),
        {"info": {"on_merge": MERGED_MEMBERS}},
    )

    id: Mapped[int] = plain(BigInteger, Identity(), primary_key=True)
    segment_id: Mapped[int] = plain(ForeignKey("segments.id", ondelete="CASCADE"))
    customer_id: Mapped[int] = plain(ForeignKey("customers.id", ondelete="CASCADE"))
    entered_at: Mapped[datetime] = tagged(Personal.BASIC)
    left_at: Mapped[datetime | None] = tagged(Personal.BASIC)


class SegmentPosition(Base):
    """How far in the feed memberships are level with what customers do: one row."""

    __tablename__ = "segment_positions"

    name: Mapped[str] = plain(primary_key=True)
    epoch: Mapped[int] = plain(Integer)
    xid: Mapped[int] = plain(BigInteger)
    last_id: Mapped[int] = plain(BigInteger)


class SegmentDue(Base):
    """A segment whose rule is to be asked of all customers."""

    __tablename__ = "segments_due"

    segment_id: Mapped[int] = plain(ForeignKey("segments.id", ondelete="CASCADE"), primary_key=True)
