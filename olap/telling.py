"""Telling of the rows of a table as they come, while an engine takes them from a stream."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import pyarrow as pa

from olap.progress import Progress, Step


class Telling:
    """Tells `progress` of every batch of what makes one table, and keeps what was raised, which the engine hands on as
    text."""

    def __init__(self, table: str, expected: int, progress: Progress) -> None:
        """`expected` rows are the planner's guess."""
        self._table = table
        self._expected = expected
        self._progress = progress
        self._rows = 0
        self._raised: BaseException | None = None

    @contextmanager
    def of(self, reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatchReader]:
        """The same rows for the engine to read inside; what was raised meanwhile comes out as it was."""
        try:
            yield pa.RecordBatchReader.from_batches(reader.schema, self._batches(reader))
        except duckdb.Error as error:
            raise self._raised or error from None

    def _batches(self, reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
        try:
            self._tell()
            for batch in reader:
                yield batch
                self._rows += batch.num_rows
                self._tell()
        except (Exception, KeyboardInterrupt) as error:
            self._raised = error
            raise

    def _tell(self) -> None:
        self._progress(Step(self._table, self._rows, max(self._expected, self._rows)))
