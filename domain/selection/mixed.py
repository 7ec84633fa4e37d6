"""A page of a mixture: at most its size of rows from each arm, put in order, and only then looked at.

Each arm is read in the order of its own index and hands its rows on whole, one column an arm; those that are left
over after the merge are taken apart again. To look them up by their keys took 3.6 times as long (measured: 20 rows of
7 arms).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    FromClause,
    Table,
    Text,
    case,
    column,
    exists,
    func,
    literal_column,
    not_,
    null,
    select,
    text,
    union_all,
)

from domain.selection import cursors, json, tree
from domain.selection.entities import DESC, Entity, Row
from domain.selection.filters import condition
from domain.selection.keyset import Key, beyond
from domain.selection.mixtures import Arm, Mixed
from domain.selection.orders import sorted_by
from domain.selection.sources import Columns, Source, some
from domain.selection.sql import constant, number
from domain.selection.values import Value

if TYPE_CHECKING:
    from domain.selection.compile import Compiler

FIRST, LAST = 0, 2**63 - 1
"""Keys below and above every id."""


class FromArms(Source):
    """The rows of a mixture."""

    def __init__(
        self,
        into: "Compiler",
        asked: tree.Page,
        rows: Mixed,
        parent: Row | None,
        outer: Sequence[Row],
        limit: int,
    ) -> None:
        super().__init__(into, asked, outer, limit)
        self.meant = rows
        self.parent = parent
        self.name = rows.mixture.name
        self.order = rows.mixture.order
        self.label = f"mixed_{into.serial()}"
        self.row = self._chosen()

    def object(self, fields: tree.Objects) -> ColumnElement[Any]:
        assert isinstance(fields, tree.Kinds), "rows of a mixture have several types"
        whole = {arm.entity: index for index, arm in enumerate(self.meant.arms)}
        whens = [
            (
                self.row.c.type == constant(entity.type_name),
                self._shown(entity, asked, self._apart(entity, whole[entity])),
            )
            for entity, asked in fields.choices
            if entity in whole
        ]
        return case(*whens, else_=null()) if whens else null()

    def _shown(self, entity: Entity, asked: Sequence[tree.Field], row: Row) -> ColumnElement[Any]:
        columns = self.into.fields(asked, row, (*self.inner, row))
        found = select(*columns).select_from(row).correlate(*self.inner)
        return json.of(found).scalar_subquery()

    def _apart(self, entity: Entity, index: int) -> Row:
        """The row that stands whole in the arm's column, with its own columns. It was visible when it was chosen."""
        columns = [column(each.key, each.type) for each in entity.table.c]
        return text(f"SELECT ({self.label}.w{index}).*").columns(*columns).subquery()

    def rows(self, columns: Columns) -> json.AnySelect:
        named = [value.label(name) for name, value in columns.items()]
        return select(*named).select_from(self.row).correlate(*self.outer)  # which is a page, in its order

    def all(self) -> json.AnySelect:
        arms = [self._select(row, number(1).label("x")) for row, _ in self._arms()]
        return select(number(1).label("x")).select_from(_together(arms))

    def outside(self, cursor: Value, *, turned: bool) -> ColumnElement[bool]:
        return some(
            [
                exists(
                    self._select(row, number(1)).where(
                        not_(beyond(self._place_in(arm, cursor, row), turned=turned))
                    )
                )
                for row, arm in self._arms()
            ]
        )

    def _chosen(self) -> Row:
        """The page's rows, from all arms together: their keys, and each whole in its arm's column."""
        arms = []
        for index, (row, arm) in enumerate(self._arms()):
            whole = [
                (row.c.whole if at == index else _no(each.entity.table)).label(f"w{at}")
                for at, each in enumerate(self.meant.arms)
            ]
            found = self._select(row, row.c.at, row.c.type, row.c.id, *whole)
            for cursor, turned in self.sides():
                found = found.where(beyond(self._place_in(arm, cursor, row), turned=turned))
            within = (self.order[0], self.order[-1])
            arms.append(
                found.order_by(*sorted_by(within, row, backward=self.window.backward)).limit(self.limit)
            )
        rows = _together(arms)
        moment = func.timezone(literal_column("'UTC'"), rows.c.at).label("moment")
        chosen = select(*rows.c, moment).limit(self.limit)
        return chosen.order_by(*self._merged(rows, moment)).subquery(self.label)

    def _merged(self, rows: Row, moment: ColumnElement[Any]) -> list[ColumnElement[Any]]:
        """The order of all arms. A time in another type hides from the planner that each arm is in order already: it
        would sort in steps, one for each time, which takes a few rows longer than sorting them at once (measured)."""
        _, *others = sorted_by(self.order, rows, backward=self.window.backward)
        return [moment.asc() if self.window.backward else moment.desc(), *others]

    def _arms(self) -> list[tuple[Row, Arm]]:
        """A row of each arm, with the columns that every row of a mixture has."""
        return [(self._row_of(arm), arm) for arm in self.meant.arms]

    def _row_of(self, arm: Arm) -> Row:
        row = arm.entity.table.alias()
        rows = tree.Rows(arm.entity, arm.relation)
        return (
            select(
                arm.at.value(row).label("at"),
                _word(arm.entity.type_name).label("type"),
                _word(arm.kind).label("kind"),
                row.c.id.label("id"),
                row.table_valued().label("whole"),
            )
            .where(*self.into.restrictions(rows, row, self.parent))
            .correlate(*self.outer)
            .subquery()
        )

    def _select(self, row: Row, *columns: ColumnElement[Any]) -> json.AnySelect:
        found = select(*columns).select_from(row).correlate(*self.outer)
        if self.meant.filter is None:
            return found
        return found.where(condition(self.meant.filter, row, self.into))

    def _place_in(self, arm: Arm, cursor: Value, row: Row) -> list[Key]:
        """The place of the cursor among the rows of one arm, whose type is the same in all of them.

        So time and id say it: a type beyond that of the cursor has all its rows of that time beyond, one before none.
        """
        own = arm.entity.type_name
        at, type_, id_ = (cursors.reader(self.order, self.name, index) for index in range(3))

        def bound(sent: str) -> int:
            there: str = type_(sent)
            if there == own:
                found: int = id_(sent)
                return found
            return LAST if own < there else FIRST

        return [
            Key(row.c.at, self.into.bind(cursor, at, DateTime(timezone=True)), DESC, False),
            Key(row.c.id, self.into.bind(cursor, bound, BigInteger()), DESC, False),
        ]


def _word(text: str) -> ColumnElement[str]:
    """A name whose order is that of its code points, as it is in Python."""
    return literal_column(f"""{constant(text)} COLLATE "C\"""", Text())


def _no(table: FromClause) -> ColumnElement[Any]:
    """No row of the table."""
    assert isinstance(table, Table), "an arm reads a table, whose rows are a type of Postgres"
    return literal_column(f"NULL::{table.name}")


def _together(arms: Sequence[json.AnySelect]) -> Row:
    return union_all(*arms).subquery() if len(arms) > 1 else arms[0].subquery()
