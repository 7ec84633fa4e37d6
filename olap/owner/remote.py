"""A cube that another process owns: asked over its socket as if it were open here."""

import json
import socket
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlalchemy import ClauseElement

from olap.dialect import DIALECT
from olap.engines.compiled import Compiler
from olap.engines.interrupt import Interrupt, Interrupted
from olap.errors import CubeError, MemoryTaken, NeedsMemory
from olap.freshness import Freshness
from olap.owner import messages, values
from olap.owner.lock import socket_of
from olap.owner.queries import NotBuilt, Overloaded

PATIENCE = 60.0
"""Seconds for an owner to answer; whoever asks has a deadline of his own."""
BUILDING = 0.2
"""Seconds between two looks at an owner that builds."""
KEPT = 16
"""Lines that are kept open for the next question."""


KINDS: Mapping[str, type[Exception]] = {
    "NotBuilt": NotBuilt,
    "Overloaded": Overloaded,
    "Interrupted": Interrupted,
    "NeedsMemory": NeedsMemory,
    "MemoryTaken": MemoryTaken,
}
"""Errors of the owner's that are told apart here too."""


class Unreachable(CubeError):
    """The owner takes no questions: it has ended, or is about to."""


class RemoteCube:
    """The cube whose file lies at `path`, owned by another process. Safe for many threads.

    An owner that is followed by another is found again by the word it leaves beside the file.
    """

    def __init__(self, path: Path) -> None:
        """Blocks while the owner builds the cube for the first time. Raises CubeError where no owner answers."""
        self._line = Lines(path)
        self._state = self._first_state()
        self.engine = RemoteEngine(self._line, lambda: self._state["rollups"])

    @property
    def time_zone(self) -> str:
        """The zone of the business days in the cube."""
        return str(self._state["time_zone"])

    def freshness(self) -> Freshness:
        """How fresh the cube is now; a fault where its owner does not answer."""
        try:
            self._state = self._line.asked({"ask": "state"})
        except CubeError as error:
            last = self._state["freshness"]
            return Freshness(**{**last, "fault": f"the cube's owner does not answer: {error}", "version": ""})
        return Freshness(**self._state["freshness"])

    def _first_state(self) -> dict[str, Any]:
        while True:
            try:
                return self._line.asked({"ask": "state"})
            except NotBuilt:
                time.sleep(BUILDING)

    def close(self) -> None:
        """Nothing is asked any more."""
        self._line.close()


class RemoteEngine:
    """Queries of DuckDB, run by the owner."""

    def __init__(self, line: "Lines", rollups: Any) -> None:
        self._line = line
        self._rollups = rollups
        self._compiler = Compiler(DIALECT)

    @property
    def rollups(self) -> Mapping[str, int]:
        """How many rows each rollup has that a plan may be put over, by table."""
        found: Mapping[str, int] = self._rollups()
        return found

    def fetch(
        self,
        statement: ClauseElement,
        values_: Mapping[str, Any] | None = None,
        *,
        interrupt: Interrupt | None = None,
    ) -> pa.Table:
        """All rows of a statement. Raises Interrupted, Unreachable, and CubeError with the owner's reason."""
        query = self._compiler.query(statement, values_)
        given = values.told(list(query.values))
        asked = {"ask": "rows", "text": query.text, "values": given, "few": query.few}
        return self._line.rows(asked, interrupt or Interrupt())


@dataclass(frozen=True)
class _Hangup:
    """Ends what runs at the other end of a line, by closing it."""

    line: socket.socket

    def interrupt(self) -> None:
        with suppress(OSError):
            self.line.shutdown(socket.SHUT_RDWR)


class Lines:
    """Open lines to the owner, each for one question at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._idle: list[socket.socket] = []

    def asked(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """The answer, an object. Raises CubeError."""
        answer, _ = self._answered(question, Interrupt())
        return answer

    def rows(self, question: Mapping[str, Any], interrupt: Interrupt) -> pa.Table:
        """The answer, rows. Raises CubeError, Interrupted."""
        _, body = self._answered(question, interrupt)
        with pa.ipc.open_stream(body) as reader:
            return reader.read_all()

    def close(self) -> None:
        """No line is open."""
        with self._lock:
            idle, self._idle = self._idle, []
        for line in idle:
            line.close()

    def _answered(self, question: Mapping[str, Any], interrupt: Interrupt) -> tuple[dict[str, Any], bytes]:
        line, fresh = self._open()
        try:
            try:
                with interrupt.watching(_Hangup(line)):
                    found = _ask(line, question)
            except TimeoutError as error:
                raise Unreachable(f"the cube's owner did not answer within {PATIENCE:g} s") from error
            except (OSError, EOFError, ValueError) as error:
                line.close()
                if interrupt.asked:
                    raise Interrupted("the query was interrupted") from None
                if fresh:
                    raise Unreachable(f"the cube's owner hung up: {error}") from error
                # The owner that this line led to has ended: its follower is asked.
                self.close()
                return self._answered(question, interrupt)
        except BaseException:
            line.close()
            raise
        with self._lock:
            self._idle.append(line)
            spare = self._idle.pop(0) if len(self._idle) > KEPT else None
        if spare is not None:
            spare.close()
        answer, body = found
        if "failed" in answer:
            raise KINDS.get(str(answer.get("kind")), CubeError)(str(answer["failed"]))
        return answer, body

    def _open(self) -> tuple[socket.socket, bool]:
        """A line, and whether it is a new one. Raises Unreachable."""
        with self._lock:
            if self._idle:
                return self._idle.pop(), False
        where = socket_of(self._path)
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(PATIENCE)
        try:
            line.connect(where)
        except OSError as error:
            line.close()
            raise Unreachable(f"no process that owns the cube {self._path} takes questions") from error
        return line, True


def _ask(line: socket.socket, question: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    """The answer, and the bytes behind it. Raises EOFError where the other end was closed."""
    line.sendall(messages.line(dict(question)))
    with line.makefile("rb") as answers:
        head = answers.readline()
        if not head.endswith(b"\n"):
            raise EOFError("the line was closed")
        answer: dict[str, Any] = json.loads(head)
        size = int(answer.get("bytes", 0))
        body = answers.read(size)
        if len(body) < size:
            raise EOFError("the line was closed")
        return answer, body
