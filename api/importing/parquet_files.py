"""Reading Parquet, some rows at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from api.importing.batches import Batch, Cells, Indices, cells_of
from api.importing.errors import SourceError

BATCH = 50_000


@dataclass(frozen=True)
class ParquetSheet:
    """A Parquet file. Rows are numbered from 1."""

    path: Path
    header: Sequence[str]
    name: str = ""

    @classmethod
    def open(cls, path: Path) -> "ParquetSheet":
        """The file with its schema read. Raises SourceError."""
        try:
            with pq.ParquetFile(path) as file:
                return cls(path, file.schema_arrow.names)
        except (pa.ArrowException, OSError) as error:
            raise SourceError(f"{path}: is not a whole Parquet file: {_first_line(error)}") from None

    def batches(self, columns: Sequence[str]) -> Iterator[tuple[Batch, float]]:
        done = 0
        try:
            # Buffered, with one thread and no pre-buffer: else a row group is held in memory whole.
            with pq.ParquetFile(self.path, buffer_size=1 << 20, pre_buffer=False) as file:
                total = max(1, file.metadata.num_rows)
                for batch in file.iter_batches(BATCH, use_threads=False):
                    yield _batch(batch, columns, done), (done + len(batch)) / total
                    done += len(batch)
        except (pa.ArrowException, OSError) as error:
            raise SourceError(
                f"{self.path}: cannot be read after row {done:,}: {_first_line(error)}"
            ) from None


def _batch(batch: pa.RecordBatch, columns: Sequence[str], before: int) -> Batch:
    lines = np.arange(before + 1, before + 1 + len(batch), dtype=np.int64)
    cells = {column: Cells.of_array(batch.column(column)) for column in columns}
    return Batch(lines, cells, lambda indices: _raw(batch, indices))


def _raw(batch: pa.RecordBatch, indices: Indices) -> list[tuple[object, ...]]:
    taken = batch.take(pa.array(indices))
    return list(zip(*(cells_of(column) for column in taken.columns), strict=True))


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or ["unreadable"])[0]
