"""Two stars of the same random facts: one with rollups, one that has the facts alone."""

from collections.abc import Iterator

import pytest

from olap.engines.duckdb import DuckDB
from olap.rollups import kept
from tests.olap.cube.random_star import random_engine, random_rows
from tests.olap.small_star import small_engine
from tests.olap.store.built import cube, shop

__all__ = ["cube", "shop"]


@pytest.fixture(scope="session")
def facts_alone() -> Iterator[DuckDB]:
    with random_engine(random_rows()) as opened:
        yield opened


@pytest.fixture(scope="session")
def rolled() -> Iterator[DuckDB]:
    with random_engine(random_rows()) as opened:
        roll_up(opened)
        yield opened


@pytest.fixture(scope="session")
def small_rolled() -> Iterator[DuckDB]:
    with small_engine() as opened:
        roll_up(opened)
        yield opened


def roll_up(engine: DuckDB) -> None:
    """The engine has all rollups of its facts."""
    with engine.transaction() as cursor:
        rows = kept.build(cursor)
    engine.rollups = rows
