"""The owner's ear: a Unix socket in a closed directory, where others ask for what only the owner can do."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from socketserver import StreamRequestHandler, ThreadingUnixStreamServer
from typing import Any

import structlog

from olap.load import Progress, Step
from olap.owner import messages, place
from olap.owner.messages import Report

NAME = "owner"

PATIENCE = 5.0
"""Seconds for one line to be sent or taken."""

log = structlog.get_logger(__name__)

Deed = Callable[[Progress], Report]

Deeds = Mapping[str, Deed]
"""What can be asked for, by name."""


@contextmanager
def listening(deeds: Deeds) -> Iterator[str]:
    """While inside, the deeds can be asked for at the socket whose path this gives."""
    directory = place.make()
    socket = directory / NAME
    try:
        with _Server(str(socket), deeds) as server:
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

    def __init__(self, socket: str, deeds: Deeds) -> None:
        self.deeds = deeds
        super().__init__(socket, _Conversation)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """An asker that went away is no fault of the cube's."""
        log.info("cube.owner.asker_left", exc_info=True)


class _Conversation(StreamRequestHandler):
    server: _Server
    timeout = PATIENCE

    def handle(self) -> None:
        """One request, answered to its end."""
        asked = json.loads(self.rfile.readline(1000) or b"null")
        name = asked.get("ask") if isinstance(asked, dict) else None
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
