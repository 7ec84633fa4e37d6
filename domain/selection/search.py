"""Rows in whose names a text is found, as conditions that an index can lead to (patterns.py says what is found).

In the order of the name, rows are found in ways that share them: those whose name begins with the text, which stand
together in that order; those whose other name begins with it, in an index of its own by its first two characters; and
those that hold it further on, among names that begin alike, before and after them. So none of them has to pass by the
rows of another: a family name is a fifth of all customers, all of them in one place. Which index leads to few rows,
Postgres knows from its statistics of the grams.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Text, and_, case, false, func, literal_column, not_, or_

from domain.selection.entities import Row, Search
from domain.selection.filters import Binding
from domain.selection.patterns import Pattern, pattern
from domain.selection.sql import number
from domain.selection.values import Value


@dataclass(frozen=True)
class Shares:
    """The parts of what is found: of names before those that begin alike, of those, of names behind them, of all."""

    before: ColumnElement[bool]
    among: tuple[ColumnElement[bool], ...]
    behind: ColumnElement[bool]
    anywhere: ColumnElement[bool]


@dataclass(frozen=True)
class Searching:
    """A search over one row."""

    search: Search
    value: Value
    row: Row
    into: Binding

    def found(self) -> ColumnElement[bool]:
        """The text is in one of the names."""
        if not self.search.indexed:
            names = [func.coalesce(func.search_key(self.row.c[name]), "") for name in self.search.names]
            return self._holds(sought=func.concat_ws(" ", *names))
        near = or_(self._among(), self._begins_with_two(), self._has(lambda said: said.inside))
        return and_(self._holds(), near)

    def shares(self) -> Shares:
        """The same rows in parts that have none in common, each of which has an index in the order of the name."""
        starts = and_(self._holds("^"), self._has(lambda said: said.starting))
        follows = and_(self._begins_with_two(), self._holds(" "))
        inside = and_(
            self._has(lambda said: said.inside), self._holds(), not_(func.coalesce(follows, false()))
        )
        return Shares(
            before=and_(self._name < self._low(), inside),
            among=(
                and_(self._among(), starts),
                and_(self._among_others(), inside, not_(starts)),
            ),
            behind=and_(self._name >= self._high(), inside),
            anywhere=and_(follows, self._has(lambda said: said.following), not_(and_(self._among(), starts))),
        )

    @property
    def _name(self) -> ColumnElement[str]:
        return self.row.c[self.search.names[0]]

    @property
    def _sought(self) -> ColumnElement[str]:
        return self.row.c.sought

    def _said(self, read: Callable[[Pattern], Any], type_: Any = None) -> ColumnElement[Any]:
        return self.into.bind(self.value, lambda sent: read(pattern(sent)), type_ or Text())

    def _among(self) -> ColumnElement[bool]:
        """The name is among those that begin as the text does."""
        return and_(self._name >= self._low(), self._name < self._high())

    def _among_others(self) -> ColumnElement[bool]:
        """The same, where others are among them that do not begin with the text."""
        low = self._said(lambda said: said.low if said.loose else "")
        high = self._said(lambda said: said.high if said.loose else "")
        return and_(self._name >= low, self._name < high)

    def _low(self) -> ColumnElement[str]:
        return self._said(lambda said: said.low)

    def _high(self) -> ColumnElement[str]:
        return self._said(lambda said: said.high)

    def _begins_with_two(self) -> ColumnElement[bool]:
        at = func.strpos(self._sought, literal_column("' '")) + number(1)
        two = func.substr(self._sought, at, number(2))
        return two == self._said(lambda said: said.first_two)

    def _has(self, read: Callable[[Pattern], tuple[str, ...]]) -> ColumnElement[bool]:
        grams = self._said(lambda said: list(read(said)), ARRAY(Text()))
        return self.row.c.grams.bool_op("@>")(grams)

    def _holds(self, after: str = "", sought: ColumnElement[str] | None = None) -> ColumnElement[bool]:
        """What is found, exactly: anywhere, at the start of the name (`^`) or after the space, at that of the other.

        Inside coalesce Postgres makes no guess of its own about it, which it would multiply with that of the grams.
        """
        within = self._sought if sought is None else sought
        text = self._said(lambda said: said.literal and after.strip("^") + said.literal)
        regex = self._said(lambda said: after + said.regex)
        literally = func.starts_with(within, text) if after == "^" else func.strpos(within, text) > number(0)
        return func.coalesce(case((text.is_not(None), literally), else_=within.regexp_match(regex)), false())
