"""A page in an order that is worked out of other tables: each row's place is worked out once, not in each condition.

The condition on rows beyond a cursor names a value three or four times, and Postgres would work it out as often.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import CTE, ColumnElement, exists, false, func, not_, select
from sqlalchemy.sql.elements import True_

from domain.selection import json
from domain.selection.entities import Row
from domain.selection.keyset import beyond
from domain.selection.orders import sorted_one
from domain.selection.sources import Columns, Plain
from domain.selection.sql import number
from domain.selection.values import Value


class Gathered(Plain):
    """Rows of one entity with an id."""

    _shared: CTE | None = None

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
        """What each row that is meant is ordered by. OFFSET keeps Postgres from writing it into each condition.

        Where they are no parent's rows it is worked out by groups, once for the page and for what is beside it.
        """
        if self.parent is not None:
            row = self.meant.entity.table.alias()
            return self._placed(row, row, [None] * len(self.order)).where(*self._meant(row)).subquery()
        if self._shared is None:
            self._shared = self._by_groups().cte(f"places{self.into.serial()}")
        return self._shared.alias()

    def _by_groups(self) -> json.AnySelect:
        among, row = self._among(), self.meant.entity.table.alias()
        rows: Row = row if among is None else row.join(among, among.c.id == row.c.id)
        values: list[ColumnElement[Any] | None] = []
        for gathering in (term.column.gathering for term in self.order):
            if gathering is None or (gathering.whole and among is not None):
                values.append(None)
                continue
            parts = [part.grouped(among) for part in gathering.parts]
            for part in parts:
                rows = rows.outerjoin(part, part.c.id == row.c.id)
            values.append(gathering.made(*(part.c.value for part in parts)))
        return self._placed(row, rows, values)

    def _placed(self, row: Row, rows: Row, values: Sequence[ColumnElement[Any] | None]) -> json.AnySelect:
        """The row's id, and what it is ordered by: the value that is known, or the row's own."""
        named = {
            f"k{at}": term.column.value(row) if value is None else value
            for at, (term, value) in enumerate(zip(self.order, values, strict=True))
        }
        return self._select({"id": row.c.id, **named}, rows).offset(number(0))

    def _among(self) -> Row | None:
        """The ids of the rows that are meant; None where all are."""
        row = self.meant.entity.table.alias()
        meant = [condition for condition in self._meant(row) if not isinstance(condition, True_)]
        if not meant:
            return None
        return select(row.c.id).where(*meant).cte(f"meant{self.into.serial()}")

    def _sorted(self, places: Row) -> Sequence[ColumnElement[Any]]:
        return [
            sorted_one(places.c[f"k{at}"], term, backward=self.window.backward)
            for at, term in enumerate(self.order)
        ]
