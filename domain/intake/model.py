"""Table of import runs: who brought in what, when, and what became of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Identity, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped

from domain.base import Base, one_of, plain


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
