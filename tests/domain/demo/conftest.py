"""One demo company for all tests that only look at it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator

import asyncpg
import pytest

from domain.demo.load import load
from domain.postgres import Server
from tests.domain.demo.asking import UNTIL, Connection


@pytest.fixture(scope="session")
def company(server: Server, admin: Callable[[str], None], template: str) -> Iterator[str]:
    """The URL of a database with a company of 4,000 customers and three years."""
    admin(f"CREATE DATABASE demo_company TEMPLATE {template} STRATEGY file_copy")
    url = server.url("demo_company")
    asyncio.run(load(url, size=4000, until=UNTIL))
    yield url
    admin("DROP DATABASE demo_company WITH (FORCE)")


@pytest.fixture
async def asked(company: str) -> AsyncIterator[Connection]:
    """A connection that may only read the company."""
    connection = await asyncpg.connect(company, server_settings={"default_transaction_read_only": "on"})
    yield connection
    await connection.close()
