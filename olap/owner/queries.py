"""What an owner answers to processes that ask its cube: how fresh it is, and the rows of queries, in Arrow.

So many queries run at once, so many wait, and one whose asker has gone is stopped. An asker sends text and values that
it has compiled from a plan; only processes of the owner's user reach the socket.
"""

import os
import select
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from olap.engines.compiled import Query
from olap.engines.interrupt import Interrupt
from olap.errors import CubeError
from olap.freshness import Freshness
from olap.owner import values

if TYPE_CHECKING:
    from olap.engines.duckdb import DuckDB

AT_ONCE = 4 * (os.cpu_count() or 1)
WAITING = 256
"""Queries of all processes that run side by side, and that wait for their turn."""


class Overloaded(CubeError):
    """More queries wait than will be answered soon."""


class NotBuilt(CubeError):
    """There is no cube yet."""


@dataclass(frozen=True)
class Queries:
    """The questions of other processes to an open cube."""

    engine: "DuckDB"
    freshness: Callable[[], Freshness]
    time_zone: Callable[[], str]
    waiting: int = WAITING
    turns: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(AT_ONCE))
    queue: list[int] = field(default_factory=list)

    def state(self) -> dict[str, Any]:
        """How fresh the cube is, and what else a plan depends on. Raises NotBuilt."""
        zone = self.time_zone()
        if not zone:
            raise NotBuilt("the cube is being built for the first time")
        return {
            "freshness": asdict(self.freshness()),
            "time_zone": zone,
            "rollups": dict(self.engine.rollups),
        }

    def rows(self, asked: Mapping[str, Any], asker: socket.socket) -> pa.Table:
        """The rows of a query; stopped when the asker goes. Raises Overloaded, and what the engine raises."""
        query = Query(
            text=str(asked.get("text")),
            values=values.read(asked.get("values") or []),
            few=asked.get("few") is True,
        )
        stop = Interrupt()
        with self._turn(), _stopped_with(asker, stop):
            return self.engine.run(query, interrupt=stop)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if len(self.queue) >= self.waiting:
            raise Overloaded(f"{self.waiting} queries wait for the cube already")
        self.queue.append(1)
        try:
            self.turns.acquire()
        finally:
            self.queue.pop()
        try:
            yield
        finally:
            self.turns.release()


@contextmanager
def _stopped_with(asker: socket.socket, stop: Interrupt) -> Iterator[None]:
    """While inside, the query is stopped when the asker closes its end."""
    over, ended = socket.socketpair()
    with over, ended:

        def watch() -> None:
            ready, _, _ = select.select([asker, over], [], [])
            if over not in ready and not asker.recv(1, socket.MSG_PEEK):
                stop()

        watcher = threading.Thread(target=watch, name="cube asker", daemon=True)
        watcher.start()
        try:
            yield
        finally:
            ended.close()
            watcher.join()


def written(table: pa.Table) -> bytes:
    """The rows as they go over the socket."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue().to_pybytes())
