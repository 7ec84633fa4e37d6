"""Table of the answers to writes that were sent with a key of the caller's."""

from datetime import datetime

from sqlalchemy import Boolean, Index, text
from sqlalchemy.orm import Mapped

from domain.base import Base, Personal, plain, tagged


class IdempotencyRecord(Base):
    """One write that was committed. `place` tells the writes of one request apart: the key of the answer.

    `fingerprint` is the SHA-256 of what was asked, in hex. `answer` is JSON; null once an erasure has taken it, where
    `personal` says that it may have shown a person.
    """

    __tablename__ = "idempotency_records"
    __table_args__ = (Index(None, "created_at"),)

    client: Mapped[str] = plain(primary_key=True)
    key: Mapped[str] = plain(primary_key=True)
    place: Mapped[str] = plain(primary_key=True)
    fingerprint: Mapped[str] = plain()
    answer: Mapped[str | None] = tagged(Personal.SENSITIVE)
    personal: Mapped[bool] = plain(Boolean)
    created_at: Mapped[datetime] = plain(server_default=text("now()"))
