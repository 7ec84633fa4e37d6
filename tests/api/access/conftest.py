"""The routes as they are served, on a company of two branches, with an issuer whose tokens are accepted."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.auth import Authenticator
from api.backend import Backend
from api.graphql.http import graphql_routes
from api.oidc import issuers
from api.oidc.keys import Keys
from api.oidc.people import People
from api.slicer.routes import slicer_routes
from api.tokens import signing_key
from domain.postgres import Server
from tests.api.access.issuer import AUDIENCE, Issuer, Standing, standing
from tests.api.graphql.asking import Api
from tests.api.graphql.conftest import key_path, token
from tests.api.served import Client, Connections, client_of, connected
from tests.emptied import Emptied, emptied

__all__ = ["key_path", "token"]

COMPANY = """
    INSERT INTO branches (id, code, name, kind) VALUES (1, 'GN', '강남점', 'SHOP'), (2, 'BS', '부산점', 'SHOP');
    INSERT INTO users (id, subject, name, email, role, scope, active) VALUES
        (1, 'kim', '김상담', 'kim@company.example', 'AGENT', 'OWN', true),
        (2, 'boss', '박사장', NULL, 'ADMIN', NULL, true),
        (3, 'old', '옛사람', NULL, 'ADMIN', NULL, false),
        (4, 'gn', '강남장', NULL, 'MARKETER', 'BRANCH', true),
        (5, 'ana', '분석가', NULL, 'ANALYST', NULL, true);
    INSERT INTO user_branches (user_id, branch_id) VALUES (4, 1);
    INSERT INTO customers (id, name, owner_id, home_branch_id) VALUES (1, '김단골', 1, 1), (2, '이손님', NULL, 2);
    INSERT INTO customer_external_ids (system, external_id, customer_id) VALUES ('erp', 'C-1', 1), ('erp', 'C-2', 2);
    INSERT INTO contact_points (customer_id, position, kind, value) VALUES
        (1, 1, 'EMAIL', 'one@example.com'), (2, 1, 'PHONE', '+82-10-0000-0002');
    INSERT INTO touchpoints (source_system, source_id, customer_id, channel, direction, occurred_at, note) VALUES
        ('t', '1', 1, 'WEB', 'INBOUND', '2026-01-01 00:00:00+00', 'a note'),
        ('t', '2', 2, 'WEB', 'INBOUND', '2026-01-01 00:00:00+00', 'another'),
        ('t', '3', NULL, 'WEB', 'INBOUND', '2026-01-01 00:00:00+00', 'a visitor');
    SELECT setval(pg_get_serial_sequence(name, 'id'), 100) FROM unnest(ARRAY['branches', 'users', 'customers']) name;
"""

Rows = Callable[..., Awaitable[list[tuple[Any, ...]]]]
Who = Callable[..., Any]


@pytest.fixture(scope="session")
def access_database(server: Server, admin: Callable[[str], None], template: str) -> Iterator[Emptied]:
    """A migrated database for all tests of who may."""
    admin(f"CREATE DATABASE access TEMPLATE {template} STRATEGY file_copy")
    with emptied(server.url("access")) as shared:
        yield shared


@pytest.fixture
def database(access_database: Emptied) -> Iterator[str]:
    """The URL of that database with the company; what a test changes is gone after it."""
    access_database.run(COMPANY)
    yield access_database.url
    access_database.empty()


@pytest.fixture(scope="session")
def standing_issuer() -> Iterator[Standing]:
    """The port at which issuers answer."""
    with standing() as answered:
        yield answered


@pytest.fixture
def issuer(standing_issuer: Standing) -> Issuer:
    """An issuer whose tokens the application accepts."""
    return standing_issuer.issuer()


def settings_of(issuer: Issuer, **options: Any) -> issuers.Issuer:
    """What the settings say about the issuer."""
    return issuers.Issuer(issuer=issuer.url, audience=AUDIENCE, **options)


@pytest.fixture(scope="session")
async def connections(access_database: Emptied) -> AsyncIterator[Connections]:
    """Those to that database."""
    async with connected(access_database.url, reads=4, commands=4) as opened:
        yield opened


@asynccontextmanager
async def answering(
    connections: Connections, key_path: Path, *people: People, cube: Any = None, remembered: float = 0
) -> AsyncIterator[Client]:
    """The routes, asked over HTTP; nothing that was proved is remembered unless the test says so."""
    key = signing_key(key_path)
    auth = Authenticator(key, connections.reads, people=people, remembered_seconds=remembered)
    backend = replace(connections.backend(key_path, cube=cube), auth=auth)
    async with client_of(backend, [*graphql_routes(), *slicer_routes()]) as client:
        yield client


@pytest.fixture
async def client(
    database: str, connections: Connections, key_path: Path, issuer: Issuer
) -> AsyncIterator[Client]:
    """A client of the routes, which accept the issuer's tokens."""
    settings = settings_of(issuer)
    async with answering(connections, key_path, People(settings, Keys(settings))) as made:
        yield made


@pytest.fixture
def backend(client: Client) -> Backend:
    """What serves the client."""
    found: Backend = client.app.state.backend
    return found


@pytest.fixture
def api(client: Client, token: Callable[..., str]) -> Api:
    """Asks as an administrator with a local token, unless told otherwise."""
    return Api(client, token)


@pytest.fixture
def who(client: httpx.AsyncClient) -> Who:
    """What the viewer is with this bearer: `await who(token)`; the HTTP answer."""

    async def ask(
        bearer: str, document: str = "{ viewer { subject role scope user { name } } }"
    ) -> httpx.Response:
        headers = {"authorization": f"Bearer {bearer}", "accept": "application/graphql-response+json"}
        return await client.post("/graphql", json={"query": document}, headers=headers)

    return ask


@pytest.fixture
def rows(backend: Backend) -> Rows:
    """What stands in the store: `await rows("SELECT ...")`."""

    async def fetch(statement: str, *values: Any) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await backend.reads.fetch(statement, *values)]

    return fetch
