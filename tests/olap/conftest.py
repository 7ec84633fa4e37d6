"""The small star, opened once, and the shop with its cube, to be copied: nothing here writes to them."""

from collections.abc import Iterator

import pytest

from olap.engines.duckdb import DuckDB
from tests.olap.small_star import small_engine
from tests.olap.store.built import built

__all__ = ["built"]


@pytest.fixture(scope="session")
def small() -> Iterator[DuckDB]:
    with small_engine() as engine:
        yield engine
