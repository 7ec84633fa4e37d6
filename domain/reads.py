"""A pool of connections for reads: asyncpg's, and beside it a shorter way for planned reads.

A planned read is one statement in autocommit that leaves nothing behind in its session. asyncpg's pool gives a
connection out through a proxy and takes it back in a task of its own, which costs a short read half of its time.
"""

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import asyncpg

from domain.deadline import Deadline
from domain.errors import DomainError
from domain.gate import Gate
from domain.messages import say
from domain.moments import exact

ACQUIRE_SECONDS = 2

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]
    Pool = asyncpg.Pool[asyncpg.Record]
else:
    Pool = asyncpg.Pool


ALL_IN_USE = say("all connections are in use; ask again in a moment")
AWAY = say("the store cannot be reached at the moment; ask again in a moment")
SCARCE = say("the store has no disk, memory or connections left; ask again when there are some")


class Busy(DomainError):
    """Every connection is in use, the store is away, or others held what was asked for through all tries: ask again in
    a moment."""


@dataclass(frozen=True)
class Connections:
    """How many connections are in use, how many there may be, and how many callers wait for one."""

    busy: int
    most: int
    waiting: int


class Reads(Pool):
    """asyncpg's pool of at most `max_size` connections, and as many again for planned reads."""

    def __init__(self, url: str, *, at_once: int, **options: Any) -> None:
        """`at_once` planned reads run side by side while they are short (gate.py)."""
        super().__init__(url, **options)
        self._gate = Gate(at_once, wait_seconds=ACQUIRE_SECONDS)
        self._url = url
        self._most: int = options["max_size"]
        self._class = options["connection_class"]
        self._told = {
            name: options[name]
            for name in ("statement_cache_size", "max_cacheable_statement_size", "server_settings")
        }
        self._open = 0
        self._ended = False
        self._idle: list[Connection] = []
        self._waiting: deque[asyncio.Future[Connection | None]] = deque()

    async def value(self, sql: str, arguments: list[Any]) -> Any:
        """The first value of the statement's first row. Raises Busy and asyncpg's errors."""
        ticket = self._gate.passed() or await self._turn()
        try:
            return await self._asked(sql, arguments)
        finally:
            self._gate.leave(ticket)

    async def _turn(self) -> int:
        try:
            return await self._gate.turn()
        except TimeoutError:
            raise Busy(ALL_IN_USE) from None

    async def _asked(self, sql: str, arguments: list[Any]) -> Any:
        connection = self._unused() or await self._next()
        try:
            found = await connection.fetchval(sql, *arguments)
        except asyncpg.PostgresError:
            self._take_back(connection)
            raise
        except BaseException:
            connection.terminate()  # whatever it was doing: it is not asked again
            self._take_back(connection)
            raise
        self._take_back(connection)
        return found

    def planned(self) -> Connections:
        """Those of planned reads."""
        waiting = self._gate.waiting + sum(not turn.done() for turn in self._waiting)
        return Connections(self._open - len(self._idle), self._most, waiting)

    def _unused(self) -> "Connection | None":
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
            self._open -= 1
        return None

    async def _next(self) -> "Connection":
        """A new connection, or the next that is given back."""
        if self._open >= self._most:
            found = await self._wait()
            if found is not None:
                return found
        self._open += 1
        try:
            with Deadline(ACQUIRE_SECONDS):
                made: Connection = await asyncpg.connect(
                    self._url, connection_class=self._class, **self._told
                )
                await exact(made)
                return made
        except BaseException:
            self._open -= 1
            self._wake(None)
            raise

    async def _wait(self) -> "Connection | None":
        """A connection that was given back; None where one is gone and a new one may be opened."""
        turn: asyncio.Future[Connection | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            with Deadline(ACQUIRE_SECONDS):
                return await turn
        except BaseException as error:
            self._leave(turn)
            if isinstance(error, TimeoutError):
                raise Busy(ALL_IN_USE) from None
            raise

    def _leave(self, turn: "asyncio.Future[Connection | None]") -> None:
        """Who waited has gone. What he was given in the same moment is the next one's."""
        if not turn.done() or turn.cancelled():
            turn.cancel()
        elif (connection := turn.result()) is not None:
            self._take_back(connection)
        else:
            self._wake(None)

    def _take_back(self, connection: "Connection") -> None:
        if self._ended:
            connection.terminate()
        elif connection.is_closed():
            self._open -= 1
            self._wake(None)
        elif not self._wake(connection):
            self._idle.append(connection)

    def _wake(self, connection: "Connection | None") -> bool:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(connection)
                return True
        return False

    async def close(self) -> None:
        """Every connection is closed; nobody may ask any more."""
        self._ended = True
        for connection in self._idle:
            await connection.close()
        self._idle.clear()
        await super().close()
