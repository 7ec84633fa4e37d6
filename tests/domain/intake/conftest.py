"""An intake's connection on the database that these tests share."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.db import engine as make_engine
from domain.intake.connections import Connection, intake_connection
from tests.emptied import Emptied


@pytest.fixture
def database(shared_database: Emptied) -> Iterator[str]:
    """The URL of the database that tests share, emptied after each."""
    yield shared_database.url
    shared_database.empty()


@pytest.fixture
async def intake(database: str) -> AsyncIterator[Connection]:
    async with intake_connection(database) as connection:
        yield connection


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    """Runs what belongs together, one after the other, where hypothesis wants no coroutine."""
    with asyncio.Runner() as made:
        yield made


@pytest.fixture
def kept_intake(database: str, runner: asyncio.Runner) -> Iterator[Connection]:
    """As `intake`, for `runner`: a connection takes 0.1 s to open, more than an example on it."""
    stack = AsyncExitStack()
    yield runner.run(stack.enter_async_context(intake_connection(database)))
    runner.run(stack.aclose())


@pytest.fixture
def kept_engine(database: str, runner: asyncio.Runner) -> Iterator[AsyncEngine]:
    """An engine of one connection, for `runner`."""
    engine = make_engine(database, pool_size=1)
    yield engine
    runner.run(engine.dispose())
