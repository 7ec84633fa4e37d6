"""One star in every engine: the same rows, loaded once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg
import pyarrow as pa
from sqlalchemy import BigInteger, Boolean, Date, DateTime, Integer, Numeric, Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from domain.postgres import Server
from olap import star
from olap.ask import Engine
from olap.engines.clickhouse.engine import ClickHouse
from olap.engines.clickhouse.rows import append
from olap.engines.clickhouse.tables import create_table
from olap.engines.duckdb import DuckDB
from olap.engines.postgres import Postgres
from tests.olap.small_star import whole

Rows = Mapping[Table, Sequence[Sequence[Any]]]

NAMES = ("duckdb", "postgres", "clickhouse")
EMBEDDED = "chdb://memory"
"""One folder, or memory, for all of a process: the embedded engine knows no other way."""

ARROW = {
    BigInteger: pa.int64(),
    Integer: pa.int32(),
    Boolean: pa.bool_(),
    Date: pa.date32(),
    DateTime: pa.timestamp("us", tz="UTC"),
}


@contextmanager
def engines(
    server: Server, admin: Callable[[str], None], name: str, rows: Rows
) -> Iterator[dict[str, Engine]]:
    """The three engines by name, each with these rows in the star's tables, in a database `name`; see `whole`."""
    rows = {table: whole(table, given) for table, given in rows.items()}
    with ExitStack() as stack:
        yield {
            "duckdb": stack.enter_context(in_duckdb(rows)),
            "postgres": stack.enter_context(in_postgres(server, admin, name, rows)),
            "clickhouse": stack.enter_context(in_clickhouse(name, rows)),
        }


@contextmanager
def in_duckdb(rows: Rows) -> Iterator[DuckDB]:
    """In memory."""
    with DuckDB(threads=1) as engine:
        engine.create_tables(star.metadata)
        for table, given in rows.items():
            engine.insert(table, arrow(table, given))
        yield engine


@contextmanager
def in_postgres(server: Server, admin: Callable[[str], None], name: str, rows: Rows) -> Iterator[Postgres]:
    """As tables where the mart has views."""
    admin(f"CREATE DATABASE {name}")
    with psycopg.connect(server.url(name)) as connection:
        connection.execute("CREATE SCHEMA mart")
        connection.execute("SET search_path = mart")
        for table, given in rows.items():
            connection.execute(str(CreateTable(table).compile(dialect=postgresql.dialect())))  # type: ignore[no-untyped-call]  # SQLAlchemy's
            places = ", ".join(["%s"] * len(table.columns))
            connection.cursor().executemany(f'INSERT INTO "{table.name}" VALUES ({places})', given)
        # As a server does by itself before long: without it the planner takes every table for one of a few rows.
        connection.execute("ANALYZE")
    with Postgres(server.url(name), most=2) as engine:
        yield engine
    admin(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def in_clickhouse(name: str, rows: Rows) -> Iterator[ClickHouse]:
    """In the embedded engine, in memory."""
    with ClickHouse(EMBEDDED) as engine:
        # As in DuckDB. Two threads for rows that one reads took two thirds more processor (34 ms a question, not 21).
        engine._reading.set_client_setting("max_threads", 1)
        engine.writing.command(f"CREATE DATABASE {name}")
        for table, given in rows.items():
            for statement in create_table(table, name):
                engine.writing.command(statement)
            append(engine.writing, table, arrow(table, given), database=name, version=1)
        engine.read_from(name)
        yield engine
        engine.writing.command(f"DROP DATABASE {name}")


def arrow(table: Table, rows: Sequence[Sequence[Any]]) -> pa.Table:
    """Rows in the order of the table's columns as Arrow, exact numbers as text."""
    columns = {}
    for place, column in enumerate(table.columns):
        exact = isinstance(column.type, Numeric)
        kind = next((ARROW[of] for of in type(column.type).__mro__ if of in ARROW), pa.string())
        values = [row[place] for row in rows]
        given = [None if value is None else str(value) for value in values] if exact else values
        columns[column.name] = pa.array(given, kind)
    return pa.table(columns)
