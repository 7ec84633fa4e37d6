"""The queries of one engine that run now: counted, stopped together, and awaited by whoever closes the engine."""

import threading
import time
from collections.abc import Iterator, Set
from contextlib import contextmanager

from olap.engines.interrupt import Interrupt
from olap.errors import CubeError

PAUSE = 0.02
"""Seconds between two looks at whether whoever waits still does."""


class Underway:
    """Safe for many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ended = threading.Condition(self._lock)
        self._running: set[Interrupt] = set()
        self._alone: int | None = None
        self._closed = False

    @contextmanager
    def counted(self, stop: Interrupt) -> Iterator[None]:
        """While inside, the query is one of those that run. Raises CubeError once `end` was called."""
        with self._ended:
            while self._alone not in (None, threading.get_ident()) and not stop.asked and not self._closed:
                self._ended.wait(PAUSE)
            if self._closed:
                raise CubeError("the cube is closed")
            self._running.add(stop)
        try:
            yield
        finally:
            with self._lock:
                self._running.discard(stop)
                self._ended.notify_all()

    @contextmanager
    def alone(self, patience: float) -> Iterator[None]:
        """Inside, no query of another thread begins, and those that ran are over, or `patience` seconds are."""
        with self._lock:
            before = frozenset(self._running)
            self._alone = threading.get_ident()
        try:
            self.await_end(before, unless=Interrupt(), until=time.monotonic() + patience)
            yield
        finally:
            with self._lock:
                self._alone = None
                self._ended.notify_all()

    def others(self, than: Interrupt) -> frozenset[Interrupt]:
        """The queries that run now, but for this one."""
        with self._lock:
            return frozenset(self._running) - {than}

    def await_end(self, those: Set[Interrupt], *, unless: Interrupt, until: float) -> None:
        """None of them runs any more, or `unless` was called, or it is `until` by the monotonic clock."""
        with self._ended:
            while those & self._running and not unless.asked and time.monotonic() < until:
                self._ended.wait(PAUSE)

    def interrupt(self) -> None:
        """Whatever runs now is stopped."""
        with self._lock:
            running = list(self._running)
        for stop in running:
            stop()

    def end(self) -> None:
        """Nothing runs, nor will: what ran was interrupted."""
        with self._lock:
            self._closed = True
        while self._running:
            self.interrupt()
            time.sleep(0.002)
