"""Tables of retention, exports and erasures of persons."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped

from domain.base import Base, Personal, Root, one_of, plain, tagged


class Tag(StrEnum):
    """How personal a value is, as `domain.base.Personal` says it of columns."""

    BASIC = "BASIC"
    CONTACT = "CONTACT"
    UNIQUE = "UNIQUE"
    SENSITIVE = "SENSITIVE"


class Purpose(StrEnum):
    """What something is held for. Each has its own period, and its own day from which the period counts."""

    RELATIONSHIP = "RELATIONSHIP"
    SERVICE = "SERVICE"
    OFFER = "OFFER"
    TRADE = "TRADE"
    ACCESS = "ACCESS"


class ExportState(StrEnum):
    """REQUESTED, then READY for one download until it expires. An erasure expires it at once."""

    REQUESTED = "REQUESTED"
    READY = "READY"
    DOWNLOADED = "DOWNLOADED"
    EXPIRED = "EXPIRED"


class RetentionState(StrEnum):
    LISTED = "LISTED"
    DONE = "DONE"


class ErasureStore(Base):
    """One row: which store this is, in the journal of erasures, and the salt of its tombstones."""

    __tablename__ = "erasure_store"
    __table_args__ = (CheckConstraint("only_row", name="one_row"),)

    only_row: Mapped[bool] = plain(Boolean, primary_key=True, server_default=text("true"))
    store_id: Mapped[uuid.UUID] = plain(Uuid, server_default=text("gen_random_uuid()"))
    salt: Mapped[bytes] = plain(LargeBinary)


class Erasure(Base):
    """A person who was erased: when, who asked for it and why. The reason is kept as the evidence of it."""

    __tablename__ = "erasures"
    __table_args__ = (Index(None, "customer_id", unique=True), {"info": {"on_merge": ()}})

    id: Mapped[int] = plain(BigInteger, Identity(), primary_key=True)
    customer_id: Mapped[int] = plain(ForeignKey("customers.id"))
    erased_at: Mapped[datetime] = plain()
    asked_by: Mapped[str] = tagged(Personal.UNIQUE)
    reason: Mapped[str] = tagged(Personal.BASIC)


class Tombstone(Base):
    """The salted hash of an external id of somebody who was erased, so that no import brings him back."""

    __tablename__ = "tombstones"
    __table_args__ = (CheckConstraint("octet_length(hash) = 32", name="hash_whole"),)

    hash: Mapped[bytes] = tagged(Personal.UNIQUE, LargeBinary, primary_key=True)
    erased_at: Mapped[datetime] = plain()


class SubjectExport(Base):
    """All that is held about a person, asked for as a file. `bytes` and `sha256` are those of the file."""

    __tablename__ = "subject_exports"
    __table_args__ = (
        one_of("state", ExportState),
        Index(None, "customer_id"),
        Index(None, "requested_at", "id"),
        {
            "info": {
                "on_merge": ("UPDATE subject_exports SET customer_id = :keep WHERE customer_id = :merge",)
            }
        },
    )

    id: Mapped[int] = plain(BigInteger, Identity(), primary_key=True)
    customer_id: Mapped[int] = plain(ForeignKey("customers.id"))
    state: Mapped[str] = plain(server_default=text("'REQUESTED'"))
    asked_by: Mapped[str] = tagged(Personal.UNIQUE)
    reason: Mapped[str] = tagged(Personal.BASIC)
    requested_at: Mapped[datetime] = plain()
    ready_at: Mapped[datetime | None] = plain()
    expires_at: Mapped[datetime | None] = plain()
    downloaded_at: Mapped[datetime | None] = plain()
    bytes: Mapped[int | None] = plain(BigInteger)
    sha256: Mapped[str | None] = plain()


class RetentionRule(Root, Base):
    """How many days columns of this tag are kept for this purpose; null: as long as the person is a customer."""

    __tablename__ = "retention_rules"
    __table_args__ = (
        one_of("tag", Tag),
        one_of("purpose", Purpose),
        CheckConstraint("days BETWEEN 1 AND 36500", name="days_positive"),
        Index(None, "tag", "purpose", unique=True),
    )

    tag: Mapped[str] = plain()
    purpose: Mapped[str] = plain()
    days: Mapped[int | None] = plain(Integer)


class RetentionRun(Base):
    """One look at what is past its period: listed first, then taken away."""

    __tablename__ = "retention_runs"
    __table_args__ = (one_of("state", RetentionState),)

    id: Mapped[int] = plain(BigInteger, Identity(), primary_key=True)
    state: Mapped[str] = plain(server_default=text("'LISTED'"))
    listed_at: Mapped[datetime] = plain()
    finished_at: Mapped[datetime | None] = plain()


class RetentionRunItem(Base):
    """How many rows of a place (table.column, or table where whole rows go) were due, and how many are done."""

    __tablename__ = "retention_run_items"
    __table_args__ = (Index(None, "run_id", "tag", "purpose", "place", unique=True),)

    id: Mapped[int] = plain(BigInteger, Identity(), primary_key=True)
    run_id: Mapped[int] = plain(ForeignKey("retention_runs.id", ondelete="CASCADE"))
    tag: Mapped[str] = plain()
    purpose: Mapped[str] = plain()
    place: Mapped[str] = plain()
    due: Mapped[int] = plain(BigInteger)
    done: Mapped[int] = plain(BigInteger, server_default=text("0"))
