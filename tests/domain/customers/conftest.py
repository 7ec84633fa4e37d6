"""Tests of customers that commit share a database."""

from collections.abc import Iterator

import pytest

from tests.emptied import Emptied


@pytest.fixture
def database(shared_database: Emptied) -> Iterator[str]:
    """The URL of the database that tests share, emptied after each."""
    yield shared_database.url
    shared_database.empty()
