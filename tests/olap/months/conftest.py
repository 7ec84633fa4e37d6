"""The company, and its cube where the engine is DuckDB's copy and where it is the mart itself."""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import adbc_driver_postgresql.dbapi as adbc
import pytest

from domain.postgres import Server
from olap.ask import Engine
from olap.browser import Browser
from olap.current import Current
from olap.plan import NONE, RowFilter
from tests.olap.months.company import COMPANY
from tests.olap.small_star import SmallCube
from tests.olap.store.shop import Cube, open_cube


@dataclass(frozen=True)
class Company:
    """A database, and one engine that answers for it."""

    url: str
    engine: Engine
    by_hand: adbc.Connection
    """Kept open: each connection reads the catalogue of types first, for 0.1 s."""

    def asked(self, cube: str, *refs: str, sight: RowFilter = NONE, **question: Any) -> list[tuple[Any, ...]]:
        """These columns of each cell."""
        answer = Browser(cube, SmallCube(self.engine), row_filter=sight).aggregate(**question)  # type: ignore[arg-type]  # any engine
        return [tuple(cell[ref] for ref in refs) for cell in answer.cells]

    def whole(self, cube: str, *aggregates: str, cell: str) -> tuple[Any, ...]:
        """These aggregates of the whole cell."""
        answer = Browser(cube, SmallCube(self.engine)).aggregate(cell=cell, aggregates=list(aggregates))  # type: ignore[arg-type]  # any engine
        return tuple(answer.summary[name] for name in aggregates)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What hand-written SQL on the domain's tables gives."""
        return rows_of(self.by_hand, query)


@functools.cache  # nobody writes to it, and several tests ask the same
def rows_of(connection: adbc.Connection, query: str) -> list[tuple[Any, ...]]:
    """The rows of a query on Postgres."""
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [tuple(row) for row in cursor.fetchall()]


@pytest.fixture(scope="session")
def company_url(server: Server, admin: Callable[[str], None], template: str) -> str:
    """Nobody writes to it."""
    admin(f"CREATE DATABASE months TEMPLATE {template} STRATEGY file_copy")
    url = server.url("months")
    with adbc.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(COMPANY)
        # As a server does by itself before long: else the planner takes every table for one of a few rows.
        cursor.execute("ANALYZE")
    return url


@pytest.fixture(scope="session")
def copied(company_url: str) -> Iterator[Cube]:
    with open_cube(company_url) as cube:
        yield cube


@pytest.fixture(scope="session")
def current(company_url: str) -> Iterator[Current]:
    opened = Current(company_url)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def by_hand(company_url: str) -> Iterator[adbc.Connection]:
    with adbc.connect(company_url, autocommit=True) as connection:
        yield connection


@pytest.fixture(params=["copy", "mart"])
def company(
    request: pytest.FixtureRequest, company_url: str, copied: Cube, current: Current, by_hand: adbc.Connection
) -> Company:
    engine = copied.engine if request.param == "copy" else current.engine
    return Company(company_url, engine, by_hand)
