"""Telling of the rows of a table as they come, while an engine takes them from a stream."""

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

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
        batches = self._batches(reader)
        try:
            yield pa.RecordBatchReader.from_batches(reader.schema, batches)
        except duckdb.Error as error:
            raise self._raised or error from None
        finally:
            batches.close()  # nobody reads any more when the stream is

    def _batches(self, reader: pa.RecordBatchReader) -> Generator[pa.RecordBatch]:
        try:
            self._tell()
            with closing(_ahead(reader)) as coming:
                for batch in coming:
                    yield batch
                    self._rows += batch.num_rows
                    self._tell()
        except (Exception, KeyboardInterrupt) as error:
            self._raised = error
            raise

    def _tell(self) -> None:
        self._progress(Step(self._table, self._rows, max(self._expected, self._rows)))


def _ahead(reader: pa.RecordBatchReader) -> Generator[pa.RecordBatch]:
    """The batches, of which the next one is read while the last is taken: else Postgres waits for the engine's threads
    while all of them work, and they for it."""
    with ThreadPoolExecutor(1) as reading:
        coming = reading.submit(next, reader, None)
        while (batch := coming.result()) is not None:
            coming = reading.submit(next, reader, None)
            yield batch
