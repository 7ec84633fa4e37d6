"""How fresh the cube is, said so that a committed change can be waited for."""

import time
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime

from olap.source import Position
from olap.watermark import Watermark


@dataclass(frozen=True)
class Freshness:
    """Every transaction below `watermark` is in the cube, and so is all that was committed `lag_ms` ago.

    `fault` says what keeps the cube from following the feed, or is None; `held_by` names the transaction that
    holds the feed back where that makes the lag long. `epoch` is the feed's; `version` names what the cube holds:
    where it is the same, so are all answers. `today` is the company's day by which traits such as ages are told.
    """

    watermark: int
    lag_ms: int
    fault: str | None
    held_by: str | None = None
    epoch: int = 1
    version: str = ""
    today: str = ""


class Lag:
    """Finds the last moment of which the cube holds everything.

    A transaction committed before a look at the database has an id below the look's `next_xid`. Once the cube's
    horizon has reached that id, the cube holds the moment of the look. So a long transaction, which holds the
    horizon back, shows as lag, although nothing is wrong with the cube.
    """

    def __init__(self, mark: Watermark) -> None:
        self.horizon = mark.last_event + 1
        self._looks: deque[tuple[int, float]] = deque(maxlen=100_000)
        age = (datetime.now(UTC) - mark.read_at).total_seconds()
        self._complete_at = time.monotonic() - max(0.0, age)

    def looked(self, position: Position, *, at: float) -> None:
        """The database was looked at; `at` is the monotonic time just before."""
        if self._looks and self._looks[-1][0] == position.next_xid:
            self._looks.pop()
        self._looks.append((position.next_xid, at))

    def reached(self, horizon: int) -> None:
        """The cube holds every transaction below the horizon."""
        self.horizon = horizon
        while self._looks and self._looks[0][0] <= horizon:
            _, self._complete_at = self._looks.popleft()

    def milliseconds(self) -> int:
        """How long ago the cube was complete."""
        return int((time.monotonic() - self._complete_at) * 1000)
