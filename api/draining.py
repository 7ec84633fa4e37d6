"""How a process begins to stop: readiness goes and long-lived connections end, while calls in flight are answered.

The server waits for every open connection before it tells the application that it stops, and a subscription ends only
when it is told: so whoever serves says it first, by `begin`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

_drains: list[Callable[[], None]] = []


@contextmanager
def draining(drain: Callable[[], None]) -> Iterator[None]:
    """While inside, `begin` calls `drain`, which may be called again."""
    _drains.append(drain)
    try:
        yield
    finally:
        _drains.remove(drain)


def begin() -> None:
    """This process stops soon. For the event loop's thread."""
    for drain in _drains:
        drain()
