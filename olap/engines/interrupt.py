"""Stopping one running query from another thread."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, Self

from olap.errors import CubeError

PAUSE = 0.01
"""Seconds until a query that has not stopped is told again."""


class Interrupted(CubeError):
    """The query was stopped by whoever asked it."""


class Running(Protocol):
    """A query that runs, or is about to."""

    def interrupt(self) -> None: ...


class Insisting:
    """A query on a server, which is told to stop until it has: a word that comes before it begins is not heard.

    Whoever interrupts does not wait for that.
    """

    def __init__(self, running: Running) -> None:
        self._running = running
        self._over = threading.Event()
        self._telling: threading.Thread | None = None

    def interrupt(self) -> None:
        """The query will be over soon, if it is not."""
        if self._telling is None:
            self._telling = threading.Thread(target=self._tell, name="cube interrupt", daemon=True)
            self._telling.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """The query is over, and nobody is told anything any more."""
        self._over.set()
        if self._telling is not None:
            self._telling.join()

    def _tell(self) -> None:
        while not self._over.is_set():
            self._running.interrupt()
            self._over.wait(PAUSE)


class Interrupt:
    """Called, it stops the query it was given to, also one not begun, with Interrupted."""

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
