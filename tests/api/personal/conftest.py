"""The GraphQL routes and the download of exports, on a database with the marked person."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.applications import Starlette

from api import exports
from api.auth import Authenticator
from api.backend import Backend
from api.graphql.http import graphql_routes
from api.settings import Settings
from api.tokens import signing_key
from domain.db import engine as make_engine
from domain.db import read_pool
from tests.api.graphql.asking import Api
from tests.api.graphql.conftest import key_path, token
from tests.domain.personal.conftest import everything, person, rows

__all__ = ["everything", "key_path", "person", "rows", "token"]


@pytest.fixture
async def backend(person: str, key_path: Path, tmp_path: Path) -> AsyncIterator[Backend]:
    """What serves a request."""
    reads = await read_pool(person, size=2)
    commands: AsyncEngine = make_engine(person, pool_size=4)
    cube: Any = None  # nothing here asks the cube
    settings = Settings(data_dir=tmp_path)
    yield Backend(settings, Authenticator(signing_key(key_path), reads), commands, reads, cube)
    await reads.close()
    await commands.dispose()


@pytest.fixture
async def client(backend: Backend) -> AsyncIterator[httpx.AsyncClient]:
    app = Starlette(routes=[*graphql_routes(), *exports.routes])
    app.state.backend = backend
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as made:
        yield made


@pytest.fixture
def api(client: httpx.AsyncClient, token: Callable[..., str]) -> Api:
    """Asks the routes over HTTP, as an administrator unless told otherwise."""
    return Api(client, token)
