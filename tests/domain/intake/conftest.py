"""An intake's connection on the database that these tests share."""

from collections.abc import AsyncIterator, Iterator

import pytest

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
