"""Stopping one running query from another thread."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb


class Interrupt:
    """Called, it stops the query it was given to, also one not begun, with duckdb.InterruptException."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cursor: duckdb.DuckDBPyConnection | None = None
        self._asked = False

    def __call__(self) -> None:
        with self._lock:
            self._asked = True
            if self._cursor is not None:
                self._cursor.interrupt()

    @contextmanager
    def watching(self, cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
        """While inside, a call stops what the cursor runs."""
        with self._lock:
            if self._asked:
                raise duckdb.InterruptException("the query was interrupted before it began")
            self._cursor = cursor
        try:
            yield
        finally:
            with self._lock:
                self._cursor = None
