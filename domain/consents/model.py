"""Table of consents: each line says what a customer gave or withdrew, when, and how we know."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from domain.base import Base, Personal, Root, one_of, plain, sane_time, tagged
from domain.channels import Channel


class ConsentPurpose(StrEnum):
    """What for. NIGHT_MARKETING: advertising between 21:00 and 08:00 in the customer's zone."""

    MARKETING = "MARKETING"
    NIGHT_MARKETING = "NIGHT_MARKETING"
    PERSONALISATION = "PERSONALISATION"
    SURVEY = "SURVEY"
    THIRD_PARTY = "THIRD_PARTY"


class Consent(Root, Base):
    """Insert only. The latest line of a purpose and channel is what holds; without a channel it is for all of them.

    The same (source, source_id) twice is one line.
    """

    __tablename__ = "consents"
    __table_args__ = (
        UniqueConstraint("source", "source_id"),
        one_of("purpose", ConsentPurpose),
        one_of("channel", Channel),
        sane_time("at"),
        Index("ix_consents_customer", "customer_id", text("at DESC"), text("id DESC")),
        Index("ix_consents_at", text("at DESC"), text("id DESC")),
    )

    customer_id: Mapped[int] = plain(ForeignKey("customers.id"))
    purpose: Mapped[str] = plain()
    channel: Mapped[str | None] = plain()
    given: Mapped[bool] = plain(Boolean)
    at: Mapped[datetime] = plain()
    source: Mapped[str] = plain()
    source_id: Mapped[str | None] = plain()
    evidence: Mapped[str | None] = tagged(Personal.SENSITIVE)
    recorded_by_id: Mapped[int | None] = plain(ForeignKey("users.id"))
