"""The queue of the access log: a request adds one entry, a task writes all of them by COPY twice a second.

What a crash takes with it is half a second of entries: their number is kept outside the process (pending.py) and
counted by the metric dangol_access_log_lost_total at the next start. A full queue refuses the request: guarded data is
not shown unless it can be logged.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import structlog
from prometheus_client import Counter, Gauge

from api.access_log.pending import Pending, lost
from domain.access import Actor
from domain.access_log.writing import ReadEntry, write_reads
from domain.messages import say
from domain.reads import Busy
from domain.selection.subjects import Seen

if TYPE_CHECKING:
    Pool = asyncpg.Pool[asyncpg.Record]

MOST = 10_000
"""Entries that wait at most; about 10 MB."""

EVERY_SECONDS = 0.5
DEADLINE_SECONDS = 10
AT_ONCE = 2_000

NOTED = Counter("dangol_access_log_entries", "Reads of guarded data that were noted.")
WRITTEN = Counter("dangol_access_log_written", "Entries of the access log that were written.")
LOST = Counter("dangol_access_log_lost", "Entries that a process held when it died.")
WAITING = Gauge("dangol_access_log_waiting", "Entries that are noted and not yet written.")

log = structlog.get_logger("access_log")


class AccessLog:
    """One process's part of the log. Without `writing`, entries wait."""

    def __init__(self, pool: "Pool", *, most: int = MOST) -> None:
        self._pool = pool
        self._most = most
        self._waiting: list[ReadEntry] = []
        self._pending: Pending | None = None

    def note(self, actor: Actor, operation: str, seen: Seen) -> None:
        """What the request has shown will be in the log within a second; nothing if it showed nothing guarded.

        `operation` is the document's SHA-256 and, after a space, the operation's name. Raises Busy.
        """
        if not seen.groups:
            return
        if len(self._waiting) >= self._most:
            raise Busy(say("the access log cannot be written at the moment; ask again in a moment"))
        document, _, name = operation.partition(" ")
        self._waiting.append(
            ReadEntry(
                at=datetime.now(UTC),
                actor=actor.client,
                role=actor.role.value,
                operation=name or None,
                document=document,
                groups=tuple(sorted(group.name for group in seen.groups)),
                subject_ids=tuple(sorted(seen.subjects)),
            )
        )
        NOTED.inc()
        self._tell()

    async def flush(self) -> None:
        """What waited when this began is in the log. Raises what Postgres raises; nothing is lost then."""
        while self._waiting:
            some = self._waiting[:AT_ONCE]
            await write_reads(self._pool, some)
            del self._waiting[: len(some)]
            WRITTEN.inc(len(some))
            self._tell()

    @contextlib.asynccontextmanager
    async def writing(
        self, folder: Path | None = None, *, every: float = EVERY_SECONDS
    ) -> AsyncIterator[None]:
        """While this is open, entries are written; in the end all are. What processes that died in `folder` have lost
        is counted."""
        if folder is not None:
            count = lost(folder)
            LOST.inc(count)
            if count:
                log.error("access log entries lost by a crash", count=count)
            self._pending = Pending(folder)
        ended = asyncio.Event()
        task = asyncio.create_task(self._keep_writing(ended, every))
        try:
            yield
        finally:
            ended.set()  # not cancelled: a COPY that is cut off may have been committed
            await task
            if self._pending is not None:
                self._pending.close()

    async def _keep_writing(self, ended: asyncio.Event, every: float) -> None:
        while not ended.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(ended.wait(), every)
            await self._flush_or_tell()

    async def _flush_or_tell(self) -> None:
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                await self.flush()
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
            log.error("access log not written", error=type(error).__name__, waiting=len(self._waiting))

    def _tell(self) -> None:
        WAITING.set(len(self._waiting))
        if self._pending is not None:
            self._pending.say(len(self._waiting))
