"""Connections that are held open for subscriptions are counted: past the last place one is told to come again."""

import asyncio
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from api.backend import Backend
from api.errors import ApiError, Code
from api.graphql.http import graphql_routes
from api.graphql.subscriptions.places import MOST_PER_CLIENT, Places
from api.graphql.subscriptions.sockets import PROTOCOL
from tests.api.graphql.asking import Api

LISTEN = {"query": "subscription { customerChanged { id } }"}


class Line:
    """A WebSocket as the server hands it to us: what we are sent is `told`."""

    def __init__(self, app: Starlette, **headers: str) -> None:
        self.told: asyncio.Queue[Any] = asyncio.Queue()
        self._said: asyncio.Queue[Any] = asyncio.Queue()
        self._said.put_nowait({"type": "websocket.connect"})
        scope = {
            "type": "websocket",
            "path": "/graphql",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "subprotocols": [PROTOCOL],
            "client": ("127.0.0.1", 1),
            "query_string": b"",
        }
        self._task = asyncio.create_task(app(scope, self._said.get, self.told.put))

    async def heard(self) -> Any:
        async with asyncio.timeout(60):
            return await self.told.get()

    async def hang_up(self) -> None:
        self._said.put_nowait({"type": "websocket.disconnect", "code": 1000})
        await self._task


@pytest.fixture
def app(backend: Backend) -> Starlette:
    """The routes, on a backend with one place."""
    backend.__dict__["places"] = Places(1)
    made = Starlette(routes=graphql_routes())
    made.state.backend = backend
    return made


class TestSockets:
    async def test_past_the_last_place_they_are_told_to_come_again(self, app: Starlette) -> None:
        first = Line(app)
        assert (await first.heard())["type"] == "websocket.accept"

        second = Line(app, **{"accept-language": "ko"})
        opened, closed = await second.heard(), await second.heard()
        await first.hang_up()
        third = Line(app)

        assert opened["type"] == "websocket.accept"
        assert (closed["type"], closed["code"]) == ("websocket.close", 1013)
        assert "연결이 이미 1개" in closed["reason"]
        assert (await third.heard())["type"] == "websocket.accept"
        await third.hang_up()
        assert app.state.backend.places.taken == 0


class TestStreams:
    async def test_past_the_last_place_they_are_answered_with_503(self, app: Starlette, api: Api) -> None:
        socket = Line(app)
        await socket.heard()
        headers = {"authorization": f"Bearer {api.token()}", "accept": "text/event-stream"}
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1"
        ) as client:
            response = await client.post("/graphql", json=LISTEN, headers=headers)
        await socket.hang_up()

        assert response.status_code == 503
        assert response.json()["errors"][0]["extensions"]["code"] == "BUSY"
        assert response.headers["retry-after"] == "1"

    async def test_one_that_is_refused_otherwise_takes_none(self, app: Starlette, api: Api) -> None:
        app.state.backend.hub.close()

        headers = {"authorization": f"Bearer {api.token()}", "accept": "text/event-stream"}
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1"
        ) as client:
            response = await client.post("/graphql", json=LISTEN, headers=headers)

        assert response.status_code == 503
        assert app.state.backend.places.taken == 0


class TestPlaces:
    def test_one_client_has_so_many_and_others_theirs(self) -> None:
        places = Places(MOST_PER_CLIENT + 2)
        held = [places.take() for _ in range(MOST_PER_CLIENT)]
        for place in held:
            place.belongs_to("ann")
        last = places.take()

        with pytest.raises(ApiError) as refused:
            last.belongs_to("ann")
        last.belongs_to("bob")
        held[0].leave()
        places.take().belongs_to("ann")

        assert refused.value.code is Code.RATE_LIMITED
        assert places.taken == MOST_PER_CLIENT + 1
