"""Following the feed: a thread that keeps the cube level with Postgres and outlives whatever fails meanwhile."""

import threading
import time
from contextlib import ExitStack

import structlog

from olap import changes, source, watermark
from olap.changes import CannotFollow
from olap.copies import Copy
from olap.difference import VerifyReport
from olap.errors import CubeError
from olap.freshness import Freshness, Lag
from olap.holdup import oldest_writer
from olap.progress import BuildReport, Progress, Step, silent
from olap.source import Connection
from olap.watermark import Watermark

INTERVAL, SHORTEST = 0.15, 0.05
"""Seconds from one look at the feed, of 3 ms, to the next, and of rest after one that found much: a change shows within
a second with much to spare."""

FIRST_WAIT, LONGEST_WAIT = 0.2, 2.0
"""Seconds until the next try after a fault; doubled each time."""

LONG_LAG = 10_000
"""Milliseconds of lag beyond which whoever holds the feed back is looked for."""

log = structlog.get_logger(__name__)


class Stopped(CubeError):
    """The cube is being closed; what was begun is undone."""


class Follower:
    """The one writer of a cube. Refreshes, builds and verifications take turns."""

    def __init__(self, copy: Copy, url: str) -> None:
        self._copy = copy
        self._url = url
        self._mark = copy.stored()
        self._version = watermark.version(self._mark)
        self._lag = Lag(self._mark)
        self._fault: str | None = None
        self._held_by: str | None = None
        self._turn = threading.Lock()
        self._verifying = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="cube follower", daemon=True)

    def fill(self, progress: Progress = silent) -> None:
        """The cube can be asked: it is built where it never was, or where its tables are not those of this code."""
        with self._turn:
            if self._mark.shape == watermark.shape():
                self._copy.find()
                return
            with source.connect(self._url) as connection:
                self._build(connection, progress)

    def start(self) -> None:
        """The thread runs until `stop`."""
        self._thread.start()

    def stop(self) -> None:
        """Nothing uses the cube here any more; a build that ran is undone, a verification ended."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()
        with self._verifying, self._turn:
            pass

    @property
    def time_zone(self) -> str:
        """The zone of the business days in the cube."""
        return self._mark.time_zone

    def freshness(self) -> Freshness:
        """How fresh the cube is now: taken before a query, it holds for the answer."""
        # The version before all else: what is said under it may be fresher, never staler.
        version = self._version
        return Freshness(
            watermark=self._lag.horizon,
            lag_ms=self._lag.milliseconds(),
            fault=self._fault,
            held_by=self._held_by,
            epoch=self._mark.epoch,
            version=version,
            today=self._mark.today,
        )

    def rebuild(self, progress: Progress = silent) -> BuildReport:
        """The cube is built anew; readers see the old one until it is done."""
        with source.connect(self._url) as connection, self._turn:
            return self._build(connection, progress)

    def verify(self) -> VerifyReport:
        """The cube compared with Postgres at one moment; refreshes go on while it lasts.

        Raises CannotFollow where the cube is about to be built anew.
        """
        with self._verifying, ExitStack() as stack:
            connection = stack.enter_context(source.connect(self._url))
            stack.enter_context(source.snapshot(connection))
            with self._turn:
                mark, compared = self._copy.level(connection, self._mark, stack)
                self._holds(mark)
            return compared()

    def _run(self) -> None:
        wait = FIRST_WAIT
        while not self._stopping.is_set():
            try:
                with source.connect(self._url) as connection:
                    self._begin(connection)
                    while not self._stopping.is_set():
                        begun = time.monotonic()
                        self._step(connection)
                        self._fault, wait = None, FIRST_WAIT
                        self._stopping.wait(max(SHORTEST, begun + INTERVAL - time.monotonic()))
            except Stopped:
                return
            # Whatever it is, following goes on: a cube that stands still without a word is worse than any fault.
            except Exception as error:  # noqa: BLE001
                self._failed(error)
                self._stopping.wait(wait)
                wait = min(2 * wait, LONGEST_WAIT)

    def _failed(self, error: Exception) -> None:
        """The fault is known to `freshness`, and logged once until it changes."""
        fault = f"the cube does not follow the feed: {error}"
        if fault != self._fault:
            log.error("cube.follow.failed", exc_info=error)
        self._fault = fault

    def _begin(self, connection: Connection) -> None:
        """After a time without the database: what may have changed unseen has been looked at."""
        with self._turn:
            self._copy.renew_fixed(connection)
            if not changes.complete(connection, self._mark):
                self._rebuild(connection, "the feed may no longer hold all changes since the watermark")

    def _step(self, connection: Connection) -> None:
        """The cube holds what was settled when this began."""
        begun = time.monotonic()
        with self._turn:
            position = source.position(connection)
            self._lag.looked(position, at=begun)
            self._advance(connection, watermark.at(position))
            # A refresh reads a later snapshot still.
            self._lag.reached(position.horizon)
        self._look_for_holdup(connection)

    def _look_for_holdup(self, connection: Connection) -> None:
        """A long lag without a fault is some other transaction's; it is logged when it is first seen."""
        if self._lag.milliseconds() < LONG_LAG:
            self._held_by = None
            return
        if self._held_by is None:
            log.warning("cube.feed.held_back", by=oldest_writer(connection))
        self._held_by = oldest_writer(connection)

    def _advance(self, connection: Connection, found: Watermark) -> None:
        """All events up to the found watermark's are in the cube."""
        if watermark.reason_to_rebuild(self._mark, found) or changes.silent(self._mark, found):
            self._refresh(connection)
        elif found.last_event > self._mark.last_event:
            if changes.pending(connection, self._mark):
                self._refresh(connection)
            else:
                # Not stored: after a restart, events that the star does not show are passed over once more.
                self._mark = found

    def _refresh(self, connection: Connection) -> None:
        try:
            with source.snapshot(connection):
                self._holds(self._copy.refresh(connection, self._mark))
        except CannotFollow as error:
            self._rebuild(connection, str(error))

    def _holds(self, mark: Watermark) -> None:
        """The cube was written, and this is what it holds."""
        self._mark = mark
        self._version = watermark.version(mark)

    def _rebuild(self, connection: Connection, reason: str) -> None:
        log.warning("cube.rebuild", reason=reason)
        report = self._build(connection, silent)
        log.info("cube.rebuilt", lines=report.rows["sales"], seconds=round(report.seconds, 1))

    def _build(self, connection: Connection, progress: Progress) -> BuildReport:
        """The cube is built, with an ear for `stop`."""

        def heed(step: Step) -> None:
            if self._stopping.is_set():
                raise Stopped("the cube was closed before the build was done")
            progress(step)

        report = self._copy.build(connection, heed)
        self._holds(report.watermark)
        return report
