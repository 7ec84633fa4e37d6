"""Table of touchpoints: append only, and the same (source, message id) twice is one touchpoint."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped

from domain.base import AMOUNT, Base, Personal, Root, one_of, plain, sane_time, tagged
from domain.channels import Channel


class Direction(StrEnum):
    INBOUND = "INBOUND"
    OUTBOUND = "OUTBOUND"


class TouchpointKind(StrEnum):
    CONTACT = "CONTACT"
    REVIEW = "REVIEW"
    SURVEY = "SURVEY"
    VIEW = "VIEW"


class Touchpoint(Root, Base):
    """One contact with a customer, or with a visitor not yet known to be one."""

    __tablename__ = "touchpoints"
    __table_args__ = (
        UniqueConstraint("source_system", "source_id"),
        one_of("channel", Channel),
        one_of("direction", Direction),
        one_of("kind", TouchpointKind),
        sane_time("occurred_at"),
        CheckConstraint("rating BETWEEN 1 AND 5", name="rating_range"),
        CheckConstraint("sentiment BETWEEN -100 AND 100", name="sentiment_range"),
        CheckConstraint("duration_seconds >= 0", name="duration_not_negative"),
        CheckConstraint("(cost IS NULL) = (currency IS NULL)", name="cost_has_currency"),
        Index("ix_touchpoints_customer", "customer_id", text("occurred_at DESC"), text("id DESC")),
        Index("ix_touchpoints_occurred", text("occurred_at DESC"), text("id DESC")),
        Index(None, "created_at", "id"),
        Index(
            "ix_touchpoints_visitor",
            "visitor_id",
            "occurred_at",
            postgresql_where=text("visitor_id IS NOT NULL"),
        ),
    )

    source_system: Mapped[str] = plain()
    source_id: Mapped[str] = plain()
    customer_id: Mapped[int | None] = plain(ForeignKey("customers.id"))
    visitor_id: Mapped[str | None] = tagged(Personal.UNIQUE)
    channel: Mapped[str] = plain()
    direction: Mapped[str] = plain()
    kind: Mapped[str] = plain(server_default=text("'CONTACT'"))
    occurred_at: Mapped[datetime] = plain()
    duration_seconds: Mapped[int | None] = plain(Integer)
    agent_id: Mapped[int | None] = plain(ForeignKey("users.id"))
    branch_id: Mapped[int | None] = plain(ForeignKey("branches.id"))
    subject: Mapped[str | None] = tagged(Personal.BASIC)
    note: Mapped[str | None] = tagged(Personal.SENSITIVE)
    topics: Mapped[list[str]] = plain(ARRAY(Text(collation="C")), server_default=text("'{}'"))
    sentiment: Mapped[int | None] = plain(SmallInteger)
    rating: Mapped[int | None] = plain(SmallInteger)
    outcome: Mapped[str | None] = plain()
    cost: Mapped[Decimal | None] = plain(AMOUNT)
    currency: Mapped[str | None] = plain(ForeignKey("currencies.code"))
    order_id: Mapped[int | None] = plain(ForeignKey("orders.id"))
    offer_id: Mapped[int | None] = plain(ForeignKey("offers.id"))
