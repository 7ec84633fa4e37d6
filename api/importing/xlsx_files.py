"""Reading XLSX workbooks, sheet by sheet and some rows at a time."""

import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import numpy as np
import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from api.importing.batches import Batch, Cells
from api.importing.errors import SourceError
from api.importing.reading import Reading

BATCH = 20_000

_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    OSError,
    ParseError,
    ValueError,
    InvalidFileException,
)

Row = tuple[Any, ...]


@dataclass(frozen=True)
class XlsxSheet:
    """One sheet of a workbook. Rows are numbered as in the sheet; the header is its first row that is not empty."""

    path: Path
    name: str
    header: Sequence[str]
    header_row: int

    def batches(self, columns: Sequence[str]) -> Iterator[tuple[Batch, float]]:
        with _workbook(self.path) as book:
            sheet = book[self.name]
            total = max(1, sheet.max_row or 1)
            rows = enumerate(
                sheet.iter_rows(min_row=self.header_row + 1, values_only=True), self.header_row + 1
            )
            while taken := list(islice(rows, BATCH)):
                filled = [(number, row) for number, row in taken if any(cell is not None for cell in row)]
                yield self._batch(filled, columns), min(1.0, taken[-1][0] / total)

    def _batch(self, rows: list[tuple[int, Row]], columns: Sequence[str]) -> Batch:
        places = {column: self.header.index(column) for column in columns}
        cells = {
            column: Cells.of_cells([_cell(row, place) for _, row in rows]) for column, place in places.items()
        }
        lines = np.array([number for number, _ in rows], dtype=np.int64)
        return Batch(lines, cells, lambda indices: [rows[index][1] for index in indices])


def _cell(row: Row, place: int) -> Any:
    """The cell; a row may be shorter than the header, and a duration is no value that a mapping knows."""
    cell = row[place] if place < len(row) else None
    return str(cell) if isinstance(cell, timedelta) else cell


def xlsx_sheets(path: Path, reading: Reading) -> Sequence[XlsxSheet]:
    """The workbook's sheets that hold anything, or those that the mapping names. Raises SourceError."""
    with _workbook(path) as book:
        known = [sheet.title for sheet in book.worksheets]
        missing = [name for name in reading.sheets if name not in known]
        if missing:
            raise SourceError(f"{path}: has no sheet {missing[0]!r}; its sheets: {', '.join(known)}")
        headed = [(name, _header(book[name])) for name in reading.sheets or known]
    found = [XlsxSheet(path, name, *header) for name, header in headed if header]
    if not found:
        raise SourceError(f"{path}: has no header row in any sheet")
    return found


def _header(sheet: Any) -> tuple[list[str], int] | None:
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        if any(cell is not None for cell in row):
            return ["" if cell is None else str(cell) for cell in row], number
    return None


@contextmanager
def _workbook(path: Path) -> Iterator[Any]:
    """The open workbook, values instead of formulas; damage to the file becomes a SourceError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl tells of styles that it leaves out
            book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        try:
            yield book
        finally:
            book.close()
    except _DAMAGE as error:
        raise SourceError(f"{path}: is not a whole XLSX file: {error}") from None
