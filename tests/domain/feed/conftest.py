"""The feed is tried on the embedded Postgres and, where it is installed, on Debian's 15, the oldest one allowed."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from domain.db import engine as make_engine
from domain.db import run
from domain.feed import Event, beginning, read
from domain.postgres import Server, discard, running
from migrations.command import upgrade
from tests.conftest import FAST, memory_folder
from tests.emptied import Emptied, emptied

OLDEST = Path("/usr/lib/postgresql/15/bin")

Sql = Callable[..., Awaitable[None]]
Events = Callable[[], Awaitable[list[Event]]]


@pytest.fixture(scope="session")
def oldest_server() -> Iterator[Server]:
    """A server of the oldest version that is allowed; nothing of it is left behind."""
    if not OLDEST.is_dir():
        pytest.skip(f"no Postgres 15 in {OLDEST}")
    folder = memory_folder()
    try:
        with running(folder, settings=FAST, binaries=OLDEST) as started:
            yield started
    finally:
        discard(folder)
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def oldest_template(oldest_server: Server) -> str:
    """The name of a migrated, empty database on the oldest server."""
    upgrade(oldest_server.url())
    return "dangol"


@pytest.fixture(scope="session", params=["embedded", "oldest"])
def feed_database(request: pytest.FixtureRequest) -> Iterator[Emptied]:
    """A migrated database for all tests of the feed, on each of the two servers."""
    prefix = "" if request.param == "embedded" else "oldest_"
    server: Server = request.getfixturevalue(f"{prefix}server")
    template: str = request.getfixturevalue(f"{prefix}template")
    with psycopg.connect(server.url("postgres"), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE feed TEMPLATE {template} STRATEGY file_copy")
        with emptied(server.url("feed")) as shared:
            yield shared
        admin.execute("DROP DATABASE feed WITH (FORCE)")


@pytest.fixture
def database(feed_database: Emptied) -> Iterator[str]:
    """The URL of that database, emptied after the test."""
    yield feed_database.url
    feed_database.empty()


@pytest.fixture(scope="session")
async def feed_engine(feed_database: Emptied) -> AsyncIterator[AsyncEngine]:
    """Connections that are kept from test to test: a new one reads the catalogue and plans each trigger anew."""
    made = make_engine(feed_database.url)
    yield made
    await made.dispose()


@pytest.fixture
def engine(database: str, feed_engine: AsyncEngine) -> AsyncEngine:
    """The engine on that database, for tests that open several sessions."""
    return feed_engine


@pytest.fixture
def sql(engine: AsyncEngine) -> Sql:
    """Runs statements in one transaction, committed, as the origin "test"."""

    async def execute(*statements: str) -> None:
        async def work(session: AsyncSession) -> None:
            for statement in statements:
                await session.execute(text(statement))

        await run(engine, work, origin="test")

    return execute


@pytest.fixture
def events(engine: AsyncEngine) -> Events:
    """Reads the whole feed, as a reader does."""

    async def every() -> list[Event]:
        async with engine.connect() as connection:
            return await read(connection, await beginning(connection), first=100_000)

    return every
