"""Where the rows of a page come from: which rows are meant, in which order, and what is beyond a cursor."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, exists, false, func, not_, or_, select

from domain.selection import cursors, json, tree
from domain.selection.entities import Row, Term
from domain.selection.keyset import Key, beyond
from domain.selection.orders import sorted_by, total
from domain.selection.sql import number
from domain.selection.values import Value

if TYPE_CHECKING:
    from domain.selection.compile import Compiler

Columns = Mapping[str, ColumnElement[Any]]


class Source(ABC):
    """The rows of one page being compiled; `row` is one of them, `outer` are the rows around.

    `limit` is how many rows are read: those of the page, and one more where somebody asks whether there are more.
    """

    def __init__(self, into: "Compiler", asked: tree.Page, outer: Sequence[Row], limit: int) -> None:
        self.into = into
        self.window = asked.window
        self.outer = tuple(outer)
        self.limit = number(limit)
        self.row: Row
        self.order: tuple[Term, ...]
        self.name: str

    @property
    def inner(self) -> tuple[Row, ...]:
        """The rows that a field of a row may look at."""
        return (*self.outer, self.row)

    def keys(self) -> list[ColumnElement[Any]]:
        """What the rows are ordered by, the id last."""
        return [term.column.value(self.row) for term in self.order]

    def cursor(self, values: Sequence[ColumnElement[Any]]) -> ColumnElement[str]:
        """The cursor of the row with these keys."""
        return cursors.shown(self.order, self.name, values)

    def object(self, fields: tree.Objects) -> ColumnElement[Any]:
        """A row as JSON."""
        assert not isinstance(fields, tree.Kinds), "rows of one entity have one type"
        return json.made(self.into.fields(fields, self.row, self.inner))

    @abstractmethod
    def rows(self, columns: Columns) -> json.AnySelect:
        """These columns of the page's rows, in its order, or turned round where it is read from its end."""

    @abstractmethod
    def all(self) -> json.AnySelect:
        """A 1 for each row of all pages."""

    @abstractmethod
    def outside(self, cursor: Value, *, turned: bool) -> ColumnElement[bool]:
        """Whether there is a row at the cursor or beyond it, on the side that the page leaves out."""

    def sides(self) -> list[tuple[Value, bool]]:
        """The cursors that the page lies between, each with the side that it cuts off: before it or (False) after."""
        after, before = self.window.after, self.window.before
        return [(cursor, turned) for cursor, turned in ((after, False), (before, True)) if cursor is not None]

    def value(self, at: int, row: Row) -> ColumnElement[Any]:
        """What the row is ordered by at this place of the order."""
        return self.order[at].column.value(row)

    def place(self, cursor: Value, row: Row) -> list[Key]:
        """The keys of the row, with what they are at the cursor."""
        return [
            Key(
                self.value(at, row),
                self.into.bind(cursor, cursors.reader(self.order, self.name, at), term.column.sql_type),
                term.descending,
                term.column.nullable,
            )
            for at, term in enumerate(self.order)
        ]


class Plain(Source):
    """Rows of one entity."""

    def __init__(
        self,
        into: "Compiler",
        asked: tree.Page,
        rows: tree.Rows,
        parent: Row | None,
        outer: Sequence[Row],
        limit: int,
    ) -> None:
        super().__init__(into, asked, outer, limit)
        self.meant = rows
        self.parent = parent
        self.name = rows.entity.type_name
        self.order = total(asked.order, rows.entity)
        self.row = into.alias(rows)

    def rows(self, columns: Columns) -> json.AnySelect:
        return (
            self._select(columns, self.row)
            .where(*self._meant(self.row), *self._between(self.row))
            .order_by(*sorted_by(self.order, self.row, backward=self.window.backward))
            .limit(self.limit)
        )

    def all(self) -> json.AnySelect:
        row = self.into.row(self.meant.entity)
        return self._select({"x": number(1)}, row).where(*self._meant(row))

    def outside(self, cursor: Value, *, turned: bool) -> ColumnElement[bool]:
        row = self.into.row(self.meant.entity)
        inside = beyond(self.place(cursor, row), turned=turned)
        if any(term.column.nullable for term in self.order):
            inside = func.coalesce(inside, false())
        return exists(self._select({"x": number(1)}, row).where(*self._meant(row), not_(inside)))

    def _select(self, columns: Columns, row: Row) -> json.AnySelect:
        named = [value.label(name) for name, value in columns.items()]
        return select(*named).select_from(row).correlate(*self.outer)

    def _meant(self, row: Row) -> list[ColumnElement[bool]]:
        return self.into.restrictions(self.meant, row, self.parent)

    def _between(self, row: Row) -> list[ColumnElement[bool]]:
        return [beyond(self.place(cursor, row), turned=turned) for cursor, turned in self.sides()]


def some(conditions: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
    """Whether one of them holds."""
    return or_(false(), *conditions)
