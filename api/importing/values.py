"""The types of values: how each is read from a cell of any format, and what it refuses.

A cell is what its format gives: text from CSV; numbers, times and booleans too from Parquet and XLSX. `parse`
returns null for a cell that holds nothing, and raises ValueError or Invalid with the reason for one that cannot be
read.
"""

import math
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import ClassVar, Protocol

import pyarrow as pa

from api.importing.reading import Reading
from api.importing.text import on_one_line, shown
from domain import text


class Type(Protocol):
    """What a field holds. `arrow` is the column's type once it is read."""

    @property
    def arrow(self) -> pa.DataType: ...

    def parse(self, cell: object, reading: Reading) -> object: ...


def plain_text(cell: object) -> str | None:
    """The cell as text, numbers without exponents and without `.0`; null where a frame says "not a number"."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        if math.isnan(cell):
            return None
        return format(Decimal(repr(cell)).normalize(), "f")
    if isinstance(cell, Decimal):
        return format(cell, "f")
    if isinstance(cell, bytes):
        return cell.decode("utf-8")
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    return str(cell)


@dataclass(frozen=True)
class Text:
    """A name: NFC, on one line, outer spaces and direction controls taken away."""

    limit: int = 500
    arrow: ClassVar[pa.DataType] = pa.string()

    def parse(self, cell: object, reading: Reading) -> str | None:
        found = plain_text(cell)
        if found is None or found in reading.nulls:
            return None
        cleaned = on_one_line(found)
        return text.line(cleaned, limit=self.limit) if cleaned else None


@dataclass(frozen=True)
class Prose:
    """A text of any number of lines."""

    limit: int = 10_000
    arrow: ClassVar[pa.DataType] = pa.string()

    def parse(self, cell: object, reading: Reading) -> str | None:
        found = plain_text(cell)
        if found is None or found in reading.nulls or not found.strip():
            return None
        return text.prose(found, limit=self.limit)


@dataclass(frozen=True)
class Id:
    """A key of another system: taken as it stands, case and spaces included; only spaces is none."""

    limit: int = 200
    arrow: ClassVar[pa.DataType] = pa.string()

    def parse(self, cell: object, reading: Reading) -> str | None:
        found = plain_text(cell)
        if found is None or found in reading.nulls or not found.strip():
            return None
        return text.key(found, limit=self.limit)


_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)", re.ASCII)


@dataclass(frozen=True)
class Number:
    """A decimal number of at most `digits` digits, `scale` of them after the point; never rounded.

    Binary floats stand for the nearest decimal of that scale if it is within 1e-9 of them.
    """

    digits: int
    scale: int

    @property
    def arrow(self) -> pa.DataType:
        return pa.decimal128(self.digits, self.scale)

    def parse(self, cell: object, reading: Reading) -> Decimal | None:
        found = _decimal(cell, reading)
        if found is None:
            return None
        self._check_size(cell, found)
        fitted = round(found, self.scale)
        if isinstance(cell, float) and abs(fitted - found) <= Decimal("1e-9") * max(Decimal(1), abs(found)):
            found = fitted
        if fitted != found:
            raise ValueError(f"{shown(cell)} has more than {self.scale} decimals")
        self._check_size(cell, fitted)
        return fitted

    def _check_size(self, cell: object, found: Decimal) -> None:
        if abs(found) >= Decimal(10) ** (self.digits - self.scale):
            raise ValueError(
                f"{shown(cell)} has more than {self.digits - self.scale} digits before the point"
            )


def _decimal(cell: object, reading: Reading) -> Decimal | None:
    if isinstance(cell, bool) or not isinstance(cell, str | int | float | Decimal):
        raise ValueError(f"{shown(cell)} is not a number")
    if isinstance(cell, float | Decimal):
        if not math.isfinite(cell):
            raise ValueError(f"{shown(cell)} is not a number")
        return Decimal(repr(cell)) if isinstance(cell, float) else cell
    if isinstance(cell, int):
        return Decimal(cell)
    if cell in reading.nulls or not cell.strip():
        return None
    written = cell.strip()
    if reading.thousands_separator:
        written = written.replace(reading.thousands_separator, "")
    if reading.decimal_point != ".":
        written = written.replace(".", "?").replace(reading.decimal_point, ".")
    if len(written) > 60 or not _NUMBER.fullmatch(written):
        raise ValueError(f"{shown(cell)} is not a number")
    return Decimal(written)


@dataclass(frozen=True)
class Whole:
    """A whole number within bounds."""

    least: int
    most: int
    arrow: ClassVar[pa.DataType] = pa.int64()

    def parse(self, cell: object, reading: Reading) -> int | None:
        found = Number(19, 0).parse(cell, reading)
        if found is None:
            return None
        if not self.least <= found <= self.most:
            raise ValueError(f"{shown(cell)} is not between {self.least:,} and {self.most:,}")
        return int(found)


_ISO = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,6})?)?(?:Z|[+-]\d{2}:?\d{2})?)?", re.ASCII
)


@dataclass(frozen=True)
class Time:
    """A point in time, in UTC. A time without an offset is the mapping's zone's.

    Of a time that the clock showed twice the first is meant; one that it skipped is as much later.
    """

    arrow: ClassVar[pa.DataType] = pa.timestamp("us", tz="UTC")

    def parse(self, cell: object, reading: Reading) -> datetime | None:
        found = _datetime(cell, reading)
        if found is None:
            return None
        if found.tzinfo is None:
            found = found.replace(tzinfo=reading.time_zone or UTC)
        try:
            return found.astimezone(UTC)
        except OverflowError:
            raise ValueError(f"{shown(cell)} is outside the years 1 to 9999") from None


@dataclass(frozen=True)
class Date:
    """A day; of a point in time, the day that its own clock showed."""

    arrow: ClassVar[pa.DataType] = pa.date32()

    def parse(self, cell: object, reading: Reading) -> date | None:
        found = _datetime(cell, reading)
        return found.date() if found else None


def _datetime(cell: object, reading: Reading) -> datetime | None:
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, date):
        return datetime.combine(cell, time())
    if not isinstance(cell, str):
        raise ValueError(f"{shown(cell)} is not a time")
    written = cell.strip()
    if cell in reading.nulls or not written:
        return None
    try:
        if _ISO.fullmatch(written):
            return datetime.fromisoformat(written.replace(",", "."))
    except ValueError:
        raise ValueError(f"{shown(cell)} is not a time: no such day or hour") from None
    for form in reading.times:
        try:
            return datetime.strptime(written, form)  # noqa: DTZ007 - the zone of the mapping is added later
        except ValueError:
            continue
    known = ", ".join(["YYYY-MM-DD[ HH:MM[:SS]][+HH:MM]", *reading.times])
    raise ValueError(f"{shown(cell)} is not a time; known forms: {known}")


@dataclass(frozen=True)
class Choice:
    """One of a list of names, in any case."""

    names: Collection[str]
    arrow: ClassVar[pa.DataType] = pa.string()

    def parse(self, cell: object, reading: Reading) -> str | None:
        found = plain_text(cell)
        if found is None or found in reading.nulls or not found.strip():
            return None
        name = found.strip().upper()
        if name not in self.names:
            listed = ", ".join(sorted(self.names)) if len(self.names) <= 20 else f"{len(self.names)} codes"
            raise ValueError(f"{shown(cell)} is not one of {listed}")
        return name


@dataclass(frozen=True)
class Currency:
    """An ISO 4217 code, in any case; which ones the store may book in is asked when the import starts."""

    arrow: ClassVar[pa.DataType] = pa.string()

    def parse(self, cell: object, reading: Reading) -> str | None:
        found = plain_text(cell)
        if found is None or found in reading.nulls or not found.strip():
            return None
        code = found.strip().upper()
        if not re.fullmatch("[A-Z]{3}", code):
            raise ValueError(f"{shown(cell)} is not a currency's code of three letters")
        return code
