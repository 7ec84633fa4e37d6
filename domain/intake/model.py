"""Tables of import runs, who brought in what and what became of it, and of how far sources have counted."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, Integer
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped

from domain.base import Base, Personal, one_of, plain, tagged


class RunState(StrEnum):
    """IN_PROGRESS ends in one of the others. ABORTED was killed; what it had committed stays and is whole."""

    IN_PROGRESS = "IN_PROGRESS"
    COMPLETE = "COMPLETE"
    ABORTED = "ABORTED"
    FAILED = "FAILED"


class ImportRun(Base):
    """One import. The digests are SHA-256 in hex; `files` and `counts` are what the report says."""

    __tablename__ = "import_runs"
    __table_args__ = (one_of("state", RunState), Index("ix_import_runs_system", "system", "id"))

    id: Mapped[int] = plain(BigInteger, Identity(), primary_key=True)
    system: Mapped[str] = plain()
    state: Mapped[str] = plain()
    mapping_digest: Mapped[str] = plain()
    files_digest: Mapped[str] = plain()
    files: Mapped[list[Any]] = plain(JSONB)
    counts: Mapped[dict[str, Any] | None] = plain(JSONB)
    error: Mapped[str | None] = plain()
    started_at: Mapped[datetime] = plain()
    finished_at: Mapped[datetime | None] = plain()


class SourceVersion(Base):
    """What a source last said of a thing: its version, a number or a time, where the source counts; and a digest of
    the row, where it changed nothing more of the root `root_id` in its `root_version`. Upserts write it.
    """

    __tablename__ = "source_versions"
    __table_args__ = (
        CheckConstraint("num_nonnulls(number, at) <= 1", name="number_or_time"),
        CheckConstraint("num_nonnulls(said, root_id, root_version) IN (0, 3)", name="said_of_a_version"),
    )

    aggregate: Mapped[str] = plain(primary_key=True)
    system: Mapped[str] = plain(primary_key=True)
    external_id: Mapped[str] = tagged(Personal.UNIQUE, primary_key=True)
    number: Mapped[int | None] = plain(BigInteger)
    at: Mapped[datetime | None] = plain()
    said: Mapped[bytes | None] = tagged(Personal.UNIQUE)
    root_id: Mapped[int | None] = plain(BigInteger)
    root_version: Mapped[int | None] = plain(Integer)
