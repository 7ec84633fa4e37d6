"""The first build and every rebuild: the whole mart of one moment, streamed into new tables and swapped in."""

import time

from sqlalchemy import Table

from olap import inside, monthly, source, star, watermark
from olap.dialect import DIALECT
from olap.engines import ledger
from olap.engines.duckdb import Cursor, DuckDB, append
from olap.engines.tables import create_table
from olap.progress import BuildReport, Progress, silent
from olap.rollups import kept as rollups
from olap.source import Connection
from olap.telling import Telling


def build(engine: DuckDB, connection: Connection, progress: Progress = silent) -> BuildReport:
    """The cube holds exactly the mart of one moment, and the watermark of that moment.

    Readers see the old tables until the end, then the new ones, all at once. Memory is bounded by the batches.
    """
    begun = time.monotonic()
    with source.snapshot(connection), engine.transaction() as cursor:
        # Every row is wanted: hash joins, also where the planner has no statistics yet and expects few rows.
        source.execute(connection, "SET LOCAL enable_nestloop = off")
        mark = watermark.at(source.position(connection))
        rows = {
            table.name: _fill(cursor, connection, table, progress)
            for table in sorted(star.metadata.sorted_tables, key=_last)
        }
        kept = rollups.build(cursor)
        ledger.store(cursor, mark)
    engine.rollups = kept
    return BuildReport(rows=rows, seconds=time.monotonic() - begun, watermark=mark)


def _fill(cursor: Cursor, connection: Connection, table: Table, progress: Progress) -> int:
    """The table stands anew with all rows of its view; how many."""
    if inside.is_inside(table):
        return inside.fill(cursor, connection, table, progress)
    telling = Telling(table.name, source.expected_rows(connection, table.name), progress)
    cursor.execute(create_table(table, DIALECT))
    with source.stream(connection, source.view(table)) as reader, telling.of(reader) as rows:
        return append(cursor, table, rows)


def _last(table: Table) -> tuple[bool, bool]:
    """What is computed of other tables comes after them, and the months after the sales."""
    return inside.is_inside(table), monthly.is_monthly(table)
