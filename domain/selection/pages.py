"""A page of rows: one aggregate over a subquery of at most size + 1 rows, which says by itself whether there are more.

    rows     the page's rows, each with what is asked of it as JSON (r0, r1, ...) and what it is ordered by (k0, ...)
    parts    edges, nodes, pageInfo, totalCount: those columns of all rows put together, and how many rows there are

Right for every parent, since all of it is evaluated for each. A cursor, a count or a look beyond the other end of the
page costs nothing unless it is asked for. Where the rows come from, a source says (sources.py, mixed.py).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, case, column, false, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by

from domain.selection import json, tree
from domain.selection.entities import Row
from domain.selection.found import plain
from domain.selection.mixed import FromArms
from domain.selection.mixtures import Mixed
from domain.selection.orders import sorted_one
from domain.selection.sources import Source
from domain.selection.sql import known, number

if TYPE_CHECKING:
    from domain.selection.compile import Compiler

_FOUND: ColumnElement[int] = func.count()
"""How many rows there are on the page."""


def page(into: "Compiler", asked: tree.Page, parent: Row | None, outer: Sequence[Row]) -> ColumnElement[Any]:
    """The page as a JSON object with the parts that were asked for."""
    making = _Page(asked, _source(into, asked, parent, outer))
    made = select(json.made([(part.key, making.part(part)) for part in asked.parts])).correlate(*outer)
    found = made.select_from(making.rows()) if making.needs_rows else made
    return known(found.scalar_subquery(), present=True)


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
                return json.word(text)
            case tree.Count(_, most):
                return self._count(most)
            case tree.Nodes(_, fields):
                return self._list(self.source.object(fields))
            case tree.Edges(_, fields):
                return self._list(json.made([(field.key, self._edge(field)) for field in fields]))
            case tree.PageInfo(_, fields):
                return json.made([self._info(field) for field in fields])

    def rows(self) -> Row:
        """The page's rows, with the columns that its parts asked for."""
        return self.source.rows(self.columns or {"x": number(1)}).subquery()

    def _keys(self) -> dict[str, ColumnElement[Any]]:
        return {f"k{at}": value for at, value in enumerate(self.source.keys())}

    def _of_rows(self, name: str, value: ColumnElement[Any]) -> ColumnElement[Any]:
        """This value as a column of the page's rows."""
        self.needs_rows = True
        self.columns[name] = value
        return column(name, value.type)

    def _order(self) -> list[ColumnElement[Any]]:
        """The order of the page, where its rows come turned round."""
        if not self.window.backward:
            return []
        keys = [self._of_rows(name, value) for name, value in self._keys().items()]
        return [sorted_one(key, term) for key, term in zip(keys, self.source.order, strict=True)]

    def _array(self, items: ColumnElement[Any]) -> ColumnElement[Any]:
        """The column's values in all rows of the page."""
        order = self._order()
        return func.array_agg(aggregate_order_by(items, *order) if order else items, type_=ARRAY(items.type))

    def _list(self, item: ColumnElement[Any]) -> ColumnElement[Any]:
        items = self._of_rows(f"r{len(self.columns)}", item)
        if not self.looks_beyond:
            return json.listed(items, *self._order())
        return json.unfolded(json.Part(self._array(items), self._first(), self._last()))

    def _first(self) -> ColumnElement[Any]:
        if self.window.backward and self.looks_beyond:
            return func.greatest(_FOUND - number(self.window.size), number(0)) + number(1)
        return number(1)

    def _last(self) -> ColumnElement[Any]:
        return _FOUND if self.window.backward else func.least(_FOUND, number(self.window.size))

    def _edge(self, field: tree.Cursor | tree.Node | tree.Constant) -> ColumnElement[Any]:
        match field:
            case tree.Constant(_, text):
                return json.word(text)
            case tree.Cursor():
                return self.source.cursor(self.source.keys())
            case tree.Node(_, fields):
                return self.source.object(fields)

    def _info(self, field: tuple[str, str] | tree.Constant) -> json.Entry:
        if isinstance(field, tree.Constant):
            return field.key, json.word(field.text)
        key, name = field
        if name in ("startCursor", "endCursor"):
            return key, self._end(self._first() if name == "startCursor" else self._last())
        return key, self._more_rows(name)

    def _end(self, at: ColumnElement[Any]) -> ColumnElement[Any]:
        """The cursor of one row of the page, null if it has none. Made of its keys, since one is wanted, not all."""
        keys = [self._of_rows(name, value) for name, value in self._keys().items()]
        cursor = self.source.cursor([json.Part(self._array(key), at, None) for key in keys])
        return known(case((number(1) <= _FOUND, cursor)), bare=True)

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
