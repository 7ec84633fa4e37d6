"""The GraphQL routes as they are served, on a small company that each test finds as it was."""

import itertools
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from api.backend import Backend
from api.graphql.http import graphql_routes
from domain.postgres import Server
from tests.api.graphql.asking import Api
from tests.api.graphql.conftest import key_path, token
from tests.api.served import Connections, client_of, connected
from tests.emptied import Emptied, emptied

__all__ = ["key_path", "token"]

COMPANY = """
    INSERT INTO branches (id, code, name, kind) VALUES (1, 'GN', '강남점', 'SHOP'), (2, 'WEB', 'Web', 'WEB');
    INSERT INTO users (id, subject, name, role, active) VALUES
        (1, 'kim', '김상담', 'AGENT', true), (2, 'lee', '이상담', 'AGENT', true), (3, 'old', '옛사람', 'AGENT', false);
    INSERT INTO customers (id, name, region, owner_id, home_branch_id) VALUES
        (1, '김단골', '서울', 1, 1), (2, '이손님', '부산', 2, 2);
    INSERT INTO customer_external_ids (system, external_id, customer_id) VALUES ('erp', 'C-1', 1), ('erp', 'C-2', 2);
    INSERT INTO contact_points (customer_id, position, kind, value) VALUES (1, 1, 'EMAIL', 'kim@example.com');
    INSERT INTO products (id, code, name) VALUES (1, 'TEA', '녹차');
    INSERT INTO orders (id, source_system, source_id, number, ordered_at, currency, customer_id) VALUES
        (1, 'erp', '1', '1', '2026-01-01 00:00:00+00', 'KRW', 1),
        (2, 'erp', '2', '2', '2026-01-01 00:00:00+00', 'KRW', 2);
    INSERT INTO offers (id, code, name, kind, valid_from) VALUES
        (1, 'WELCOME', 'Welcome', 'CORE', '2020-01-01 00:00:00+00');
    SELECT setval(pg_get_serial_sequence(name, 'id'), 100)
    FROM unnest(ARRAY['branches', 'users', 'customers', 'products', 'orders', 'offers']) name;
"""


_folders = itertools.count(1)


@pytest.fixture(scope="session")
def mutations_database(server: Server, admin: Callable[[str], None], template: str) -> Iterator[Emptied]:
    """A migrated database for all tests of one folder: each that borrows this fixture has its own."""
    name = f"mutations_{next(_folders)}"
    admin(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    with emptied(server.url(name)) as shared:
        yield shared


@pytest.fixture
def database(mutations_database: Emptied) -> Iterator[str]:
    """The URL of that database with the small company; what a test changes is gone after it."""
    mutations_database.run(COMPANY)
    yield mutations_database.url
    mutations_database.empty()


@pytest.fixture(scope="session")
async def connections(mutations_database: Emptied) -> AsyncIterator[Connections]:
    """Those to that database."""
    async with connected(mutations_database.url) as opened:
        yield opened


@pytest.fixture
def backend(database: str, connections: Connections, key_path: Path) -> Backend:
    """What serves a request."""
    return connections.backend(key_path)


@pytest.fixture
async def api(backend: Backend, token: Callable[..., str]) -> AsyncIterator[Api]:
    """Asks the routes over HTTP, as an administrator unless told otherwise."""
    async with client_of(backend, graphql_routes()) as client:
        yield Api(client, token)


Rows = Callable[[str], Any]


@pytest.fixture
def rows(backend: Backend) -> Rows:
    """What stands in the store: `await rows("SELECT ...")`."""

    async def fetch(statement: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await backend.reads.fetch(statement)]

    return fetch
