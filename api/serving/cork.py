"""Puts the head of an answer and its body into one packet.

The server writes them one after the other, and the event loop sends each at once: two packets, two wake-ups of the
client, 7 us of a short answer's 120 (measured).
"""

import asyncio
from typing import Any

HEAD = b"HTTP/1.1 "
COPIED = 64 * 1024
"""A larger body is sent behind its head as it is: to copy it would cost more than a packet."""


class Corked:
    """A transport that holds back the head of an answer until its body comes, or the loop has nothing else to do."""

    def __init__(self, bare: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self.bare = bare
        self._loop = loop
        self._head: bytes | None = None
        self.is_closing = bare.is_closing

    def write(self, piece: bytes) -> None:
        head = self._head
        if head is not None:
            self._head = None
            if len(piece) > COPIED:
                self.bare.write(head)
                self.bare.write(piece)
            else:
                self.bare.write(head + piece)
        elif piece.startswith(HEAD):
            self._head = piece
            self._loop.call_soon(self._uncork)
        else:
            self.bare.write(piece)

    def write_eof(self) -> None:
        self._uncork()
        self.bare.write_eof()

    def close(self) -> None:
        self._uncork()
        self.bare.close()

    def _uncork(self) -> None:
        """What is held back is sent: a stream's head comes long before its first event."""
        if self._head is not None:
            head, self._head = self._head, None
            self.bare.write(head)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.bare, name)
