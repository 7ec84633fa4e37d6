"""The queue as people see it: a view of the schema `jobs`, which procrastinate's own tables stand behind."""

from enum import StrEnum

from sqlalchemy import BigInteger, Column, DateTime, Integer, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

SCHEMA = "jobs"


class JobState(StrEnum):
    """QUEUED and RUNNING lead to one of the others; FAILED and CANCELLED may be retried."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


_TEXT = Text(collation="C")
_TIME = DateTime(timezone=True)

overview = Table(
    "overview",
    MetaData(),
    Column("id", BigInteger, primary_key=True),
    Column("kind", _TEXT, nullable=False),
    Column("state", _TEXT, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("key", _TEXT),
    Column("ids", JSONB, nullable=False),
    Column("created_at", _TIME, nullable=False),
    Column("due_at", _TIME),
    Column("started_at", _TIME),
    Column("finished_at", _TIME),
    Column("error", _TEXT),
    Column("sqlstate", _TEXT),
    Column("error_id", _TEXT),
    schema=SCHEMA,
)
"""One row a job. `tries` counts those that ended, `due_at` is the earliest time of the next, `error` the class of the
last fault: never its text."""
