"""Replacing rows by an id, in a transaction of DuckDB's."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

import pyarrow as pa
from sqlalchemy import Table

from olap.engines.duckdb import Cursor, append
from olap.engines.parsed import again


def replace(
    cursor: Cursor, table: Table, column: str, ids: Collection[int], rows: pa.Table | pa.RecordBatchReader
) -> None:
    """The rows with these ids in the column are gone and the given ones are there."""
    with registered(cursor, replaced=id_table(ids)):
        # A list of names and of ids that are numbers: nothing of a caller's.
        again(cursor, f'DELETE FROM "{table.name}" WHERE "{column}" IN (SELECT id FROM replaced)')  # noqa: S608
    append(cursor, table, rows)


def id_table(ids: Collection[int]) -> pa.Table:
    """The ids as a relation with the one column `id`."""
    return pa.table({"id": pa.array(ids, pa.int64())})


def counted(cursor: Cursor, tables: Sequence[str]) -> dict[str, int]:
    """How many rows each table has; in one statement, as planning each costs more than counting."""
    counts = (f"SELECT '{name}', count(*) FROM \"{name}\"" for name in tables)  # noqa: S608 (our own names)
    return {name: int(rows) for name, rows in again(cursor, " UNION ALL ".join(counts)).fetchall()}


def ids_of(cursor: Cursor, query: str) -> frozenset[int]:
    """The ids that a query gives in its one column."""
    return frozenset(value for (value,) in cursor.execute(query).fetchall())


@contextmanager
def registered(cursor: Cursor, **relations: pa.Table) -> Iterator[None]:
    """Inside, the cursor's statements see the relations by their names.

    They stay after an error: an aborted transaction refuses to forget them, and the cursor ends with it.
    """
    for name, relation in relations.items():
        cursor.register(name, relation)
    yield
    for name in relations:
        cursor.unregister(name)
