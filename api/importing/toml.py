"""Reading a TOML file key by key, so that every mistake is told with its place and what is allowed there."""

import tomllib
from collections.abc import Callable, Collection, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from api.importing.errors import MappingError
from domain.errors import Invalid

T = TypeVar("T")

_TYPES = {
    str: "a text",
    bool: "true or false",
    int: "a number",
    Decimal: "a number",
    list: "a list",
    dict: "a table",
    datetime: "a time",
    date: "a date",
    time: "a time of day",
}


def read_toml(path: Path) -> tuple["Table", bytes]:
    """The file's tables and its bytes. Raises MappingError."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise MappingError(f"{path}: cannot be read: {error.strerror}") from None
    try:
        return Table(str(path), "", tomllib.loads(content.decode("utf-8-sig"), parse_float=Decimal)), content
    except UnicodeDecodeError as error:
        raise MappingError(f"{path}: byte {error.start:,} is not UTF-8") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise MappingError(f"{path}: is not TOML: {error}") from None


class Table:
    """One table of the file, at a place such as `[read]`; each key is taken once, and none may be left over."""

    def __init__(self, file: str, place: str, values: dict[str, Any]) -> None:
        self.file, self.place, self.values = file, place, values

    def fail(self, key: str, problem: str) -> NoReturn:
        """Raises MappingError at a key of this table."""
        where = " ".join(part for part in (self.place, key) if part)
        raise MappingError(f"{self.file}: {where}: {problem}")

    def only(self, allowed: Collection[str]) -> None:
        """Raises MappingError if the table has any other key."""
        for key in self.values:
            if key not in allowed:
                self.fail(key, f"unknown key; known: {', '.join(allowed)}")

    def get(self, key: str, kind: type[T]) -> T | None:
        """The key's value, of this type; null if it is absent."""
        value = self.values.get(key)
        if value is None:
            return None
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self.fail(key, f"is {_TYPES.get(type(value), 'something else')}, must be {_TYPES[kind]}")
        return value

    def need(self, key: str, kind: type[T]) -> T:
        """The key's value, of this type."""
        value = self.get(key, kind)
        if value is None:
            self.fail(key, "is missing")
        return value

    def name(self, key: str, allowed: Collection[str], default: str | None = None) -> str:
        """One of the allowed names."""
        value = self.get(key, str)
        if value is None:
            value = (
                default
                if default is not None
                else self.fail(key, f"is missing; allowed: {', '.join(allowed)}")
            )
        if value not in allowed:
            self.fail(key, f"{value!r} is not allowed; allowed: {', '.join(allowed)}")
        return value

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A list of texts."""
        values = self.get(key, list)
        if values is None:
            return default
        if not all(isinstance(value, str) for value in values):
            self.fail(key, "must be a list of texts")
        return tuple(values)

    def table(self, key: str) -> "Table":
        """The table below the key; empty if it is absent."""
        return Table(
            self.file, f"{self.place} {key}".strip() if self.place else f"[{key}]", self.get(key, dict) or {}
        )

    def tables(self, key: str) -> Iterator["Table"]:
        """The list of tables below the key (`[[key]]`)."""
        for number, value in enumerate(self.get(key, list) or [], start=1):
            if not isinstance(value, dict):
                self.fail(key, f"must be tables: [[{key}]]")
            yield Table(self.file, f"[[{key}]] {number}", value)

    def checked(self, key: str, value: T, check: Callable[[T], object]) -> T:
        """The value, once `check` has not refused it."""
        try:
            check(value)
        except (ValueError, LookupError, Invalid) as error:
            self.fail(key, str(error))
        return value
