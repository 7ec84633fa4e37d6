"""Rows as their source gave them, read field by field into cells for staging."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache, partial
from typing import Any

from domain import text
from domain.errors import DomainError, Invalid
from domain.intake.upserts.references import Reference, Target
from domain.messages import say

Name = tuple[str, str]
"""The system, and its name for a thing."""

Key = int | Name

Given = Mapping[str, Any]
"""One row by its fields: what is absent is left, None clears."""

MOST_PARTS = 1_000
"""Lines of one order, or contact points of one customer."""


@dataclass(slots=True)
class Row:
    """One row: `cells` by staged column, those to be `cleared`, and the cells of its `parts` by their name.

    `same`: it says what it said before, of what has not changed since; nothing more was read of it.
    """

    index: int
    key: Key | None = None
    version: int | datetime | None = None
    id: int | None = None
    cells: dict[str, Any] = field(default_factory=dict)
    cleared: set[str] = field(default_factory=set)
    parts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    references: list[Reference] = field(default_factory=list)
    error: DomainError | None = None
    digest: bytes | None = None
    same: bool = False

    @property
    def name(self) -> Name | None:
        return self.key if isinstance(self.key, tuple) else None


Reader = Callable[[Row, Any], None]
"""Reads the value of one field into the row. Raises Invalid."""

Rule = Callable[[Any, str], Any]
"""Gives the value as it is stored. Raises Invalid with the place."""


def read(index: int, given: Given, readers: Mapping[str, Reader]) -> Row:
    """The row with what its fields say; with the first error, if there is one."""
    row = Row(index)
    try:
        for name, value in given.items():
            readers[name](row, value)
    except Invalid as error:
        row.error = error
    return row


def read_key(row: Row, value: Key | Invalid) -> None:
    """The key of the row: `value` may be why it is none."""
    if isinstance(value, Invalid):
        raise value
    row.key = value if isinstance(value, int) else checked_name(value, "key", "external")


def checked_name(value: Name, *path: str | int) -> Name:
    """The system and the name as they are stored. Raises Invalid."""
    system, name = value
    return _good_system(system) or _system(system, *path), text.key(name, *path, "id")


def _system(value: str, *path: str | int) -> str:
    return text.name(value, *path, "system", limit=60)


@lru_cache(maxsize=256)
def _good_system(value: str) -> str | None:
    """The system as it is stored; None for what is none. There are few, and each row names one."""
    try:
        return _system(value)
    except Invalid:
        return None


def read_version(row: Row, value: int | datetime | None) -> None:
    """How often, or when, the source has changed what the row is about."""
    row.version = value


def column(name: str, rule: Rule | None = None, *, clears: bool = True) -> Reader:
    """A field that is a column; `clears`: null empties it, else null is refused."""

    def reader(row: Row, value: Any) -> None:
        if value is not None:
            row.cells[name] = value if rule is None else rule(value, name)
        elif clears:
            row.cleared.add(name)
        else:
            raise Invalid(say("{name} cannot be cleared", name=name), name)

    return reader


def reference(name: str, target: Target, *, clears: bool = True, into: str = "") -> Reader:
    """A field that refers to another thing; its key goes into the column `<name>_id`."""
    column = into or f"{name}_id"

    def reader(row: Row, value: Any) -> None:
        if isinstance(value, Invalid):
            raise value
        if value is not None:
            row.references.append(Reference(row.cells, column, target, value, (name,)))
        elif clears:
            row.cleared.add(column)
        else:
            raise Invalid(say("{name} cannot be cleared", name=name), name)

    return reader


def part(name: str, readers: Mapping[str, Reader], *, needed: Sequence[str] = ()) -> Reader:
    """A field that is a list of objects; each is read by the readers of its own fields."""

    def reader(row: Row, value: Any) -> None:
        items = value or ()
        if len(items) > MOST_PARTS:
            raise Invalid(
                say(
                    "{count} {name} are given; at most {most} are allowed",
                    count=len(items),
                    name=name,
                    most=MOST_PARTS,
                ),
                name,
            )
        row.parts[name] = _items(row, name, items, readers, needed)

    return reader


def _items(
    row: Row, name: str, items: Sequence[Given], readers: Mapping[str, Reader], needed: Sequence[str]
) -> list[dict[str, Any]]:
    item, found = Row(row.index), []
    for place, each in enumerate(items):
        item.cells = {}
        try:
            for part_name, value in each.items():
                readers[part_name](item, value)
        except Invalid as error:
            raise Invalid(error.message, name, place, *error.path) from None
        for missing in needed:
            if missing not in item.cells:
                raise Invalid(say("{name} is missing", name=missing), name, place, missing)
        if item.references:
            row.references += [
                Reference(one.cells, one.column, one.target, one.key, (name, place, *one.path), one.within)
                for one in item.references
            ]
            item.references.clear()
        found.append(item.cells)
    return found


def words(rule: Callable[..., str], limit: int = 200) -> Rule:
    """A rule of domain/text with a limit."""
    return partial(rule, limit=limit)


def few(rule: Rule) -> Rule:
    """The rule, for fields of which many rows have one of few values: what was good is not looked at again."""
    return lru_cache(maxsize=4096)(rule)
