"""Python's search for garbage, fitted to a process that serves.

What start-up made (the schema, a million objects) lives as long as the process. Searching it again and again for
garbage took a third of the time of a batch of 1,000 upserts, whose rows are young objects by the ten thousand
(measured).
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

YOUNG = 20_000
"""So many new objects before the young ones are searched: those of a request are gone by then."""

WORKING = 200_000
"""So many in a command, which ends with its work: a sixth of its time was the search (measured)."""


def postpone() -> None:
    """While this process starts, garbage is not looked for: `settle` ends it.

    Of 3.4 s of a start the search took 0.4, after every 200,000 objects, and found a thousand (measured).
    """
    gc.disable()


@contextmanager
def unsought() -> Iterator[None]:
    """Inside, garbage is not looked for."""
    was_sought = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_sought:
            gc.enable()


def seldom() -> None:
    """In this process, which ends with its work, garbage is hardly looked for, and not among what it has loaded.

    At its end, too, Python would search all of that, twice: 0.1 s of the 0.3 that a short command takes (measured).
    """
    gc.freeze()
    gc.set_threshold(WORKING, 10, 10)


def settle() -> None:
    """What is here now is never searched again, and young objects less often.

    It is not searched now either: that took 0.3 s of each start and found a thousand objects, no megabyte (measured).
    """
    gc.freeze()
    gc.set_threshold(YOUNG, 10, 5)
    gc.enable()
