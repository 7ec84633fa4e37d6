"""The table of the access log."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped

from domain.base import Base, Personal, one_of, plain, tagged
from domain.roles import Role


class AccessKind(StrEnum):
    """READ: a request's answer showed it. EXPORT: it left as a file. ERASURE: it was overwritten."""

    READ = "READ"
    EXPORT = "EXPORT"
    ERASURE = "ERASURE"


class AccessGroup(StrEnum):
    """What was read, by the tags of its columns."""

    CONTACT = "CONTACT"
    UNIQUE = "UNIQUE"
    SENSITIVE = "SENSITIVE"


class AccessLogEntry(Base):
    """`actor` is the client's name ("user:kim", "key:4f..."); `subject_ids` are keys of customers, each once."""

    __tablename__ = "access_log"
    __table_args__ = (
        one_of("kind", AccessKind),
        one_of("role", Role),
        CheckConstraint(
            "groups <@ ARRAY['CONTACT', 'UNIQUE', 'SENSITIVE'] AND cardinality(groups) > 0",
            name="groups_known",
        ),
        CheckConstraint("kind = 'READ' OR reason IS NOT NULL", name="reason_given"),
        Index(None, "at", "id"),
        Index(None, "actor", "at"),
        Index("ix_access_log_subject_ids", "subject_ids", postgresql_using="gin"),
    )

    id: Mapped[int] = plain(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime] = plain(server_default=text("now()"))
    actor: Mapped[str] = plain()
    role: Mapped[str] = plain()
    kind: Mapped[str] = plain()
    operation: Mapped[str | None] = plain()
    document: Mapped[str | None] = plain()
    groups: Mapped[list[str]] = plain(ARRAY(Text(collation="C")))
    subject_ids: Mapped[list[int]] = plain(ARRAY(BigInteger))
    reason: Mapped[str | None] = tagged(Personal.BASIC)
