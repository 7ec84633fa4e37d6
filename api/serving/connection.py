"""A connection of HTTP/1.1 whose heads are small and come in time, and whose client may offer another protocol.

The server's own class waits for ever for a head that never ends, takes one of any size, and loses the body of a
request that offers HTTP/2, as the first one of each connection of Java's own client does.
"""

import asyncio
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.serving.cork import Corked

HEAD_SECONDS = 5.0
"""So long a head may take: of a new connection since it was opened, of a later request since its first byte."""

LOOK_SECONDS = 2.5
"""How late it may be seen that time is up."""

MOST_IN_A_HEAD = 64 * 1024

DISCARDING_SECONDS = 2.0
"""What still comes of a refused head is thrown away for so long: a connection that is closed upon unread bytes is
reset, and the client would never see why."""

TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\n"
    b"content-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\n\r\n%b"
)

OFFERED = frozenset({b"connection", b"upgrade", b"http2-settings"})
"""Headers that offer another protocol. The answer without any of them keeps the connection and its protocol."""


class Connection(HttpToolsProtocol):
    """What uvicorn makes for each connection.

    One timer looks after it from time to time: to arm one for each request would cost 2 us of it.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._in_head = 0
        self._refused = False
        self._waits_for: float | None = HEAD_SECONDS
        self._since = self.loop.time()
        self._looks: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        super().connection_made(Corked(transport, self.loop))  # type: ignore[arg-type]  # it does what is asked of one
        self._look()

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserError:
            self.send_400_response("Invalid HTTP request received.")
        except httptools.HttpParserUpgrade as offer:
            self._offered(data[offer.args[0] :])
        if "method" not in (self.scope or ()):  # the parser has seen no end of the head
            self._wait_for_head(len(data))
        else:
            self._waits_for = None

    def connection_lost(self, exc: Exception | None) -> None:
        if self._looks is not None:
            self._looks.cancel()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        """As the server's own, but for its timer."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        elif self._waits_for is None:
            self._waits_for, self._since = self.timeout_keep_alive, self.loop.time()

    def _should_upgrade(self) -> bool:
        """Whether the request is not to be begun as it stands: asked only where its head offers another protocol."""
        return self._get_upgrade() is not None

    def _offered(self, rest: bytes) -> None:
        """The head has offered another protocol, and the parser has stopped behind it; `rest` has come besides."""
        if self._get_upgrade() != b"websocket":
            self._stay(rest)
            return
        if self._looks is not None:
            self._looks.cancel()
        self.transport = self.transport.bare  # type: ignore[attr-defined]  # ours
        self.handle_websocket_upgrade()

    def _stay(self, rest: bytes) -> None:
        """The request is read again without its offer."""
        lines = [b"%b %b HTTP/1.1" % (self.parser.get_method(), self.url)]
        lines += [b"%b: %b" % header for header in self.headers if header[0] not in OFFERED]
        self.parser = httptools.HttpRequestParser(self)
        self.data_received(b"\r\n".join(lines) + b"\r\n\r\n" + rest)

    def _wait_for_head(self, size: int) -> None:
        if self._waits_for != HEAD_SECONDS:
            self._waits_for, self._since, self._in_head = HEAD_SECONDS, self.loop.time(), 0
        self._in_head += size
        if self._in_head > MOST_IN_A_HEAD and not self.transport.is_closing():
            self._refuse()

    def _refuse(self) -> None:
        told = b"a request's head has at most %d bytes" % MOST_IN_A_HEAD
        self._refused = True
        self.transport.write(TOO_LARGE % (len(told), told))
        self.transport.write_eof()
        self.loop.call_later(DISCARDING_SECONDS, self.transport.close)

    def _look(self) -> None:
        """Closes a connection that has kept us waiting, unless an earlier request of it is being answered."""
        waited = self.loop.time() - self._since
        answering = bool(self.cycle) and not self.cycle.response_complete
        if self._waits_for is not None and waited >= self._waits_for and not answering:
            self.transport.close()
        else:
            self._looks = self.loop.call_later(LOOK_SECONDS, self._look)
