"""A connection of HTTP/1.1 whose heads are small and come in time, and whose client may offer another protocol.

The server's own class waits for ever for a head that never ends, takes one of any size, and loses the body of a
request that offers HTTP/2, as the first one of each connection of Java's own client does.
"""

import asyncio
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 5.0
"""So long a head may take: of a new connection since it was opened, of a later request since its first byte."""

MOST_IN_A_HEAD = 64 * 1024

TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\n"
    b"content-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\n\r\n%b"
)

OFFERED = frozenset({b"connection", b"upgrade", b"http2-settings"})
"""Headers that offer another protocol. The answer without any of them keeps the connection and its protocol."""


class Connection(HttpToolsProtocol):
    """What uvicorn makes for each connection."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._in_head = 0
        self._patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        super().connection_made(transport)
        self._patience = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def data_received(self, data: bytes) -> None:
        if self.timeout_keep_alive_task is not None:
            self._unset_keepalive_if_required()
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserError:
            self.send_400_response("Invalid HTTP request received.")
        except httptools.HttpParserUpgrade as offer:
            if self._get_upgrade() == b"websocket":
                self.handle_websocket_upgrade()
            else:
                self._stay(data[offer.args[0] :])
        if "method" not in (self.scope or ()):  # the parser has seen no end of the head
            self._wait_on(len(data))
        elif self._patience is not None:
            self._head_has_come()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._patience is not None:
            self._head_has_come()
        super().connection_lost(exc)

    def _should_upgrade(self) -> bool:
        """Whether the request is not to be begun as it stands: asked only where its head offers another protocol."""
        return self._get_upgrade() is not None

    def _stay(self, rest: bytes) -> None:
        """The request, of which `rest` has come behind its head, is read again without its offer: the parser has
        stopped behind the head."""
        lines = [b"%b %b HTTP/1.1" % (self.parser.get_method(), self.url)]
        lines += [b"%b: %b" % header for header in self.headers if header[0] not in OFFERED]
        self.parser = httptools.HttpRequestParser(self)
        self.data_received(b"\r\n".join(lines) + b"\r\n\r\n" + rest)

    def _wait_on(self, size: int) -> None:
        self._in_head += size
        if self.transport.is_closing():
            return
        if self._in_head > MOST_IN_A_HEAD:
            self._refuse()
        elif self._patience is None:
            self._patience = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _head_has_come(self) -> None:
        assert self._patience is not None, "who waits has a timer"
        self._patience.cancel()
        self._patience = None
        self._in_head = 0

    def _refuse(self) -> None:
        told = b"a request's head has at most %d bytes" % MOST_IN_A_HEAD
        self.transport.write(TOO_LARGE % (len(told), told))
        self.transport.close()

    def _give_up(self) -> None:
        self._patience = None
        self.transport.close()
