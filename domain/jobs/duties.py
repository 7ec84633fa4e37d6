"""What a kind of job does, and what it works with."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import MetaData

from domain.db import Engine, Session, run
from domain.queue import JobKind

T = TypeVar("T")


@dataclass(frozen=True)
class Work:
    """What every job is given beside its ids.

    `exports` is the folder of files that leave the house, `tables` are all tables of the store, `feed_days` how long
    the feed keeps events, `export_hours` how long an export may be fetched, `now` the time.
    """

    engine: Engine
    exports: Path
    tables: MetaData
    now: Callable[[], datetime]
    feed_days: int = 30
    export_hours: int = 24

    async def transaction(self, work: Callable[[Session], Awaitable[T]]) -> T:
        """`work` has run in one transaction, which the feed says a job made."""
        return await run(self.engine, work, origin="job")


@dataclass(frozen=True)
class Duty:
    """A kind of job and the function that does it: given the work and the ids, safe to run twice.

    `cron` says when it is due by itself (UTC); however many workers there are, it is enqueued once each time.
    """

    kind: JobKind
    does: Callable[..., Awaitable[None]]
    cron: str | None = None
