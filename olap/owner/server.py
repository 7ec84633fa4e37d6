"""The owner's ear: a Unix socket in a closed directory, where others ask for what only the owner can do."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from socketserver import StreamRequestHandler, ThreadingUnixStreamServer
from typing import Any

import structlog

from olap.owner import messages, place
from olap.owner.messages import Report
from olap.owner.queries import Queries, written
from olap.progress import Progress, Step

NAME = "owner"

PATIENCE = 5.0
"""Seconds for one line to be sent or taken."""

IDLE = 600.0
"""Seconds that a line may stay open without a question."""

LONGEST = 2**20
"""Bytes of one question."""

log = structlog.get_logger(__name__)

QUESTIONS = frozenset({"state", "rows"})
"""What can be asked again and again on one line."""

Deed = Callable[[Progress], Report]

Deeds = Mapping[str, Deed]
"""What can be asked for, by name."""


@contextmanager
def listening(deeds: Deeds, queries: Queries | None = None) -> Iterator[str]:
    """While inside, the deeds can be asked for, and the queries answered, at the socket whose path this gives."""
    directory = place.make()
    socket = directory / NAME
    try:
        with _Server(str(socket), deeds, queries) as server:
            threading.Thread(target=server.serve_forever, args=(0.1,), name="cube owner", daemon=True).start()
            try:
                yield str(socket)
            finally:
                server.shutdown()
    finally:
        place.remove(directory)


class _Server(ThreadingUnixStreamServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, socket: str, deeds: Deeds, queries: Queries | None) -> None:
        self.deeds = deeds
        self.queries = queries
        super().__init__(socket, _Conversation)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """An asker that went away is no fault of the cube's."""
        log.info("cube.owner.asker_left", exc_info=True)


class _Conversation(StreamRequestHandler):
    server: _Server
    timeout = PATIENCE

    def handle(self) -> None:
        """One deed, or questions until the asker closes the line; each answered to its end."""
        while asked := self.rfile.readline(LONGEST):
            told = json.loads(asked)
            question = told if isinstance(told, dict) else {}
            if self.server.queries is None or question.get("ask") not in QUESTIONS:
                return self._do(question.get("ask"))
            self._answer(question, self.server.queries)
            self.connection.settimeout(IDLE)
        return None

    def _answer(self, asked: dict[str, Any], queries: Queries) -> None:
        """The state, or rows: their size in bytes, then themselves."""
        try:
            if asked["ask"] == "state":
                return self._say(queries.state())
            self.connection.settimeout(None)
            rows = written(queries.rows(asked, self.connection))
        except Exception as error:  # noqa: BLE001  # whatever went wrong, the asker is told
            return self._say({**messages.failed(error), "kind": type(error).__name__})
        self.connection.settimeout(PATIENCE)
        self._say({"bytes": len(rows)})
        self.wfile.write(rows)
        return None

    def _do(self, name: Any) -> None:
        deed = self.server.deeds.get(str(name))
        if deed is None:
            known = ", ".join(sorted(self.server.deeds))
            return self._say(messages.failed(ValueError(f"unknown request {name!r}; known: {known}")))
        try:
            answer = messages.done(deed(self._tell))
        except OSError:
            raise
        except Exception as error:  # Whatever went wrong, the asker is told.
            log.error("cube.owner.failed", asked=name, exc_info=error)
            answer = messages.failed(error)
        return self._say(answer)

    def _tell(self, step: Step) -> None:
        """An asker that is gone cannot be told: that raises OSError, and what it asked for is undone."""
        self._say(messages.step(step))

    def _say(self, message: dict[str, Any]) -> None:
        self.wfile.write(messages.line(message))
