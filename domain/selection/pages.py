"""A page of rows: one aggregate over a subquery of at most size + 1 rows, which says by itself whether there are more.

    rows         the page's rows, each with what is asked of it as JSON (r0, r1, ...) and its cursor
    collected    one row: those columns as arrays, and how many rows there were
    parts        edges, nodes, pageInfo, totalCount

Right for every parent, since all of it is evaluated for each. A cursor, a count or a look beyond the other end of the
page costs nothing unless it is asked for.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    case,
    column,
    exists,
    false,
    func,
    not_,
    null,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by

from domain.selection import cursors, json, tree
from domain.selection.entities import Row
from domain.selection.keyset import beyond
from domain.selection.orders import sorted_by, total
from domain.selection.sql import constant, number
from domain.selection.values import Value

if TYPE_CHECKING:
    from domain.selection.compile import Compiler

_FOUND = column("n", Integer())


def page(into: "Compiler", asked: tree.Page, parent: Row | None, outer: Sequence[Row]) -> ColumnElement[Any]:
    """The page as a JSON object with the parts that were asked for."""
    making = _Page(into, asked, parent, outer)
    parts = select(*(making.part(part).label(part.key) for part in asked.parts)).correlate(*outer)
    if making.needs_rows:
        parts = parts.select_from(making.collected().subquery())
    return json.of(parts).scalar_subquery()


class _Page:
    """One page being compiled. Its parts ask for columns of its rows as they need them."""

    def __init__(self, into: "Compiler", asked: tree.Page, parent: Row | None, outer: Sequence[Row]) -> None:
        self.into = into
        self.asked = asked
        self.window = asked.window
        self.parent = parent
        self.outer = tuple(outer)
        self.order = total(asked.order, asked.rows.entity)
        self.row = asked.rows.entity.table.alias()
        self.inner = (*self.outer, self.row)
        self.columns: dict[str, ColumnElement[Any]] = {}
        self.needs_rows = False
        self.looks_beyond = _more(self.window) in _infos(asked)

    def part(self, part: tree.Part) -> ColumnElement[Any]:
        """One part of the page, over its collected rows."""
        match part:
            case tree.Constant(_, text):
                return constant(text)
            case tree.Count():
                return self._count()
            case tree.Nodes(_, fields):
                return self._list(json.one(self.into.fields(fields, self.row, self.inner), self.inner))
            case tree.Edges(_, fields):
                return self._list(json.one([self._edge(field) for field in fields], self.inner))
            case tree.PageInfo(_, fields):
                return json.one([self._info(field) for field in fields], ())

    def collected(self) -> json.AnySelect:
        """One row: the columns of the page's rows as arrays, in order, and how many rows there are."""
        rows = self._rows().subquery()
        ordered = [
            rows.c[name].desc() if term.descending else rows.c[name].asc()
            for name, term in (zip(self._keys(), self.order, strict=True) if self.window.backward else ())
        ]
        arrays = [
            func.array_agg(aggregate_order_by(rows.c[name], *ordered) if ordered else rows.c[name]).label(
                name
            )
            for name in self.columns
        ]
        return select(func.count().label("n"), *arrays).select_from(rows)

    def _rows(self) -> json.AnySelect:
        columns = {**(self._keys() if self.window.backward else {}), **self.columns} or {"x": number(1)}
        return (
            select(*(value.label(name) for name, value in columns.items()))
            .select_from(self.row)
            .where(*self.into.restrictions(self.asked.rows, self.row, self.parent), *self._between())
            .order_by(*sorted_by(self.order, self.row, backward=self.window.backward))
            .limit(number(self.window.size + self.looks_beyond))
            .correlate(*self.outer)
        )

    def _keys(self) -> dict[str, ColumnElement[Any]]:
        """What the rows are ordered by, the id last."""
        return {f"k{at}": term.column.value(self.row) for at, term in enumerate(self.order)}

    def _between(self) -> list[ColumnElement[bool]]:
        after, before = self.window.after, self.window.before
        found = [] if after is None else [self._beyond(after, self.row)]
        return found if before is None else [*found, self._beyond(before, self.row, turned=True)]

    def _beyond(self, cursor: Value, row: Row, *, turned: bool = False) -> ColumnElement[bool]:
        keys = [(term.column.value(row), term.descending != turned) for term in self.order]
        entity = self.asked.rows.entity
        place = [
            self.into.bind(cursor, cursors.reader(self.order, entity, at), term.column.sql_type)
            for at, term in enumerate(self.order)
        ]
        return beyond(keys, place)

    def _collect(self, name: str, value: ColumnElement[Any]) -> ColumnElement[Any]:
        """The array of this value in all rows of the page."""
        self.needs_rows = True
        self.columns[name] = value
        return column(name, ARRAY(value.type))

    def _list(self, item: ColumnElement[Any]) -> ColumnElement[Any]:
        items = self._collect(f"r{len(self.columns)}", item)
        if not self.looks_beyond:
            return json.listed(items)
        return json.listed(json.Part(items, self._first(), self._last()))

    def _first(self) -> ColumnElement[Any]:
        if self.window.backward and self.looks_beyond:
            return func.greatest(_FOUND - number(self.window.size), number(0)) + number(1)
        return number(1)

    def _last(self) -> ColumnElement[Any]:
        return _FOUND if self.window.backward else func.least(_FOUND, number(self.window.size))

    def _edge(self, field: tree.Cursor | tree.Node | tree.Constant) -> ColumnElement[Any]:
        match field:
            case tree.Constant(key, text):
                return constant(text).label(key)
            case tree.Cursor(key):
                return self._cursor(list(self._keys().values())).label(key)
            case tree.Node(key, fields):
                return json.one(self.into.fields(fields, self.row, self.inner), self.inner).label(key)

    def _cursor(self, values: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
        return cursors.shown(self.order, self.asked.rows.entity, values)

    def _info(self, field: tuple[str, str] | tree.Constant) -> ColumnElement[Any]:
        if isinstance(field, tree.Constant):
            return constant(field.text).label(field.key)
        key, name = field
        if name in ("startCursor", "endCursor"):
            at = self._first() if name == "startCursor" else self._last()
            return self._end(at).label(key)
        return self._more_rows(name).label(key)

    def _end(self, at: ColumnElement[Any]) -> ColumnElement[Any]:
        """The cursor of one row of the page, null if it has none. Made of its keys, since one is wanted, not all."""
        arrays = [self._collect(name, value) for name, value in self._keys().items()]
        cursor = self._cursor([json.Part(array, at, None) for array in arrays])
        return case((number(1) <= _FOUND, cursor), else_=null())

    def _more_rows(self, name: str) -> ColumnElement[Any]:
        """Whether there are rows beyond this end of the page."""
        overflow: ColumnElement[bool] = false()
        if name == _more(self.window):
            self.needs_rows = True
            overflow = number(self.window.size) < _FOUND
        forward = name == "hasNextPage"
        cursor = self.window.before if forward else self.window.after
        return overflow if cursor is None else or_(overflow, self._outside(cursor, turned=forward))

    def _outside(self, cursor: Value, *, turned: bool) -> ColumnElement[bool]:
        """Whether there is a row at the cursor or beyond it, on the side that the page leaves out."""
        row = self.asked.rows.entity.table.alias()
        meant = self.into.restrictions(self.asked.rows, row, self.parent)
        found = (
            select(number(1)).select_from(row).where(*meant, not_(self._beyond(cursor, row, turned=turned)))
        )
        return exists(found.correlate(*self.outer))

    def _count(self) -> ColumnElement[Any]:
        row = self.asked.rows.entity.table.alias()
        meant = self.into.restrictions(self.asked.rows, row, self.parent)
        return select(func.count()).select_from(row).where(*meant).correlate(*self.outer).scalar_subquery()


def _more(window: tree.Window) -> str:
    """The question that one row more than the page answers."""
    return "hasPreviousPage" if window.backward else "hasNextPage"


def _infos(asked: tree.Page) -> set[str]:
    parts = [part for part in asked.parts if isinstance(part, tree.PageInfo)]
    return {field[1] for part in parts for field in part.fields if not isinstance(field, tree.Constant)}
