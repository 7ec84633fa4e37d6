"""A worker: told to stop, it says so at once, and goes on for a moment before it takes no more connections."""

import asyncio
import socket
from types import FrameType

from uvicorn import Server

from api import draining

MOMENT_SECONDS = 0.5
"""Whoever sends requests here sees meanwhile that this worker is not ready, and sends them elsewhere."""


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
        await asyncio.sleep(MOMENT_SECONDS)
        await super().shutdown(sockets)
