"""The Slicer over the real application's routes and tokens, on the small star; started once."""

import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from starlette.applications import Starlette

from api.auth import Authenticator
from api.backend import Backend
from api.graphql.http import graphql_routes
from api.settings import load
from api.slicer.routes import slicer_routes
from api.tokens import issue, signing_key
from domain.db import engine, read_pool
from olap.engines.duckdb import DuckDB
from olap.serving import Serving
from tests.olap.small_star import SmallCube, products_engine, small_engine

Parameters = dict[str, str] | list[tuple[str, str]]


@dataclass(frozen=True)
class Client:
    """Asks the application, which runs in a loop of its own."""

    portal: BlockingPortal
    http: httpx.AsyncClient
    token: str | None = None

    def get(
        self,
        path: str,
        params: Parameters | None = None,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: Any = None,
    ) -> httpx.Response:
        """The answer to a request; `body` is JSON, or bytes as they are."""
        proof = {} if self.token is None else {"Authorization": f"Bearer {self.token}"}
        told = {**proof, **(headers or {})}
        pairs: Any = params
        sent = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()

        async def ask() -> httpx.Response:
            return await self.http.request(method, path, params=pairs, headers=told, content=sent)

        return self.portal.call(ask)

    def post(self, document: str, variables: dict[str, Any] | None = None, *, language: str = "en") -> Any:
        """The answer to a GraphQL document."""
        told = {"Authorization": f"Bearer {self.token}", "Accept-Language": language}
        body = {"query": document, "variables": variables or {}}

        async def ask() -> httpx.Response:
            return await self.http.post("/graphql", json=body, headers=told)

        return self.portal.call(ask).json()


@pytest.fixture(scope="session")
def key_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys") / "key.pem"


@pytest.fixture(scope="session")
def star_engine() -> Iterator[DuckDB]:
    with small_engine() as opened:
        yield opened


@asynccontextmanager
async def _serving(database: str, star_engine: DuckDB, key_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    cube = Serving(SmallCube(star_engine))
    commands, reads = engine(database), await read_pool(database, size=2)
    app = Starlette(routes=[*slicer_routes(), *graphql_routes()])
    app.state.backend = Backend(
        settings=load(),
        auth=Authenticator(signing_key(key_path), reads),
        engine=commands,
        reads=reads,
        cube=cube,
    )
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client
    await reads.close()
    await commands.dispose()


@pytest.fixture(scope="session")
def anybody(star_engine: DuckDB, key_path: Path, rolling: str) -> Iterator[Client]:
    """A client without a token; the cube it asks is the small star."""
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(_serving(rolling, star_engine, key_path)) as http,
    ):
        yield Client(portal, http)


@pytest.fixture(scope="session")
def client_as(anybody: Client, key_path: Path) -> Callable[..., Client]:
    """Makes a client: `client_as(role="ANALYST", scope="OWN", subject="kim")`."""

    def make(
        role: str = "ANALYST", scope: str = "ALL", subject: str = "ann", branches: tuple[str, ...] = ()
    ) -> Client:
        key = signing_key(key_path)
        token = issue(key, subject=subject, role=role, scope=scope, branches=branches, hours=1)
        return Client(anybody.portal, anybody.http, token)

    return make


@pytest.fixture(scope="session")
def analyst(client_as: Callable[..., Client]) -> Client:
    """A client who may see everything."""
    return client_as()


@pytest.fixture(scope="session")
def thousand(
    anybody: Client, client_as: Callable[..., Client], key_path: Path, rolling: str
) -> Iterator[Client]:
    """An analyst at a cube of 1,001 facts of as many products."""
    token = client_as().token
    with (
        products_engine(1001) as opened,
        anybody.portal.wrap_async_context_manager(_serving(rolling, opened, key_path)) as http,
    ):
        yield Client(anybody.portal, http, token)


@pytest.fixture(scope="session")
def broken(
    anybody: Client, client_as: Callable[..., Client], key_path: Path, rolling: str
) -> Iterator[Client]:
    """An analyst at a cube whose engine has no tables."""
    with (
        DuckDB(threads=1) as empty,
        anybody.portal.wrap_async_context_manager(_serving(rolling, empty, key_path)) as http,
    ):
        yield Client(anybody.portal, http, client_as().token)
