"""What many connections took is given back, or taken again by the next."""

from contextlib import AsyncExitStack

import psutil
from websockets.asyncio.client import connect

from tests.api.transport.conftest import Served
from tests.api.transport.talking import PROTOCOL

SOCKETS = 300
KB = 2**10


async def test_closed_connections_hold_no_memory(served: Served) -> None:
    worker = _worker(served)
    first = await _opened(served, worker)  # what the first ones cost, Python keeps for the next

    for _ in range(3):
        last = await _opened(served, worker)

    # What a closed connection leaves until Python looks for garbage is 10 to 26 KiB; what one takes is 60.
    assert (last - first) / (3 * SOCKETS) < 32 * KB


async def _opened(served: Served, worker: psutil.Process) -> int:
    """The worker's memory in bytes while all connections were open."""
    async with AsyncExitStack() as stack:
        for _ in range(SOCKETS):
            socket = connect(served.socket_url, subprotocols=[PROTOCOL], compression=None)
            await stack.enter_async_context(socket)
        return int(worker.memory_full_info().uss)


def _worker(served: Served) -> psutil.Process:
    """The process that answers: the largest that the server started."""
    started = psutil.Process(served.process.pid).children(recursive=True)
    return max(started, key=lambda each: each.memory_info().rss)
