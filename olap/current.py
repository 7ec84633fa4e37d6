"""The cube without a copy: the mart itself, always current. Nothing is built, nothing follows the feed."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

import structlog

from olap import source
from olap.engines.ceilings import USUAL, Ceilings
from olap.engines.postgres import Postgres
from olap.errors import CubeError
from olap.freshness import Freshness
from olap.source import Connection, Position

INTERVAL = 0.1
"""Seconds between two looks at where the store stands."""

WAIT = 1.0
"""Seconds until the next look after one that failed."""

log = structlog.get_logger(__name__)


class Current:
    """A cube whose answers hold whatever has been committed.

    Its freshness is looked up beside the questions, so that telling it waits for nobody. What the mart holds is never
    the same for long: answers have no version, and none is kept.
    """

    def __init__(self, url: str, ceilings: Ceilings = USUAL) -> None:
        """Raises CubeError where the mart cannot be read."""
        self.engine = Postgres(url, ceilings=ceilings)
        self._url = url
        self._fault: str | None = None
        self._stopping = threading.Event()
        with _reading(url) as connection:
            self._position = source.position(connection)
        self._thread = threading.Thread(target=self._look, name="cube position", daemon=True)
        self._thread.start()

    @property
    def time_zone(self) -> str:
        """The zone of the business days."""
        return self._position.time_zone

    def freshness(self) -> Freshness:
        """Whatever was committed below the watermark is in every answer: no transaction from it on had begun."""
        found = self._position
        return Freshness(watermark=found.next_xid, lag_ms=0, fault=self._fault, epoch=found.epoch)

    def close(self) -> None:
        """Nothing reads the mart here any more."""
        self._stopping.set()
        self._thread.join()
        self.engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _look(self) -> None:
        while not self._stopping.is_set():
            try:
                with _reading(self._url) as connection:
                    while not self._stopping.wait(INTERVAL):
                        self._seen(source.position(connection))
            # Whatever it is, looking goes on: the store may come back.
            except Exception as error:  # noqa: BLE001
                self._failed(error)
                self._stopping.wait(WAIT)

    def _seen(self, position: Position) -> None:
        self._position, self._fault = position, None

    def _failed(self, error: Exception) -> None:
        """The fault is known to `freshness`, and logged once until it changes."""
        fault = f"the mart cannot be read: {error}"
        if fault != self._fault:
            log.error("cube.mart.unreadable", exc_info=error)
        self._fault = fault


@contextmanager
def _reading(url: str) -> Iterator[Connection]:
    """A connection. Raises CubeError where there is none to be had."""
    import adbc_driver_manager as adbc

    try:
        with source.connect(url) as connection:
            yield connection
    except adbc.Error as error:
        raise CubeError(f"the mart cannot be read: {error}") from error
