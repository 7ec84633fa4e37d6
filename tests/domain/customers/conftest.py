"""Tests of customers that commit share a database."""

from collections.abc import Iterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.emptied import Emptied


@pytest.fixture
def database(shared_database: Emptied) -> Iterator[str]:
    """The URL of the database that tests share, emptied after each."""
    yield shared_database.url
    shared_database.empty()


@pytest.fixture
def engine(database: str, shared_engine: AsyncEngine) -> AsyncEngine:
    """The engine on it, for tests that open several sessions."""
    return shared_engine
