"""Subscriptions over HTTP: text/event-stream, one connection for each (graphql-sse, "distinct connections mode").

What is refused before the stream begins is answered as any other request. What ends the stream later is told as a last
`next` with errors, then `complete`; only a server that stops breaks off, so that clients connect again by themselves.
"""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.types import Receive, Send

from api.errors import ApiError, told
from api.graphql.dumping import dumped
from api.graphql.subscriptions.delivery import Delivery
from api.graphql.subscriptions.ending import SEND_SECONDS, Abandoned, first_end
from api.graphql.subscriptions.places import Place

KEEP_SECONDS = 12.0
"""How often a line says that the connection lives, for proxies between."""

HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


class EventStream:
    """The stream of one subscription."""

    def __init__(self, delivery: Delivery, place: Place) -> None:
        self._delivery = delivery
        self._place = place
        self._sending = asyncio.Lock()

    async def run(self, receive: Receive, send: Send) -> None:
        """The subscription has been told until its end: the client's, the token's, or this process's."""
        self._receive, self._send = receive, send
        try:
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            await self._run()
        except Abandoned:
            return
        finally:
            self._delivery.stop()
            self._place.leave()

    async def _run(self) -> None:
        try:
            await self._write(b":\n\n")
            await first_end(self._tell(), self._keep(), self._gone(), self._delivery.caller.watched())
        except Abandoned:
            raise
        except Exception as error:  # noqa: BLE001  # the edge: whatever went wrong is told, and a fault is logged
            if not self._delivery.hub.closing.is_set():
                await self._end(told(error))
        await self._write(b"", more=False)

    async def _tell(self) -> None:
        async for body in self._delivery.answers():
            await self._write(b"event: next\ndata: " + body + b"\n\n")

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(KEEP_SECONDS)
            await self._write(b":\n\n")

    async def _gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        raise Abandoned

    async def _end(self, error: ApiError) -> None:
        body = dumped({"errors": [error.formatted(self._delivery.caller.call.language)]})
        await self._write(b"event: next\ndata: " + body + b"\n\nevent: complete\ndata:\n\n")

    async def _write(self, chunk: bytes, *, more: bool = True) -> None:
        """The chunk is on its way. Raises Abandoned when the client takes nothing for ten seconds."""
        message = {"type": "http.response.body", "body": chunk, "more_body": more}
        async with self._sending:
            try:
                async with asyncio.timeout(SEND_SECONDS):
                    await self._send(message)
            except TimeoutError:
                raise Abandoned from None


def single(body: bytes) -> Callable[[Receive, Send], Awaitable[None]]:
    """Answers a query or mutation that was asked for as a stream: one event, then the end."""

    async def run(_: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        chunk = b"event: next\ndata: " + body + b"\n\nevent: complete\ndata:\n\n"
        await send({"type": "http.response.body", "body": chunk})

    return run
