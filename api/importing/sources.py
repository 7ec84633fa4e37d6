"""Opening files: what format one is, which sheets it has, and whether it has the columns that the mapping names."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from api.importing.batches import Batch
from api.importing.csv_files import CsvSheet
from api.importing.errors import MappingError, SourceError
from api.importing.parquet_files import ParquetSheet
from api.importing.reading import Reading
from api.importing.xlsx_files import xlsx_sheets


class Sheet(Protocol):
    """A table of rows in a file: the whole file, or one sheet of a workbook."""

    @property
    def path(self) -> Path: ...
    @property
    def name(self) -> str: ...
    @property
    def header(self) -> Sequence[str]: ...

    def batches(self, columns: Sequence[str]) -> Iterator[tuple[Batch, float]]:
        """The rows in batches, each with the share of the sheet (0 to 1) that is read by then. Raises SourceError."""


@dataclass(frozen=True)
class File:
    """A file and its sheets."""

    path: Path
    sheets: Sequence[Sheet]

    def described(self) -> dict[str, str | int]:
        """Name, size and SHA-256. Reads the whole file."""
        with self.path.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
        return {"name": self.path.name, "bytes": self.path.stat().st_size, "sha256": digest}


def open_file(path: Path, reading: Reading) -> File:
    """The file's sheets, their headers read. Raises SourceError."""
    try:
        with path.open("rb") as opened:
            start = opened.read(4)
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from None
    if not start:
        raise SourceError(f"{path}: is empty")
    return File(path, _sheets(path, start, reading))


def _sheets(path: Path, start: bytes, reading: Reading) -> Sequence[Sheet]:
    if start == b"PAR1" or path.suffix.lower() in (".parquet", ".pq"):
        return [ParquetSheet.open(path)]
    if start.startswith(b"PK") or path.suffix.lower() in (".xlsx", ".xlsm"):
        return xlsx_sheets(path, reading)
    return [CsvSheet.open(path, reading, gzipped=start.startswith(b"\x1f\x8b"))]


def check_columns(sheet: Sheet, wanted: Mapping[str, str], mapping: Path) -> None:
    """The sheet has each wanted column once. Raises MappingError, naming the key that asks for it."""
    place = f"{sheet.path} (sheet {sheet.name})" if sheet.name else str(sheet.path)
    for column, key in wanted.items():
        found = list(sheet.header).count(column)
        if found == 0:
            known = ", ".join(sheet.header)
            raise MappingError(
                f"{mapping}: {key}: {place} has no column {column!r}; its columns: {known}{_advice(sheet, wanted)}"
            )
        if found > 1:
            raise MappingError(f"{mapping}: {key}: {place} has {found} columns {column!r}")


def _advice(sheet: Sheet, wanted: Mapping[str, str]) -> str:
    """What is most often behind a sheet that has nothing of what is wanted."""
    if set(sheet.header) & set(wanted):
        return ""
    if sheet.name:
        return "; which sheets are read, [read] sheets says"
    if len(sheet.header) == 1 and (
        found := [each for each in (";", "\t", "|", ",") if each in sheet.header[0]]
    ):
        return f"; perhaps the mapping file needs [read] delimiter = {json.dumps(found[0])}"
    return ""
