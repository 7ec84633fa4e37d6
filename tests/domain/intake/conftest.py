"""An intake's connection on a database of the test's own."""

from collections.abc import AsyncIterator

import pytest

from domain.intake.connections import Connection, intake_connection


@pytest.fixture
async def intake(database: str) -> AsyncIterator[Connection]:
    async with intake_connection(database) as connection:
        yield connection
