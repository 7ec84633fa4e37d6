"""How a process asks its cube: so many questions at once, so many waiting, none for longer than the deadline.

A question whose client left is stopped, and so is one that takes too long: the engine goes on with the next.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

import anyio
import anyio.to_thread
from starlette.types import Receive

from api.errors import ApiError, Code
from domain.messages import say
from olap.ask import Engine
from olap.engines.interrupt import Interrupt
from olap.errors import MemoryTaken, NeedsMemory, TookTooLong
from olap.owner.queries import Overloaded
from olap.owner.remote import Unreachable
from olap.serving.interruptible import Interruptible, Stoppable

T = TypeVar("T")

AT_ONCE = 2 * (os.cpu_count() or 1)
"""Questions that run side by side; the engine parts each among all processors."""
WAITING = 64
"""Questions that wait for their turn; more are refused at once."""
DEADLINE = 30.0
"""Seconds from question to answer."""


class ClientLeft(Exception):
    """Nobody waits for the answer any more."""


async def left(receive: Receive) -> None:
    """The client has closed the connection; what still comes of a body is passed over."""
    while (await receive())["type"] != "http.disconnect":
        pass


class Asking:
    """Asks the engine of one process, in threads: engines have no async."""

    def __init__(self, *, at_once: int = AT_ONCE, waiting: int = WAITING, deadline: float = DEADLINE) -> None:
        self._limiter = anyio.CapacityLimiter(at_once)
        self._waiting = waiting
        self._most = at_once + waiting
        self._deadline = deadline
        self.asked = 0
        """Questions that run or wait."""

    async def ask(
        self,
        work: Callable[[Engine], T],
        engine: Stoppable,
        gone: Callable[[], Awaitable[None]] | None = None,
    ) -> T:
        """What the work gives with the engine. `gone` ends when nobody waits for the answer any more.

        Raises what the work raises, ClientLeft, and ApiError where the cube is too busy or the question too large.
        """
        if self.asked >= self._most:
            message = say(
                "{waiting} questions to the cube wait already; ask again in a moment", waiting=self._waiting
            )
            raise ApiError(Code.BUSY, message)
        interrupt = Interrupt()
        self.asked += 1
        asked = partial(work, Interruptible(engine, interrupt))
        answer = asyncio.ensure_future(anyio.to_thread.run_sync(asked, limiter=self._limiter))
        answer.add_done_callback(self._ended)
        left = None if gone is None else asyncio.ensure_future(gone())
        try:
            return await self._first(answer, left)
        finally:
            if not answer.done():
                interrupt()
            if left is not None:
                left.cancel()

    async def _first(self, answer: "asyncio.Future[T]", left: "asyncio.Future[None] | None") -> T:
        waited_for: set[asyncio.Future[T] | asyncio.Future[None]] = (
            {answer} if left is None else {answer, left}
        )
        await asyncio.wait(waited_for, timeout=self._deadline, return_when=asyncio.FIRST_COMPLETED)
        if answer.done():
            return _given(answer)
        if left is not None and left.done():
            raise ClientLeft
        raise _too_long(self._deadline)

    def _ended(self, answer: "asyncio.Future[T]") -> None:
        self.asked -= 1
        if not answer.cancelled():
            answer.exception()  # told to whoever waited; of one that was stopped nobody needs to hear


def _given(answer: "asyncio.Future[T]") -> T:
    try:
        return answer.result()
    except NeedsMemory:
        message = say("the question needs more memory than the cube has; cut the cell or drill down to less")
        raise ApiError(Code.VALIDATION, message) from None
    except MemoryTaken:
        message = say("other questions hold the cube's memory; ask again in a moment")
        raise ApiError(Code.BUSY, message) from None
    except (Overloaded, Unreachable):
        message = say("the cube cannot be asked at the moment; ask again in a moment")
        raise ApiError(Code.BUSY, message) from None
    except TookTooLong as error:
        raise _too_long(error.seconds) from None


def _too_long(seconds: float) -> ApiError:
    message = say(
        "the question took longer than {seconds} s and was stopped; ask for less", seconds=int(seconds)
    )
    return ApiError(Code.TIMEOUT, message)
