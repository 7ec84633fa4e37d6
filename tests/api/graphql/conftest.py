"""The GraphQL routes as they are served, with real tokens, on a small company that reads share."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from functools import cache
from pathlib import Path

import asyncpg
import pytest

from api.backend import Backend
from api.graphql.http import graphql_routes
from api.tokens import issue, signing_key
from domain.postgres import Server
from tests.api.graphql.asking import Api, Counted
from tests.api.served import Connections, client_of, connected

COMPANY = Path(__file__).with_name("company.sql")


@pytest.fixture(scope="session")
def company(server: Server, admin: Callable[[str], None], template: str) -> str:
    """The URL of a database with the small company. Nobody writes to it."""
    admin(f"CREATE DATABASE graphql_company TEMPLATE {template} STRATEGY file_copy")
    url = server.url("graphql_company")

    async def fill() -> None:
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(COMPANY.read_text())
        finally:
            await connection.close()

    asyncio.run(fill())
    return url


@pytest.fixture(scope="session")
def key_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys") / "key.pem"


@pytest.fixture(scope="session")
async def connections(company: str) -> AsyncIterator[Connections]:
    """Those to the small company. Reads count their statements."""
    async with connected(company, connection_class=Counted) as opened:
        yield opened


@pytest.fixture
def backend(connections: Connections, key_path: Path) -> Backend:
    """What serves a request on the small company."""
    return connections.backend(key_path)


@pytest.fixture(scope="session")
def token(key_path: Path) -> Callable[..., str]:
    """Makes a token: `token(role="AGENT", scope="OWN", subject="kim")`."""
    key = signing_key(key_path)

    @cache
    def issued(role: str, scope: str, subject: str, branches: tuple[str, ...]) -> str:
        return issue(key, subject=subject, role=role, scope=scope, branches=branches, hours=24)

    def make(
        role: str = "ADMIN", scope: str = "ALL", subject: str = "ann", branches: Sequence[str] = ()
    ) -> str:
        return issued(role, scope, subject, tuple(branches))

    return make


@pytest.fixture
async def api(backend: Backend, token: Callable[..., str]) -> AsyncIterator[Api]:
    """Asks the routes over HTTP, as an administrator unless told otherwise."""
    async with client_of(backend, graphql_routes()) as client:
        yield Api(client, token)
