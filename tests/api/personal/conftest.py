"""The GraphQL routes and the download of exports, on a database with the marked person."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from api import exports
from api.backend import Backend
from api.graphql.http import graphql_routes
from api.settings import Settings
from tests.api.graphql.asking import Api
from tests.api.graphql.conftest import key_path, token
from tests.api.served import Connections, connected
from tests.domain.personal.conftest import asked, everything, person, rows
from tests.emptied import Emptied

__all__ = ["asked", "everything", "key_path", "person", "rows", "token"]


@pytest.fixture(scope="session")
async def connections(shared_database: Emptied) -> AsyncIterator[Connections]:
    """Those to that database, kept from test to test."""
    async with connected(shared_database.url) as opened:
        yield opened


@pytest.fixture
def backend(person: str, connections: Connections, key_path: Path, tmp_path: Path) -> Backend:
    """What serves a request."""
    return connections.backend(key_path, settings=Settings(data_dir=tmp_path))


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
