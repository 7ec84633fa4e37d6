"""A page in an order that is worked out of other tables: each row's place is worked out once, not in each condition.

The condition on rows beyond a cursor names a value three or four times, and Postgres would work it out as often.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, exists, false, func, not_, select

from domain.selection import json
from domain.selection.entities import Row
from domain.selection.keyset import beyond
from domain.selection.orders import sorted_one
from domain.selection.sources import Columns, Plain
from domain.selection.sql import number
from domain.selection.values import Value


class Gathered(Plain):
    """Rows of one entity with an id."""

    def rows(self, columns: Columns) -> json.AnySelect:
        places = self._page()
        named = [value.label(name) for name, value in columns.items()]
        return (
            select(*named)
            .select_from(self.row.join(places, places.c.id == self.row.c.id))
            .order_by(*self._sorted(places))
            .correlate(*self.outer)
        )

    def outside(self, cursor: Value, *, turned: bool) -> ColumnElement[bool]:
        places = self._places()
        inside = func.coalesce(beyond(self.place(cursor, places), turned=turned), false())
        return exists(select(number(1)).select_from(places).where(not_(inside)))

    def value(self, at: int, row: Row) -> ColumnElement[Any]:
        return row.c[f"k{at}"]

    def _page(self) -> Row:
        """The places of the page's rows."""
        places = self._places()
        found = select(*places.c).where(*self._between(places)).order_by(*self._sorted(places))
        return found.limit(self.limit).subquery()

    def _places(self) -> Row:
        """What each row that is meant is ordered by. OFFSET keeps Postgres from writing it into each condition."""
        row = self.meant.entity.table.alias()
        named = {f"k{at}": term.column.value(row) for at, term in enumerate(self.order)} | {"id": row.c.id}
        return self._select(named, row).where(*self._meant(row)).offset(number(0)).subquery()

    def _sorted(self, places: Row) -> Sequence[ColumnElement[Any]]:
        return [
            sorted_one(places.c[f"k{at}"], term, backward=self.window.backward)
            for at, term in enumerate(self.order)
        ]
