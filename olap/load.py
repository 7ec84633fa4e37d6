"""The first build and every rebuild: the whole mart of one moment, streamed into new tables and swapped in."""

import time
from collections.abc import Iterator

import duckdb
import pyarrow as pa
from sqlalchemy import Table

from olap import monthly, source, star, watermark
from olap.dialect import DIALECT
from olap.engines import ledger
from olap.engines.duckdb import Cursor, DuckDB, append
from olap.engines.tables import create_table
from olap.progress import BuildReport, Progress, Step, silent
from olap.rollups import kept as rollups
from olap.source import Connection


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
            for table in sorted(star.metadata.sorted_tables, key=monthly.is_monthly)
        }
        kept = rollups.build(cursor)
        ledger.store(cursor, mark)
    engine.rollups = kept
    return BuildReport(rows=rows, seconds=time.monotonic() - begun, watermark=mark)


def _fill(cursor: Cursor, connection: Connection, table: Table, progress: Progress) -> int:
    """The table stands anew with all rows of its view; how many."""
    if monthly.is_monthly(table):
        progress(Step(table.name, 0, 0))
        made = monthly.fill(cursor, connection, table)
        progress(Step(table.name, made, made))
        return made
    expected = source.expected_rows(connection, table)
    cursor.execute(create_table(table, DIALECT))
    with source.stream(connection, source.view(table)) as reader:
        told = _Told(table.name, expected, progress)
        try:
            return append(
                cursor, table, pa.RecordBatchReader.from_batches(reader.schema, told.batches(reader))
            )
        except duckdb.Error as error:
            raise told.raised or error from None


class _Told:
    """Tells `progress` of every batch of one table, and keeps what was raised, which the engine hands on as text."""

    def __init__(self, table: str, expected: int, progress: Progress) -> None:
        self._table = table
        self._expected = expected
        self._progress = progress
        self.raised: BaseException | None = None

    def batches(self, reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
        """The batches as they come."""
        rows = 0
        try:
            self._tell(rows)
            for batch in reader:
                yield batch
                rows += batch.num_rows
                self._tell(rows)
        except (Exception, KeyboardInterrupt) as error:
            self.raised = error
            raise

    def _tell(self, rows: int) -> None:
        self._progress(Step(self._table, rows, max(self._expected, rows)))
