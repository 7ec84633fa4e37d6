"""The table of registered documents."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Text, func
from sqlalchemy.orm import Mapped

from domain.base import Base, plain

LARGEST = 256 * 1024
"""Bytes of a document's text."""


class TrustedDocument(Base):
    """`digest` is the SHA-256 of the UTF-8 text, in hexadecimal; `name` that of its first operation."""

    __tablename__ = "trusted_documents"
    __table_args__ = (
        CheckConstraint(
            "digest = encode(sha256(convert_to(text, 'UTF8')), 'hex')", name="digest_is_of_the_text"
        ),
        CheckConstraint(f"octet_length(text) <= {LARGEST}", name="text_is_not_too_large"),
    )

    digest: Mapped[str] = plain(Text(collation="C"), primary_key=True)
    name: Mapped[str] = plain()
    text: Mapped[str] = plain()
    registered_at: Mapped[datetime] = plain(server_default=func.now())
