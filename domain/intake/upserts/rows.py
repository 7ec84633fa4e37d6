"""Rows as their source gave them, read field by field into cells for staging."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache, partial
from itertools import chain, islice
from typing import Any

from domain import text
from domain.errors import DomainError, Invalid
from domain.intake.upserts.references import Reference, Target
from domain.messages import say

Name = tuple[str, str]
"""The system, and its name for a thing."""

Key = int | Name

Given = Mapping[str, Any]
"""One row by its fields: what is absent is left, None clears, and an Invalid says why a field is malformed."""

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
            if type(value) is Invalid:
                raise value
            readers[name](row, value)
    except Invalid as error:
        row.error = error
    return row


def read_key(row: Row, value: Key) -> None:
    """The key of the row."""
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


@dataclass(frozen=True)
class Column:
    """Reads a field that is a column. `clears`: null empties it, else null is refused."""

    name: str
    rule: Rule | None = None
    clears: bool = True

    def __call__(self, row: Row, value: Any) -> None:
        if value is not None:
            row.cells[self.name] = value if self.rule is None else self.rule(value, self.name)
        elif self.clears:
            row.cleared.add(self.name)
        else:
            raise Invalid(say("{name} cannot be cleared", name=self.name), self.name)

    def cells(self, values: Sequence[Any]) -> Sequence[Any]:
        """What many rows say, none of them null. Raises Invalid if one of them is wrong."""
        rule = self.rule
        if rule is None:
            return values
        if len(distinct := _distinct(values)) * 2 > len(values):
            return [rule(value, self.name) for value in values]
        known = {value: rule(value, self.name) for value in distinct}
        return [known[value] for value in values]


def _distinct(values: Sequence[Any]) -> Collection[Any]:
    """Each text once, where all are text; else all values."""
    return set(values) if {str}.issuperset(map(type, values)) else values


def column(name: str, rule: Rule | None = None, *, clears: bool = True) -> Column:
    """A field that is a column; `clears`: null empties it, else null is refused."""
    return Column(name, rule, clears)


def reference(name: str, target: Target, *, clears: bool = True, into: str = "") -> Reader:
    """A field that refers to another thing; its key goes into the column `<name>_id`."""
    column = into or f"{name}_id"

    def reader(row: Row, value: Any) -> None:
        if value is not None:
            row.references.append(Reference(row.cells, column, target, value, (name,)))
        elif clears:
            row.cleared.add(column)
        else:
            raise Invalid(say("{name} cannot be cleared", name=name), name)

    return reader


@dataclass(frozen=True)
class Items:
    """Reads a field that is a list of objects; each is read by the readers of its own fields."""

    name: str
    readers: Mapping[str, Reader]
    needed: Sequence[str] = ()

    def __call__(self, row: Row, value: Any) -> None:
        items = value or ()
        if len(items) > MOST_PARTS:
            raise Invalid(
                say(
                    "{count} {name} are given; at most {most} are allowed",
                    count=len(items),
                    name=self.name,
                    most=MOST_PARTS,
                ),
                self.name,
            )
        row.parts[self.name] = _items(row, self.name, items, self.readers, self.needed)

    def cells(self, values: Sequence[Any]) -> Iterator[list[dict[str, Any]]] | None:
        """The items of many rows, all of which say something; None where they have to be read one by one. Raises
        Invalid if one of them is wrong."""
        items = list(chain.from_iterable(values))
        found = columns(items, self.readers)
        if found is None or max(map(len, values)) > MOST_PARTS or not set(self.needed) <= found.keys():
            return None
        made = iter([dict(zip(found, row, strict=True)) for row in zip(*found.values(), strict=True)])
        return (list(islice(made, len(value))) for value in values)


def columns(items: Sequence[Given], readers: Mapping[str, Reader]) -> dict[str, Sequence[Any]] | None:
    """What items that have the same fields say, by the cell's name, where all that they say are columns without null;
    None where that is not so. Raises Invalid if one of them is wrong."""
    names = tuple(items[0]) if items else ()
    if not names or any(tuple(item) != names for item in items):
        return None
    found = {}
    for name, values in zip(names, zip(*(item.values() for item in items), strict=True), strict=True):
        reader = readers[name]
        if not isinstance(reader, Column) or None in values or is_malformed(values):
            return None
        found[reader.name] = reader.cells(values)
    return found


def is_malformed(values: Sequence[Any]) -> bool:
    """Whether one of them is malformed."""
    return Invalid in set(map(type, values))


def part(name: str, readers: Mapping[str, Reader], *, needed: Sequence[str] = ()) -> Items:
    """A field that is a list of objects; each is read by the readers of its own fields."""
    return Items(name, readers, needed)


def _items(
    row: Row, name: str, items: Sequence[Given], readers: Mapping[str, Reader], needed: Sequence[str]
) -> list[dict[str, Any]]:
    item, found = Row(row.index), []
    for place, each in enumerate(items):
        item.cells = {}
        try:
            for part_name, value in each.items():
                if type(value) is Invalid:
                    raise value
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
