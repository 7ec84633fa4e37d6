"""Rows in whose names a text is found, as conditions that an index can lead to (patterns.py says what is found).

In the order of the name, rows are found in three ways that share them: those whose name begins with the text, which
stand together in that order; those whose other name begins with it, in an index of its own by its first two
characters; and all others. So none of them has to pass by the rows of another: a family name is a fifth of all
customers, all of them in one place. Which way leads to few rows, Postgres knows from its statistics of the grams.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Text, and_, false, func, not_, or_

from domain.selection.entities import Row, Search
from domain.selection.filters import Binding
from domain.selection.patterns import Pattern, pattern
from domain.selection.sql import number
from domain.selection.values import Value


@dataclass(frozen=True)
class Searching:
    """A search over one row."""

    search: Search
    value: Value
    row: Row
    into: Binding

    def found(self) -> ColumnElement[bool]:
        """The text is in one of the names."""
        if self.search.grams is None:
            return self._holds()
        near = or_(self._name_begins(), self._begins_with_two(), self._has(lambda said: said.inside))
        return and_(self._holds(), near)

    def shares(self) -> list[ColumnElement[bool]]:
        """The same rows in parts that have none in common, each of which has an index in the order of the name."""
        by_name = and_(self._name_begins(), self._at_start(self._name))
        by_other = and_(self._begins_with_two(), self._at_start(self._other, spaced=True))
        inside = and_(self._has(lambda said: said.inside), self._holds())
        return [
            and_(by_name, self._has(lambda said: said.starting)),
            and_(by_other, self._has(lambda said: said.following), not_(by_name)),
            and_(inside, not_(by_name), not_(func.coalesce(by_other, false()))),
        ]

    @property
    def _name(self) -> ColumnElement[str]:
        return self.row.c[self.search.name]

    @property
    def _other(self) -> ColumnElement[str]:
        assert self.search.other is not None, "what has grams has two names"
        return self.row.c[self.search.other]

    def _said(self, read: Callable[[Pattern], Any], type_: Any = None) -> ColumnElement[Any]:
        return self.into.bind(self.value, lambda sent: read(pattern(sent)), type_ or Text())

    def _name_begins(self) -> ColumnElement[bool]:
        name = self._name
        return and_(name >= self._said(lambda said: said.low), name < self._said(lambda said: said.high))

    def _begins_with_two(self) -> ColumnElement[bool]:
        two = func.left(func.search_key(self._other), number(2))
        return two == self._said(lambda said: said.first_two)

    def _at_start(self, name: ColumnElement[str], *, spaced: bool = False) -> ColumnElement[bool]:
        return name.regexp_match(self._said(lambda said: said.after_spaces if spaced else said.at_start))

    def _has(self, read: Callable[[Pattern], tuple[str, ...]]) -> ColumnElement[bool]:
        grams = self._said(lambda said: list(read(said)), ARRAY(Text()))
        assert self.search.grams is not None, "only then are there shares"
        return self.row.c[self.search.grams].contains(grams)

    def _holds(self) -> ColumnElement[bool]:
        """The regular expression says exactly what is found.

        Inside coalesce Postgres makes no guess of its own about it, which it would multiply with that of the grams.
        """
        names = [self.row.c[name] for name in self.search.names]
        regex = self._said(lambda said: said.regex)
        return func.coalesce(or_(*(name.regexp_match(regex) for name in names)), false())
