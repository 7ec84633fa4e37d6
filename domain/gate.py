"""A gate for short reads: so many run at once, the others wait in line; one that takes long counts no more.

Statements that share a machine's processors finish later the more of them run at once, and the process that serves
them waits for its turn among them (measured on 2 processors, 8 clients: with 8 statements at once 2,170 answers a
second and 207 ms at the 99th percentile, with 3 at once 2,565 and 15; with HTTP in the loop's own thread, where little
else wants a processor, a page of 50: 3 at once 3,282, 5 at once 4,323, both 5.5 ms; a customer's screen: 8 at once
53 ms, 5 at once 4.2). A few long ones must not hold up the short ones, so whoever has run for LONG_SECONDS leaves his
place to the next.
"""

import asyncio
import time
from collections import deque

from domain.deadline import Deadline

LONG_SECONDS = 0.02
LOOK_SECONDS = 0.01


class Gate:
    """`at_once` places. Raises TimeoutError where none came free in `wait_seconds`."""

    def __init__(self, at_once: int, *, wait_seconds: float) -> None:
        self._free = at_once
        self._wait_seconds = wait_seconds
        self._inside: dict[int, float] = {}
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._looking = False
        self._last = 0

    @property
    def waiting(self) -> int:
        """How many wait for a place."""
        return sum(not turn.done() for turn in self._waiting)

    def passed(self) -> int | None:
        """A ticket where a place is free, else none: then `turn` waits for one."""
        if self._free == 0:
            return None
        self._free -= 1
        return self._ticket()

    async def turn(self) -> int:
        """A ticket, as soon as it is one's turn. Raises TimeoutError."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        self._look()
        try:
            with Deadline(self._wait_seconds):
                await turn
        except BaseException:
            if turn.done() and not turn.cancelled():
                self._release()  # it was given in the moment in which nobody wanted it any more
            turn.cancel()
            raise
        return self._ticket()

    def leave(self, ticket: int) -> None:
        """Whoever holds the ticket is done."""
        if self._inside.pop(ticket, None) is not None:
            self._release()

    def _ticket(self) -> int:
        self._last += 1
        self._inside[self._last] = time.monotonic()
        return self._last

    def _release(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1

    def _look(self) -> None:
        if not self._looking:
            self._looking = True
            asyncio.get_running_loop().call_later(LOOK_SECONDS, self._past_long_ones)

    def _past_long_ones(self) -> None:
        """Those who have been inside for long count no more, as long as others wait."""
        self._looking = False
        before = time.monotonic() - LONG_SECONDS
        for ticket in [ticket for ticket, since in self._inside.items() if since <= before]:
            self.leave(ticket)
        if self.waiting:
            self._look()
