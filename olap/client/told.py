"""How far an answer has come, told while it is waited for."""

import sys
import time
from collections.abc import Callable
from http.client import IncompleteRead
from typing import Protocol, TextIO

Progress = Callable[[int, int | None], None]
"""Told of an answer on its way: bytes that are there, and all of them where the server says how many. Before the first
byte, while the question is computed, it is told 0; what it raises ends the question."""

EVERY = 0.2
"""Seconds between two lines at least."""
PIECE = 1 << 18
"""Bytes between two looks."""


class Body(Protocol):
    """An answer that is read bit by bit."""

    def read(self, size: int, /) -> bytes: ...


def silent(_: int, __: int | None) -> None:
    """Nothing is told."""


class Line:
    """One line on standard error, written over until the answer is there, then taken away; in notebooks, too."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = sys.stderr if out is None else out
        self._next = 0.0

    def __call__(self, done: int, expected: int | None) -> None:
        complete = done == expected
        if time.monotonic() < self._next and not complete:
            return
        self._next = 0.0 if complete else time.monotonic() + EVERY
        self._out.write(f"\r{'' if complete else _text(done, expected):<40}{chr(13) if complete else ''}")
        self._out.flush()


def read(body: Body, expected: int | None, progress: Progress) -> bytes:
    """All of the answer, telling of each piece; the last word is that it is complete.

    Raises IncompleteRead where it ends early: a body read in pieces does not say so by itself.
    """
    pieces: list[bytes] = []
    done = 0
    while piece := body.read(PIECE):
        pieces.append(piece)
        done += len(piece)
        if done != expected:
            progress(done, expected)
    if expected is not None and done != expected:
        raise IncompleteRead(b"", expected - done)
    progress(done, done)
    return b"".join(pieces)


def _text(done: int, expected: int | None) -> str:
    if not done:
        return "computing ..."
    if expected is None:
        return f"received {done / 1e6:,.1f} MB"
    return f"received {done / 1e6:,.1f} of {expected / 1e6:,.1f} MB ({done / expected:.0%})"
