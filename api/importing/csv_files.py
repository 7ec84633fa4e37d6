"""Reading CSV, plain or gzipped, with the line of each row."""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

import numpy as np
import pyarrow as pa

from api.importing.batches import Batch, Cells, Unreadable
from api.importing.errors import SourceError
from api.importing.reading import Reading

BATCH = 20_000
FIELD_LIMIT = 131_072
"""A field longer than this many characters is a quote that was never closed: the row is refused."""

Row = list[str]


@dataclass(frozen=True)
class CsvSheet:
    """A CSV file. Rows are numbered by the line they start on; the header is on line 1."""

    path: Path
    reading: Reading
    gzipped: bool
    header: Sequence[str]
    name: str = ""

    @classmethod
    def open(cls, path: Path, reading: Reading, *, gzipped: bool) -> "CsvSheet":
        """The file with its header read. Raises SourceError."""
        sheet = cls(path, reading, gzipped, ())
        with _Lines(sheet) as lines:
            first = next(lines.rows(), None)
        if first is None or isinstance(first, Unreadable):
            raise SourceError(f"{path}: has no header row")
        _, header = first
        if not _is_text(header):
            raise SourceError(
                f"{path}: the header is not {reading.encoding.removesuffix('-sig')}; "
                'say what it is in the mapping file: [read] encoding = "cp949", for example'
            )
        return cls(path, reading, gzipped, header)

    def batches(self, columns: Sequence[str]) -> Iterator[tuple[Batch, float]]:
        with _Lines(self) as lines:
            rows = lines.rows()
            next(rows)
            while taken := _take(rows):
                yield self._batch(taken, columns), lines.share()

    def _batch(self, taken: list[tuple[int, Row] | Unreadable], columns: Sequence[str]) -> Batch:
        width = len(self.header)
        good: list[tuple[int, Row]] = []
        bad: list[Unreadable] = []
        for item in taken:
            if isinstance(item, Unreadable):
                bad.append(item)
            elif len(item[1]) != width:
                reason = f"has {len(item[1])} columns where the header has {width}"
                bad.append(Unreadable(item[0], reason, item[1]))
            else:
                good.append(item)
        try:
            cells = self._cells(good, columns)
        except UnicodeEncodeError:
            readable = [item for item in good if _is_text(item[1])]
            encoding = self.reading.encoding.removesuffix("-sig")
            bad += [Unreadable(*_refused(item, encoding)) for item in good if not _is_text(item[1])]
            good, cells = readable, self._cells(readable, columns)
        lines = np.array([line for line, _ in good], dtype=np.int64)
        return Batch(lines, cells, lambda indices: [good[index][1] for index in indices], bad)

    def _cells(self, rows: list[tuple[int, Row]], columns: Sequence[str]) -> dict[str, Cells]:
        places = {column: self.header.index(column) for column in columns}
        return {
            column: Cells.of_array(pa.array([row[place] for _, row in rows], pa.string()))
            for column, place in places.items()
        }


def _take(rows: Iterator[tuple[int, Row] | Unreadable]) -> list[tuple[int, Row] | Unreadable]:
    return [row for _, row in zip(range(BATCH), rows, strict=False)]


def _is_text(row: Row) -> bool:
    """Whether every byte was understood; those that were not are lone surrogates now."""
    try:
        "".join(row).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _refused(item: tuple[int, Row], encoding: str) -> tuple[int, str, Row]:
    line, row = item
    shown = [cell.encode("utf-8", "backslashreplace").decode("utf-8") for cell in row]
    return line, f"holds bytes that are not {encoding}", shown


class _Lines:
    """An open CSV file: its rows with their lines, how far it is read, and clear errors for an early end."""

    def __init__(self, sheet: CsvSheet) -> None:
        self.path, self.reading = sheet.path, sheet.reading
        self.size = max(1, sheet.path.stat().st_size)
        self.file = sheet.path.open("rb")
        opened = cast("IO[bytes]", gzip.GzipFile(fileobj=self.file)) if sheet.gzipped else self.file
        self.text = io.TextIOWrapper(
            opened, encoding=sheet.reading.encoding, errors="surrogateescape", newline=""
        )
        self.last = ""

    def __enter__(self) -> "_Lines":
        return self

    def __exit__(self, *_: object) -> None:
        self.text.close()
        self.file.close()

    def share(self) -> float:
        return min(1.0, self.file.tell() / self.size)

    def _watched(self) -> Iterator[str]:
        """The lines, each kept as `last` while its row is read."""
        for line in self.text:
            self.last = line
            yield line

    def rows(self) -> Iterator[tuple[int, Row] | Unreadable]:
        """Each row with its first line; empty lines are passed over. Raises SourceError at an early end."""
        csv.field_size_limit(FIELD_LIMIT)
        reader = csv.reader(self._watched(), delimiter=self.reading.delimiter, strict=True)
        width = 0
        while True:
            start = reader.line_num + 1
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                if "unexpected end of data" in str(error):
                    raise self._cut_off(start, "inside a quoted field") from None
                yield Unreadable(start, f"is not CSV: {error}", ())
                continue
            except (EOFError, zlib.error, gzip.BadGzipFile) as error:
                raise SourceError(
                    f"{self.path}: ends in the middle, after line {start - 1:,}: {error}"
                ) from None
            if not row:
                continue
            width = width or len(row)
            if len(row) < width and not self.last.endswith(("\n", "\r")):
                raise self._cut_off(start, f"after {len(row)} of {width} columns")
            yield start, row

    def _cut_off(self, line: int, where: str) -> SourceError:
        return SourceError(f"{self.path}: ends in the middle: line {line:,} stops {where}")
