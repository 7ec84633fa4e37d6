"""The GraphQL routes as they are served, with real tokens, on a small company that reads share."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from starlette.applications import Starlette

from api.auth import Authenticator
from api.backend import Backend
from api.graphql.http import graphql_routes
from api.settings import Settings
from api.tokens import issue, signing_key
from domain.db import engine, read_pool
from domain.postgres import Server
from tests.api.graphql.asking import Api, Counted
from tests.api.no_copy import NoCopy

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


@pytest.fixture
async def backend(company: str, key_path: Path) -> AsyncIterator[Backend]:
    """What serves a request on the small company. Its reads count their statements."""
    pool = await read_pool(company, size=2, connection_class=Counted)
    commands = engine(company)
    cube: Any = NoCopy()
    yield Backend(Settings(), Authenticator(signing_key(key_path), pool), commands, pool, cube)
    await pool.close()
    await commands.dispose()


@pytest.fixture
def token(key_path: Path) -> Callable[..., str]:
    """Makes a token: `token(role="AGENT", scope="OWN", subject="kim")`."""

    def make(
        role: str = "ADMIN", scope: str = "ALL", subject: str = "ann", branches: tuple[str, ...] = ()
    ) -> str:
        key = signing_key(key_path)
        return issue(key, subject=subject, role=role, scope=scope, branches=branches, hours=1)

    return make


@pytest.fixture
async def api(backend: Backend, token: Callable[..., str]) -> AsyncIterator[Api]:
    """Asks the routes over HTTP, as an administrator unless told otherwise."""
    app = Starlette(routes=graphql_routes())
    app.state.backend = backend
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield Api(client, token)
