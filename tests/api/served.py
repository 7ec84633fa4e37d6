"""What serves requests in tests: connections that are opened once for many tests, and a client without a network."""

from collections.abc import AsyncIterator
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


@asynccontextmanager
async def client_of(backend: Backend, routes: list[BaseRoute]) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the routes."""
    app = Starlette(routes=routes)
    app.state.backend = backend
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client
