"""The rejects file: every row that was not taken, with its place, the reason, and what it held."""

import csv
import re
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from api.importing.errors import SourceError
from api.importing.text import masked

_PLACE = ("file", "sheet", "line", "reason")

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_PLAIN_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*", re.ASCII)


def disarmed(value: object) -> str:
    """The value as text that a spreadsheet will not take for a formula: with a leading apostrophe if it might."""
    text = "" if value is None else str(value)
    if text.lstrip(" ").startswith(_DANGEROUS) and not _PLAIN_NUMBER.fullmatch(text):
        return "'" + text
    return text


class Rejects:
    """Writes the rejects file, made with the first rejected row: CSV, the columns of all files side by side."""

    def __init__(self, path: Path | None, columns: Sequence[str]) -> None:
        self.path, self.columns = path, list(dict.fromkeys(columns))
        self.count = 0
        self._file: IO[str] | None = None
        self._writer: Any = None

    def __enter__(self) -> "Rejects":
        return self

    def __exit__(self, *_: object) -> None:
        if self._file:
            self._file.close()

    def add(
        self, *, file: Path, sheet: str, line: int, reason: str, header: Sequence[str], raw: Sequence[object]
    ) -> None:
        """The row is in the file. Cells beyond the header's width are left out."""
        self.count += 1
        if self.path is None:
            return
        held = dict(zip(header, raw, strict=False))
        cells = [str(file), sheet, line, reason, *(held.get(column) for column in self.columns)]
        self._open(self.path).writerow([_storable(disarmed(cell)) for cell in cells])

    def _open(self, path: Path) -> Any:
        if self._file is None:
            try:
                self._file = path.open("w", encoding="utf-8", newline="")
            except OSError as error:
                raise SourceError(f"{path}: cannot be written: {error.strerror}") from None
            self._writer = csv.writer(self._file, lineterminator="\n")
            self._writer.writerow([disarmed(name) for name in (*_PLACE, *self.columns)])
        return self._writer


def _storable(text: str) -> str:
    """Masked, and without what no UTF-8 file can hold."""
    return masked(text).encode("utf-8", "backslashreplace").decode("utf-8").replace("\x00", "\\x00")
