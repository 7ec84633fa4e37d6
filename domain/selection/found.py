"""A page of the rows that a search finds, in the order of the name that is searched: share by share.

Each share is read in the order of its index, and no further than the page needs: names behind those that begin with
the text are not looked at while there are enough before them.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import CTE, ColumnElement, func, select, union_all

from domain.selection import json, tree
from domain.selection.entities import Row
from domain.selection.gathered import Gathered
from domain.selection.orders import sorted_by, sorted_one
from domain.selection.sources import Columns, Plain

if TYPE_CHECKING:
    from domain.selection.compile import Compiler


class Found(Plain):
    """Rows of one entity that a search finds."""

    def rows(self, columns: Columns) -> json.AnySelect:
        keys = self._keys()
        named = [value.label(name) for name, value in columns.items()]
        return (
            select(*named)
            .select_from(self.row.join(keys, keys.c.id == self.row.c.id))
            .order_by(*sorted_by(self.order, self.row, backward=self.window.backward))
            .correlate(*self.outer)
        )

    def _keys(self) -> Row:
        """The ids of the page's rows, of all shares together."""
        row = self.meant.entity.table.alias()
        shares = self.into.searching(self.meant, row).shares()
        steps = [[shares.before], list(shares.among), [shares.behind]]
        if self.order[0].descending != self.window.backward:
            steps.reverse()
        found: list[CTE] = []
        for at, step in enumerate(steps):
            short = [self._short_of(found)] if found else []
            parts = [self._part(row, share, *short) for share in step]
            found.append(_together(parts).cte(f"step{at}", nesting=True))
        parts = [select(*step.c) for step in found]
        return self._ordered(_together([*parts, self._part(row, shares.anywhere)]).subquery())

    def _part(self, row: Row, *conditions: ColumnElement[bool]) -> json.AnySelect:
        """The keys of the first rows of one share."""
        named = {f"k{at}": term.column.value(row) for at, term in enumerate(self.order)} | {"id": row.c.id}
        meant = self.into.restrictions(self.meant, row, self.parent, searched=False)
        return (
            self._select(named, row)
            .where(*meant, *self._between(row), *conditions)
            .order_by(*sorted_by(self.order, row, backward=self.window.backward))
            .limit(self.limit)
        )

    def _short_of(self, found: Sequence[CTE]) -> ColumnElement[bool]:
        """Whether the steps before have fewer rows than the page."""
        counts: list[Any] = [select(func.count()).select_from(step).scalar_subquery() for step in found]
        total = counts[0]
        for each in counts[1:]:
            total = total + each
        enough: ColumnElement[bool] = total < self.limit
        return enough

    def _ordered(self, keys: Row) -> Row:
        ordered = [
            sorted_one(keys.c[f"k{at}"], term, backward=self.window.backward)
            for at, term in enumerate(self.order)
        ]
        return select(keys.c.id).order_by(*ordered).limit(self.limit).subquery()


def _together(parts: Sequence[json.AnySelect]) -> Any:
    return union_all(*parts) if len(parts) > 1 else parts[0]


def plain(
    into: "Compiler", asked: tree.Page, rows: tree.Rows, parent: Row | None, outer: Sequence[Row], limit: int
) -> Plain:
    """The rows of one entity, in the way that is quickest for this order."""
    search = rows.entity.search if rows.search is not None else None
    first = asked.order[0].column if asked.order else None
    shared = search is not None and search.indexed and first is getattr(rows.entity, search.names[0])
    if any(term.column.gathered for term in asked.order):
        return Gathered(into, asked, rows, parent, outer, limit)
    return (Found if shared else Plain)(into, asked, rows, parent, outer, limit)
