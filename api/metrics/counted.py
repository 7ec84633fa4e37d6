"""Requests, counted as they are answered: by kind and outcome, with the time that they took."""

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from time import perf_counter

from api.errors import Code
from api.usage.counted import Named, Usage
from domain.access import Actor

OK = "OK"

UNREAD = "unread"
"""The kind of a request that was refused before it was known what it asks."""

BULK = "bulk"

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper ends of the classes of times, in seconds."""

_CODE = re.compile(rb'"code":"([A-Z_]+)"')


@dataclass(slots=True)
class Times:
    """How long requests of one kind took: how many in each class, the last of which has no upper end, and the sum."""

    classes: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    seconds: float = 0.0


class Requests:
    """What one process has answered since it started."""

    def __init__(self) -> None:
        self.outcomes: dict[tuple[str, str], int] = {}
        self.times: dict[str, Times] = {}
        self.replays = 0

    def count(self, kind: str, outcome: str, seconds: float) -> None:
        """One more request of this kind was answered so, after so long."""
        key = (kind, outcome)
        self.outcomes[key] = self.outcomes.get(key, 0) + 1
        times = self.times.get(kind)
        if times is None:
            times = self.times[kind] = Times()
        times.classes[bisect_left(BOUNDS, seconds)] += 1
        times.seconds += seconds


@dataclass(slots=True)
class Begun:
    """A request that is being answered. `kind` is told once it is known, as is who calls what."""

    requests: Requests
    usage: Usage
    kind: str = UNREAD
    caller: Actor | None = None
    named: Named | None = None
    at: float = field(default_factory=perf_counter)

    def ended(self, outcome: str) -> None:
        """It is counted."""
        seconds = perf_counter() - self.at
        self.requests.count(self.kind, outcome, seconds)
        if self.caller is not None and self.named is not None:
            self.usage.count(self.caller, self.named, failed=outcome != OK, seconds=seconds)


def outcome(body: bytes) -> str:
    """The code of the first error in an answer to an operation that was carried out, or OK."""
    if not body.startswith(b'{"errors"'):
        return OK
    found = _CODE.search(body)
    return found[1].decode() if found else Code.INTERNAL.value
