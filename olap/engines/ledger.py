"""Where a cube in DuckDB stands: its watermark, written in the same transaction as its rows."""

from dataclasses import asdict

import duckdb
from sqlalchemy import select

from olap.dialect import DIALECT
from olap.engines.duckdb import Cursor, DuckDB
from olap.engines.tables import create_table
from olap.watermark import EMPTY, Watermark, table


def stored(engine: DuckDB) -> Watermark:
    """What the file says; EMPTY where it says nothing that this code understands."""
    try:
        found = engine.fetch(select(table))
    except (duckdb.CatalogException, duckdb.BinderException):
        return EMPTY
    (row,) = found.to_pylist()
    return Watermark(**row)


def store(cursor: Cursor, mark: Watermark) -> None:
    """The file says so once the cursor's transaction is committed."""
    cursor.execute(create_table(table, DIALECT))
    places = ", ".join(f"${name}" for name in asdict(mark))
    cursor.execute(f'INSERT INTO "{table.name}" VALUES ({places})', asdict(mark))  # noqa: S608 (our own names)
