"""A page of a mixture: at most its size of rows from each arm, put in order, and only then looked at.

Each arm is read in the order of its own index and carries what is asked of its rows along (slots.py).
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Text,
    case,
    exists,
    func,
    literal_column,
    not_,
    select,
    union_all,
)
from sqlalchemy.types import TypeEngine

from domain.selection import cursors, json, tree
from domain.selection.carried import Carried
from domain.selection.entities import DESC, Row
from domain.selection.filters import condition
from domain.selection.keyset import Key, beyond
from domain.selection.mixtures import Arm, Mixed
from domain.selection.orders import sorted_by
from domain.selection.slots import Slots
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
        self.slots = Slots(self.label)
        own: dict[str, TypeEngine[Any]] = {"at": DateTime(timezone=True), "type": Text(), "id": BigInteger()}
        self.row = Carried(own, lambda name: self.slots.named(name, own[name]))

    def object(self, fields: tree.Objects) -> ColumnElement[Any]:
        assert isinstance(fields, tree.Kinds), "rows of a mixture have several types"
        arms = {arm.entity: arm for arm in self.meant.arms}
        whens = [
            (self.row.c.type == constant(entity.type_name), self._shown(arms[entity], asked))
            for entity, asked in fields.choices
            if entity in arms
        ]
        return json.item(case(*whens)) if whens else json.NULL

    def _shown(self, arm: Arm, asked: Sequence[tree.Field]) -> ColumnElement[Any]:
        """An arm's row as JSON. It was visible when it was chosen."""
        row = self.slots.row(arm)
        return json.made(self.into.fields(asked, row, (*self.inner, row)))

    def rows(self, columns: Columns) -> json.AnySelect:
        named = [value.label(name) for name, value in columns.items()]
        return select(*named).select_from(self._chosen()).correlate(*self.outer)  # a page, in its order

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
        """The page's rows, from all arms together: their keys, and what they carry."""
        arms = []
        for arm in self.meant.arms:
            row = self._row_of(arm, self.slots.filled)
            found = self._select(row, *(each for each in row.c if each.name != "kind"))
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

    def _row_of(self, arm: Arm, more: "Callable[[Arm, Row], list[ColumnElement[Any]]] | None" = None) -> Row:
        row = arm.entity.table.alias()
        rows = tree.Rows(arm.entity, arm.relation)
        return (
            select(
                arm.at.value(row).label("at"),
                _word(arm.entity.type_name).label("type"),
                _word(arm.kind).label("kind"),
                row.c.id.label("id"),
                *(more(arm, row) if more else ()),
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


def _together(arms: Sequence[json.AnySelect]) -> Row:
    return union_all(*arms).subquery() if len(arms) > 1 else arms[0].subquery()
