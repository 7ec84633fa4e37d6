"""Stopping one running query from another thread."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import duckdb

from olap.errors import CubeError


class Interrupted(CubeError, duckdb.InterruptException):
    """The query was stopped by whoever asked it; DuckDB's own exception is one of its kinds, in every engine."""


class Running(Protocol):
    """A query that runs, or is about to."""

    def interrupt(self) -> None: ...


class Interrupt:
    """Called, it stops the query it was given to, also one not begun, with duckdb.InterruptException."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: Running | None = None
        self._asked = False

    def __call__(self) -> None:
        with self._lock:
            self._asked = True
            if self._running is not None:
                self._running.interrupt()

    @property
    def asked(self) -> bool:
        """Whether it was called."""
        return self._asked

    @contextmanager
    def watching(self, running: Running) -> Iterator[None]:
        """While inside, a call stops what runs."""
        with self._lock:
            if self._asked:
                raise Interrupted("the query was interrupted before it began")
            self._running = running
        try:
            yield
        finally:
            with self._lock:
                self._running = None
