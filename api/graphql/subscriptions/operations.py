"""The operations of one WebSocket connection: each runs by itself until either side completes it."""

import asyncio
import json
from collections.abc import Sequence
from typing import Protocol

from api.errors import ApiError, Code, Refused, told
from api.graphql.requests import Asking
from api.graphql.subscriptions.asks import Asks
from api.graphql.subscriptions.caller import Caller
from api.graphql.subscriptions.delivery import Delivery
from api.graphql.subscriptions.ending import Abandoned
from domain.messages import say

MOST = 100
"""Operations that run at once on one connection."""


class Told(Protocol):
    """Where messages go. Raises Abandoned once nobody takes them."""

    async def tell(self, message: str) -> None: ...


class Operations:
    """Those that run, by their ids."""

    def __init__(self, asks: Asks) -> None:
        self._asks = asks
        self._running: dict[str, asyncio.Task[None]] = {}

    def __contains__(self, id_: str) -> bool:
        return id_ in self._running

    def begin(self, id_: str, asked: Asking, caller: Caller, to: Told) -> None:
        """The operation runs; its answers, and its error or its end, go to `to`."""
        self._running[id_] = asyncio.create_task(self._run(id_, asked, caller, to))

    async def complete(self, id_: str) -> None:
        """The client wants no more of it."""
        task = self._running.pop(id_, None)
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def stop(self) -> None:
        """Nothing runs any more."""
        for id_ in list(self._running):
            await self.complete(id_)

    async def _run(self, id_: str, asked: Asking, caller: Caller, to: Told) -> None:
        try:
            last = await self._told(id_, asked, caller, to)
            self._running.pop(id_, None)
            if not caller.backend.hub.closing.is_set():  # else the connection's close says it all
                await to.tell(last)
        except Abandoned:
            self._running.pop(id_, None)

    async def _told(self, id_: str, asked: Asking, caller: Caller, to: Told) -> str:
        """Every answer has been told; the last message is still to be."""
        try:
            if len(self._running) > MOST:
                message = say("{most} operations run on this connection, and more are not allowed", most=MOST)
                raise ApiError(Code.RATE_LIMITED, message)
            answer = await self._asks(asked, caller)
            if isinstance(answer, bytes):
                await to.tell(_next(id_, answer))
            else:
                await _deliver(id_, answer, to)
        except Abandoned:
            raise
        except Refused as refused:
            return _error(id_, refused.errors, caller)
        except Exception as error:  # noqa: BLE001  # the edge: whatever went wrong is told, and a fault is logged
            return _error(id_, [told(error)], caller)
        return json.dumps({"id": id_, "type": "complete"})


async def _deliver(id_: str, delivery: Delivery, to: Told) -> None:
    try:
        await delivery.start()
        async for body in delivery.answers():
            await to.tell(_next(id_, body))
    finally:
        delivery.stop()


def _next(id_: str, body: bytes) -> str:
    return f'{{"id":{json.dumps(id_)},"type":"next","payload":{body.decode()}}}'


def _error(id_: str, errors: Sequence[ApiError], caller: Caller) -> str:
    formatted = [error.formatted(caller.call.language) for error in errors]
    return json.dumps({"id": id_, "type": "error", "payload": formatted}, ensure_ascii=False)
