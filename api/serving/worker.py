"""A worker: told to stop, it says so at once, and goes on for a moment before it takes no more connections."""

import asyncio
import socket
from types import FrameType

from uvicorn import Server

from api import draining

MOMENT_SECONDS = 1.0
"""Whoever sends requests here sees meanwhile that this worker is not ready, and sends them elsewhere."""

LAST_SECONDS = 0.2
"""Whoever has just been let in sends his request meanwhile."""

DRAINING_SECONDS = MOMENT_SECONDS + LAST_SECONDS
"""From when a worker is told to stop until it takes nothing more."""

CLOSE = (b"connection", b"close")


class Worker(Server):
    """uvicorn's server, which drains (api/draining.py) before it shuts down."""

    _loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        if self._loop is not None:
            self._loop.call_soon_threadsafe(draining.begin)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        draining.begin()
        # Clients leave by themselves, each with an answer: one that is closed upon may have sent his next request.
        self.server_state.default_headers = [*self.server_state.default_headers, CLOSE]
        await asyncio.sleep(MOMENT_SECONDS)
        for server in self.servers:
            server.close()
        await asyncio.sleep(LAST_SECONDS)
        await super().shutdown(sockets)
