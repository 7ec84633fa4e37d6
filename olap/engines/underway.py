"""The queries of one engine that run now: counted, stopped together, and awaited by whoever closes the engine."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from olap.engines.interrupt import Interrupt
from olap.errors import CubeError


class Underway:
    """Safe for many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[Interrupt] = set()
        self._closed = False

    @contextmanager
    def counted(self, stop: Interrupt) -> Iterator[None]:
        """While inside, the query is one of those that run. Raises CubeError once `end` was called."""
        with self._lock:
            if self._closed:
                raise CubeError("the cube is closed")
            self._running.add(stop)
        try:
            yield
        finally:
            with self._lock:
                self._running.discard(stop)

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
