"""What serves requests in tests: connections that are opened once for many tests, and a client without a network."""

import asyncio
from collections.abc import AsyncIterator, Mapping, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from api.auth import Authenticator
from api.backend import Backend
from api.settings import Settings
from api.tokens import signing_key
from domain.db import Engine, engine, read_pool
from domain.reads import Reads
from tests.api.no_copy import NoCopy


@dataclass(frozen=True)
class Connections:
    """To one database, for all tests that ask it: a session that begins reads the catalogue first, which takes ten
    times as long as what most tests ask (measured)."""

    commands: Engine
    reads: Reads

    def backend(self, key_path: Path, *, settings: Settings | None = None, cube: Any = None) -> Backend:
        """What serves the requests of one test: nothing is remembered, and no rate is spent."""
        held: Any = NoCopy() if cube is None else cube
        auth = Authenticator(signing_key(key_path), self.reads)
        return Backend(settings or Settings(), auth, self.commands, self.reads, held)


@asynccontextmanager
async def connected(
    url: str, *, reads: int = 2, commands: int = 10, connection_class: type[Any] = asyncpg.Connection
) -> AsyncIterator[Connections]:
    """So many connections at most."""
    pool = await read_pool(url, size=reads, connection_class=connection_class)
    made = engine(url, pool_size=commands)
    yield Connections(made, pool)
    await pool.close()
    await made.dispose()


class Client(httpx.AsyncClient):
    """A client of an application in this process."""

    def __init__(self, app: Starlette) -> None:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=True)
        super().__init__(transport=transport, base_url="http://127.0.0.1")
        self.app = app

    async def posted(self, path: str, body: bytes, headers: Mapping[str, str | bytes]) -> httpx.Response:
        """The answer to a POST. What httpx makes for a request and takes apart again took a quarter of the time of
        tests with thousands of them (measured)."""
        sent = {"host": "127.0.0.1", "content-length": str(len(body)), **headers}
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "headers": [
                (name.lower().encode("ascii"), value if isinstance(value, bytes) else value.encode("ascii"))
                for name, value in sent.items()
            ],
            "scheme": "http",
            "path": path,
            "raw_path": path.encode("ascii"),
            "query_string": b"",
            "server": ("127.0.0.1", None),
            "client": ("127.0.0.1", 123),
            "root_path": "",
        }
        whole = [{"type": "http.request", "body": body, "more_body": False}]
        ended = asyncio.Event()
        told: list[MutableMapping[str, Any]] = []

        async def receive() -> MutableMapping[str, Any]:
            if whole:
                return whole.pop()
            await ended.wait()
            return {"type": "http.disconnect"}

        async def send(message: MutableMapping[str, Any]) -> None:
            assert not ended.is_set(), "nothing is sent behind the end"
            told.append(message)
            if message["type"] == "http.response.body" and not message.get("more_body", False):
                ended.set()

        await self.app(scope, receive, send)
        start, *parts = told
        assert (start["type"], ended.is_set()) == ("http.response.start", True)
        content = b"".join(part.get("body", b"") for part in parts)
        return httpx.Response(start["status"], headers=start["headers"], content=content)


@asynccontextmanager
async def client_of(backend: Backend, routes: list[BaseRoute]) -> AsyncIterator[Client]:
    """A client of the routes."""
    app = Starlette(routes=routes)
    app.state.backend = backend
    async with Client(app) as client:
        yield client
