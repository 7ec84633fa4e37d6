"""A page of rows: one aggregate over a subquery of at most size + 1 rows, which says by itself whether there are more.

    rows         the page's rows, each with what is asked of it as JSON (r0, r1, ...) and its cursor
    collected    one row: those columns as arrays, and how many rows there were
    parts        edges, nodes, pageInfo, totalCount

Right for every parent, since all of it is evaluated for each. A cursor, a count or a look beyond the other end of the
page costs nothing unless it is asked for. Where the rows come from, a source says (sources.py, mixed.py).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Integer, case, column, false, func, null, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by

from domain.selection import json, tree
from domain.selection.entities import Row
from domain.selection.found import plain
from domain.selection.mixed import FromArms
from domain.selection.mixtures import Mixed
from domain.selection.orders import sorted_one
from domain.selection.sources import Source
from domain.selection.sql import constant, number

if TYPE_CHECKING:
    from domain.selection.compile import Compiler

_FOUND = column("n", Integer())


def page(into: "Compiler", asked: tree.Page, parent: Row | None, outer: Sequence[Row]) -> ColumnElement[Any]:
    """The page as a JSON object with the parts that were asked for."""
    making = _Page(asked, _source(into, asked, parent, outer))
    parts = select(*(making.part(part).label(part.key) for part in asked.parts)).correlate(*outer)
    if making.needs_rows:
        parts = parts.select_from(making.collected().subquery())
    return json.of(parts).scalar_subquery()


def _source(into: "Compiler", asked: tree.Page, parent: Row | None, outer: Sequence[Row]) -> Source:
    limit = asked.window.size + _looks_beyond(asked)
    if isinstance(asked.rows, Mixed):
        return FromArms(into, asked, asked.rows, parent, outer, limit)
    return plain(into, asked, asked.rows, parent, outer, limit)


class _Page:
    """One page being compiled. Its parts ask for columns of its rows as they need them."""

    def __init__(self, asked: tree.Page, source: Source) -> None:
        self.source = source
        self.window = asked.window
        self.columns: dict[str, ColumnElement[Any]] = {}
        self.needs_rows = False
        self.looks_beyond = _looks_beyond(asked)

    def part(self, part: tree.Part) -> ColumnElement[Any]:
        """One part of the page, over its collected rows."""
        match part:
            case tree.Constant(_, text):
                return constant(text)
            case tree.Count(_, most):
                return self._count(most)
            case tree.Nodes(_, fields):
                return self._list(self.source.object(fields))
            case tree.Edges(_, fields):
                return self._list(json.one([self._edge(field) for field in fields], self.source.inner))
            case tree.PageInfo(_, fields):
                return json.one([self._info(field) for field in fields], ())

    def collected(self) -> json.AnySelect:
        """One row: the columns of the page's rows as arrays, in order, and how many rows there are."""
        keys = self._keys() if self.window.backward else {}
        rows = self.source.rows({**keys, **self.columns} or {"x": number(1)}).subquery()
        ordered = [
            sorted_one(rows.c[name], term)
            for name, term in zip(keys, self.source.order if keys else (), strict=True)
        ]
        arrays = [
            func.array_agg(aggregate_order_by(rows.c[name], *ordered) if ordered else rows.c[name]).label(
                name
            )
            for name in self.columns
        ]
        return select(func.count().label("n"), *arrays).select_from(rows)

    def _keys(self) -> dict[str, ColumnElement[Any]]:
        return {f"k{at}": value for at, value in enumerate(self.source.keys())}

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
                return self.source.cursor(self.source.keys()).label(key)
            case tree.Node(key, fields):
                return self.source.object(fields).label(key)

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
        cursor = self.source.cursor([json.Part(array, at, None) for array in arrays])
        return case((number(1) <= _FOUND, cursor), else_=null())

    def _more_rows(self, name: str) -> ColumnElement[Any]:
        """Whether there are rows beyond this end of the page."""
        overflow: ColumnElement[bool] = false()
        if name == _more(self.window):
            self.needs_rows = True
            overflow = number(self.window.size) < _FOUND
        forward = name == "hasNextPage"
        cursor = self.window.before if forward else self.window.after
        return overflow if cursor is None else or_(overflow, self.source.outside(cursor, turned=forward))

    def _count(self, most: int | None) -> ColumnElement[Any]:
        rows = self.source.all()
        counted = (rows if most is None else rows.limit(number(most))).subquery()
        return select(func.count()).select_from(counted).scalar_subquery()


def _more(window: tree.Window) -> str:
    """The question that one row more than the page answers."""
    return "hasPreviousPage" if window.backward else "hasNextPage"


def _looks_beyond(asked: tree.Page) -> bool:
    parts = [part for part in asked.parts if isinstance(part, tree.PageInfo)]
    infos = {field[1] for part in parts for field in part.fields if not isinstance(field, tree.Constant)}
    return _more(asked.window) in infos
