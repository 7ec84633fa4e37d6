"""The small star, opened once: nothing here writes to it."""

from collections.abc import Iterator

import pytest

from olap.engines.duckdb import DuckDB
from tests.olap.small_star import small_engine


@pytest.fixture(scope="session")
def small() -> Iterator[DuckDB]:
    with small_engine() as engine:
        yield engine
