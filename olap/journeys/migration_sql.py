"""Moves from period to period as one statement: where each customer stood before, and where he stands then."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from olap import star
from olap.dialect import ExactDistinct, ratio
from olap.expressions import Expression, from_star
from olap.journeys.parts import said_by, same, whole_number
from olap.journeys.shapes import Migration
from olap.journeys.units import DAY, columns_of_unit, number_of
from olap.journeys.words import BEGINS, COMPLETE, CUSTOMERS, FROM, FROM_SHARE, MOVE, TO

WHOSE, PERIOD, PLACE, WAS, IS = "whose", "period", "place", "was", "is_there"


@dataclass(frozen=True)
class MigrationRows:
    """The rows of a migration: stayed, moved, entered, left; and that of all customers in them."""

    shape: Migration

    def rows(self, summary: str) -> sa.Select[Any]:
        """Attributes, period, from, to, move, customers; `summary` is 1 in the row of the whole."""
        ways, periods, stood = self._ways, self._periods(), self._stood
        keys = [ways.c[name] for name in (PERIOD, *self._members, FROM, TO, MOVE)]
        keys += [periods.c[BEGINS], periods.c[COMPLETE]]
        whole = sa.func.grouping(keys[0]).label(summary)
        counted = sa.select(*keys, ExactDistinct(ways.c[WHOSE]).label(CUSTOMERS), whole)
        counted = counted.join_from(ways, periods, periods.c[PERIOD] == ways.c[PERIOD])
        cells = counted.group_by(sa.func.grouping_sets(sa.tuple_(*keys), sa.tuple_())).subquery("cells")
        before = [stood.c[name] for name in (PERIOD, *self._members, PLACE)]
        were = (
            sa.select(*before, ExactDistinct(stood.c[WHOSE]).label("were")).group_by(*before).subquery("were")
        )
        on = [
            cells.c[PERIOD] == were.c[PERIOD] + whole_number(1),
            cells.c[FROM].is_not_distinct_from(were.c[PLACE]),
            cells.c[MOVE] != _word("entered"),
            *same(cells, were, self._members),
        ]
        members = zip(self.shape.attributes, self._members, strict=True)
        return sa.select(
            *(cells.c[name].label(item.ref) for item, name in members),
            *(cells.c[name].label(name) for name in (BEGINS, COMPLETE, FROM, TO, MOVE, CUSTOMERS)),
            ratio(cells.c[CUSTOMERS], were.c.were).label(FROM_SHARE),
            cells.c[summary],
        ).select_from(cells.outerjoin(were, sa.and_(*on)))

    @property
    def _members(self) -> list[str]:
        return [f"member_{place}" for place, _ in enumerate(self.shape.attributes)]

    @property
    def _who(self) -> list[str]:
        """What tells apart who stands where when."""
        return [WHOSE, PERIOD, *self._members]

    @property
    def _month(self) -> Expression:
        return number_of("month", self.shape.columns)

    @property
    def _period(self) -> Expression:
        return number_of(self.shape.unit, self.shape.period)

    @cached_property
    def _wanted(self) -> sa.CTE:
        """The periods that are looked at."""
        return from_star(self.shape.periods, self._period.label(PERIOD)).distinct().cte("wanted")

    @cached_property
    def _ends(self) -> sa.CTE:
        """The last month of each period that is looked at, the running one among them, and of the one before it."""
        period, wanted = self._period, sa.select(self._wanted.c[PERIOD])
        month = sa.func.max(self._month).label("month")
        statement = from_star(self.shape.seen, period.label(PERIOD), month)
        near = sa.or_(period.in_(wanted), (period + whole_number(1)).in_(wanted))
        return statement.where(near).group_by(period).cte("ends")

    @cached_property
    def _stood(self) -> sa.CTE:
        """Who stood where at the end of each period."""
        shape, ends = self.shape, self._ends
        members = zip(shape.attributes, self._members, strict=True)
        columns = [
            shape.customer.sql.label(WHOSE),
            ends.c[PERIOD],
            shape.of.sql.label(PLACE),
            *(item.column.sql.label(name) for item, name in members),
        ]
        statement = from_star(shape.star, *columns).join(ends, ends.c.month == self._month)
        return statement.where(said_by(shape.stands)).distinct().cte("stood")

    @cached_property
    def _places(self) -> sa.CTE:
        """For each period, each place in which a customer stood at its end or at that of the one before."""
        stood = self._stood
        names = (WHOSE, PLACE, *self._members)
        now = sa.select(
            *(stood.c[name] for name in names),
            stood.c[PERIOD],
            whole_number(0).label(WAS),
            whole_number(1).label(IS),
        )
        then = sa.select(
            *(stood.c[name] for name in names),
            (stood.c[PERIOD] + whole_number(1)).label(PERIOD),
            whole_number(1).label(WAS),
            whole_number(0).label(IS),
        )
        rows = sa.union_all(now, then).subquery("sides")
        keys = [rows.c[name] for name in (*self._who, PLACE)]
        sides = [sa.func.max(rows.c[side]).label(side) for side in (WAS, IS)]
        return sa.select(*keys, *sides).group_by(*keys).cte("places")

    @cached_property
    def _ways(self) -> sa.CTE:
        """Each customer's moves: staying in a place, going from each that he left to each that he entered."""
        places = self._places
        keys = [places.c[name] for name in self._who]
        one = whole_number(1)
        stayed = sa.select(
            *keys,
            places.c[PLACE].label(FROM),
            places.c[PLACE].label(TO),
            _word("stayed").label(MOVE),
        ).where(places.c[WAS] == one, places.c[IS] == one)
        left = (
            sa.select(*keys, places.c[PLACE])
            .where(places.c[WAS] == one, places.c[IS] != one)
            .subquery("gone")
        )
        came = (
            sa.select(*keys, places.c[PLACE])
            .where(places.c[WAS] != one, places.c[IS] == one)
            .subquery("came")
        )
        gone_on = self._same_customer(left, came)
        moved = sa.select(
            *(left.c[name] for name in self._who),
            left.c[PLACE].label(FROM),
            came.c[PLACE].label(TO),
            sa.case((came.c[WHOSE].is_(None), _word("left")), else_=_word("moved")).label(MOVE),
        ).select_from(left.outerjoin(came, gone_on))
        entered = (
            sa.select(
                *(came.c[name] for name in self._who),
                sa.cast(sa.null(), self.shape.of.sql.type).label(FROM),
                came.c[PLACE].label(TO),
                _word("entered").label(MOVE),
            )
            .select_from(came.outerjoin(left, gone_on))
            .where(left.c[WHOSE].is_(None))
        )
        return sa.union_all(stayed, moved, entered).cte("ways")

    def _same_customer(self, one: sa.FromClause, other: sa.FromClause) -> sa.ColumnElement[bool]:
        keys = (one.c[name] == other.c[name] for name in (WHOSE, PERIOD))
        return sa.and_(*keys, *same(one, other, self._members))

    def _periods(self) -> sa.Subquery:
        """The periods that are looked at, with their first day, and whether they are over."""
        period, day = number_of(self.shape.unit, columns_of_unit(self.shape.unit)), DAY.sql
        today = sa.bindparam(f"v{self.shape.today}", type_=sa.Date())
        calendar = star.metadata.tables[DAY.table]
        wanted = sa.select(self._wanted.c[PERIOD])
        return (
            sa.select(
                period.label(PERIOD),
                sa.func.min(day).label(BEGINS),
                (sa.func.max(day) < today).label(COMPLETE),
            )
            .select_from(calendar)
            .where(day.is_not(None), period.in_(wanted))
            .group_by(period)
            .subquery("periods")
        )


def _word(word: str) -> Expression:
    """A text that is part of the statement."""
    return sa.cast(sa.literal_column(f"'{word}'", sa.Text()), sa.Text())
