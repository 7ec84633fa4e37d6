"""The matrix of recency and frequency (and money) as one statement: each cell of it, with nothing where nobody is."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from olap.dialect import ExactDistinct, ratio
from olap.expressions import Expression, aggregate_of, from_star
from olap.journeys.parts import filled, said_by, same, whole_number
from olap.journeys.shapes import Rfm
from olap.journeys.units import DAY, number_of
from olap.journeys.words import (
    AOV,
    COMPLETE,
    CUSTOMER_SHARE,
    CUSTOMERS,
    MONTH_END,
    ORDERS,
    REVENUE,
    REVENUE_SHARE,
)
from olap.physical import Ratio, Snapshot

WHOSE, LOW, HIGH = "whose", "__low__", "__high__"
LEVELS = (1, 2, 3, 4, 5)
"""Scores that a scheme may give; the matrix goes up to the highest that was given, or to 3."""


@dataclass(frozen=True)
class RfmRows:
    """The rows of an RFM matrix, and that of all its cells."""

    shape: Rfm

    def rows(self, summary: str, mixed: str) -> sa.Select[Any]:
        """Attributes, scores, the month, values; `summary` is 1 in the row of the whole."""
        both = sa.union_all(self._whole(summary, mixed), self._matrix(summary, mixed))
        return sa.select(both.subquery("rows"))

    @property
    def _members(self) -> list[str]:
        return [f"member_{place}" for place, _ in enumerate(self.shape.attributes)]

    @property
    def _scores(self) -> list[str]:
        return [f"score_{place}" for place, _ in enumerate(self.shape.scores)]

    @property
    def _number(self) -> Expression:
        return number_of("month", self.shape.columns)

    def _month(self) -> Expression:
        """The number of the month that is looked at."""
        if self.shape.month is not None:
            return sa.bindparam(f"v{self.shape.month}", type_=sa.BigInteger())
        return from_star(self.shape.seen, sa.func.max(self._number)).correlate(None).scalar_subquery()

    @cached_property
    def _standing(self) -> sa.CTE:
        """Each customer of the cell with his scores."""
        shape = self.shape
        columns = [column.sql.label(name) for column, name in zip(shape.scores, self._scores, strict=True)]
        members = zip(shape.attributes, self._members, strict=True)
        columns += [item.column.sql.label(name) for item, name in members]
        day = DAY.sql if shape.day is None else sa.cast(_day(shape.day), sa.Date())
        statement = from_star(shape.star, shape.customer.sql.label(WHOSE), day.label(MONTH_END), *columns)
        if shape.day is not None and shape.known is not None:
            statement = statement.where(shape.known.sql <= _day(shape.day))
        return statement.where(said_by(shape.stands), self._number == self._month()).cte("standing")

    @cached_property
    def _brought(self) -> sa.CTE:
        """What each customer has brought by then, and in which currencies."""
        shape, columns = self.shape, list[Expression]()
        for name, formula in shape.aggregates:
            assert not isinstance(formula, Ratio | Snapshot), "refused when it was bound"
            columns.append(aggregate_of(formula).label(name))
        if shape.currency is not None:
            code = shape.currency.sql
            columns += [sa.func.min(code).label(LOW), sa.func.max(code).label(HIGH)]
        whose = (shape.customer if shape.buyer is None else shape.buyer).sql
        by_then = self._number <= self._month() if shape.day is None else DAY.sql <= _day(shape.day)
        statement = from_star(shape.amounts, whose.label(WHOSE), *columns)
        return statement.where(by_then).group_by(whose).cte("brought")

    def _values(self) -> tuple[sa.FromClause, list[Expression]]:
        """The values over a group of customers."""
        standing = self._standing
        customers: list[Expression] = [ExactDistinct(standing.c[WHOSE]).label(CUSTOMERS)]
        if not self.shape.amounted:
            return standing, customers
        brought = self._brought
        orders = sa.cast(sa.func.sum(brought.c[ORDERS]), sa.BigInteger())
        amounts = [orders.label(ORDERS), sa.func.sum(brought.c[REVENUE]).label(REVENUE)]
        if self.shape.currency is not None:
            ends = [sa.func.min(brought.c[LOW]), sa.func.max(brought.c[HIGH])]
            amounts += [end.label(name) for end, name in zip(ends, (LOW, HIGH), strict=True)]
        source = standing.outerjoin(brought, standing.c[WHOSE] == brought.c[WHOSE])
        return source, [*customers, *amounts]

    def _cells(self) -> sa.Subquery:
        source, values = self._values()
        keys = [self._standing.c[name] for name in (*self._members, *self._scores)]
        return sa.select(*keys, *values).select_from(source).group_by(*keys).subquery("cells")

    def _matrix(self, summary: str, mixed: str) -> sa.Select[Any]:
        """Each combination of scores, and the cell of those without, if somebody has none."""
        cells, grid = self._cells(), self._grid()
        on = same(grid, cells, [*self._members, *self._scores])
        shape, total = self.shape, [grid.c[name] for name in self._members]
        members = zip(shape.attributes, self._members, strict=True)
        columns: list[Expression] = [
            *(grid.c[name].label(item.ref) for item, name in members),
            *(grid.c[name].label(ref) for ref, name in zip(shape.keys, self._scores, strict=False)),
            *self._when(),
        ]
        customers = filled(cells.c[CUSTOMERS])
        columns += [customers.label(CUSTOMERS), _share(customers, total).label(CUSTOMER_SHARE)]
        if shape.amounted:
            columns += self._amounts(cells, total)
        if shape.currency is not None:
            columns.append((cells.c[LOW] != cells.c[HIGH]).label(mixed))
        source = grid.outerjoin(cells, sa.and_(sa.true(), *on))
        return sa.select(*columns, whole_number(0).label(summary)).select_from(source)

    def _amounts(self, cells: sa.FromClause, total: list[Any]) -> list[Expression]:
        orders, revenue = filled(cells.c[ORDERS]), filled(cells.c[REVENUE])
        return [
            orders.label(ORDERS),
            revenue.label(REVENUE),
            _share(revenue, total).label(REVENUE_SHARE),
            ratio(revenue, orders).label(AOV),
        ]

    def _grid(self) -> sa.Subquery:
        """Members by scores."""
        standing = self._standing
        names, source = [*self._members, *self._scores], self._levels()
        columns: list[Any] = [source.c[name] for name in self._scores]
        found: sa.FromClause = source
        if self._members:
            of = sa.select(*(standing.c[name] for name in self._members)).distinct().subquery("members")
            found, columns = source.join(of, sa.true()), [*(of.c[name] for name in self._members), *columns]
        whole = sa.select(*columns).select_from(found)
        without = sa.select(*(standing.c[name] for name in names)).where(
            standing.c[self._scores[0]].is_(None)
        )
        return sa.union_all(whole, without.distinct()).subquery("grid")

    def _levels(self) -> sa.Subquery:
        """Every combination of scores."""
        standing = self._standing
        highest = sa.func.greatest(
            *(
                sa.func.coalesce(sa.select(sa.func.max(standing.c[name])).scalar_subquery(), whole_number(3))
                for name in self._scores
            ),
            whole_number(3),
        )
        levels = []
        for name in self._scores:
            rows = sa.union_all(*(sa.select(whole_number(level).label("level")) for level in LEVELS))
            levels.append(rows.subquery(f"levels_of_{name}"))
        source: sa.FromClause = levels[0]
        for each in levels[1:]:
            source = source.join(each, sa.true())
        columns = [each.c.level.label(name) for each, name in zip(levels, self._scores, strict=True)]
        return (
            sa.select(*columns).select_from(source).where(*(each.c.level <= highest for each in levels))
        ).subquery("levels")

    def _when(self) -> list[Expression]:
        """The day that is looked at, the last one of its month unless another was asked, and whether it is over."""
        day = sa.select(sa.func.max(self._standing.c[MONTH_END])).scalar_subquery()
        today = sa.bindparam(f"v{self.shape.today}", type_=sa.Date())
        return [day.label(MONTH_END), (day < today).label(COMPLETE)]

    def _whole(self, summary: str, mixed: str) -> sa.Select[Any]:
        shape = self.shape
        source, values = self._values()
        all_of = sa.select(*values).select_from(source).subquery("all_of")
        one: Expression = sa.cast(whole_number(1), sa.Double())
        columns: list[Expression] = [
            *(sa.cast(sa.null(), item.column.sql.type).label(item.ref) for item in shape.attributes),
            *(
                sa.cast(sa.null(), score.sql.type).label(ref)
                for ref, score in zip(shape.keys, shape.scores, strict=False)
            ),
            *self._when(),
            filled(all_of.c[CUSTOMERS]).label(CUSTOMERS),
            one.label(CUSTOMER_SHARE),
        ]
        if shape.amounted:
            orders, revenue = filled(all_of.c[ORDERS]), filled(all_of.c[REVENUE])
            columns += [orders.label(ORDERS), revenue.label(REVENUE), one.label(REVENUE_SHARE)]
            columns.append(ratio(revenue, orders).label(AOV))
        if shape.currency is not None:
            columns.append((all_of.c[LOW] != all_of.c[HIGH]).label(mixed))
        return sa.select(*columns, whole_number(1).label(summary))


def _day(slot: int) -> sa.BindParameter[Any]:
    return sa.bindparam(f"v{slot}", type_=sa.Date())


def _share(value: Expression, of: list[Any]) -> Expression:
    """The value's part of that of its member's whole matrix."""
    return ratio(value, sa.func.sum(value).over(partition_by=of or None))
