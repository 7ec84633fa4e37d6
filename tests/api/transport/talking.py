"""What tests of subscriptions say often: a raw WebSocket in the protocol, and events of a stream."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from domain.selection import ids
from tests.api.transport.conftest import Served

PROTOCOL = Subprotocol("graphql-transport-ws")

CUSTOMER = """
    subscription ($id: ID) {
        customerChanged(id: $id) { operation version origin node { id name } }
    }
"""


def id_of(type_name: str, key: int) -> str:
    return ids.made(type_name, key)


class Talk:
    """One WebSocket connection."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def say(self, **message: Any) -> None:
        await self.connection.send(json.dumps(message))

    async def hear(self, seconds: float = 60) -> Any:
        """The next message."""
        async with asyncio.timeout(seconds):
            return json.loads(await self.connection.recv())

    async def greet(self, token: str | None) -> None:
        payload = {} if token is None else {"payload": {"Authorization": f"Bearer {token}"}}
        await self.say(type="connection_init", **payload)
        assert await self.hear() == {"type": "connection_ack"}

    async def subscribe(self, document: str, id_: str = "1", **variables: Any) -> None:
        await self.say(type="subscribe", id=id_, payload={"query": document, "variables": variables})

    async def closed(self, seconds: float = 60) -> tuple[int, str]:
        """With which code and reason the server closes; messages before it are passed over."""

        async def listen() -> None:
            async with asyncio.timeout(seconds):
                while True:
                    await self.connection.recv()

        with pytest.raises(ConnectionClosed) as closed:
            await listen()
        frame = closed.value.rcvd
        assert frame is not None, "broken off without a close frame"
        return frame.code, frame.reason


@asynccontextmanager
async def talking(served: Served, **options: Any) -> AsyncIterator[Talk]:
    """A connection in the protocol, not greeted yet."""
    async with connect(served.socket_url, **{"subprotocols": [PROTOCOL], **options}) as connection:
        yield Talk(connection)


@asynccontextmanager
async def greeted(served: Served, **who: Any) -> AsyncIterator[Talk]:
    """A connection of an administrator, unless `who` says otherwise."""
    async with talking(served) as talk:
        await talk.greet(served.token(**who))
        yield talk


async def events(response: httpx.Response) -> AsyncIterator[tuple[str, Any]]:
    """The events of a stream with their data; comments are passed over."""
    name = ""
    async for line in response.aiter_lines():
        if line.startswith("event:"):
            name = line.removeprefix("event:").strip()
        elif line.startswith("data:"):
            told = line.removeprefix("data:").strip()
            yield name, json.loads(told) if told else None
