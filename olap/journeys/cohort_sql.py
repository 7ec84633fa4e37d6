"""A cohort's matrix as one statement: first purchases, what followed them, and the periods that have to be there."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from olap.dialect import ExactDistinct, ratio
from olap.expressions import Expression, aggregate_of, from_star
from olap.journeys.events import happened, known
from olap.journeys.shapes import Cohort, Event
from olap.journeys.units import first_days, number_of, units
from olap.journeys.words import ACTIVE, COHORT, COMPLETE, PERIOD, RETENTION, SIZE
from olap.physical import Formula, Ratio, Snapshot, Sum, parts_of

BEGUN = "__begun__"
"""The number of the unit of a customer's first purchase."""
WHOLE = "__whole__"
"""1 in the row of all cohorts and periods."""
LOW, HIGH = "__low__", "__high__"


@dataclass(frozen=True)
class CohortRows:
    """The rows of a cohort's answer, those of its cells and that of the whole."""

    shape: Cohort

    def rows(self, summary: str, mixed: str) -> sa.Select[Any]:
        """Attributes, keys, values; `summary` is 1 in the row of the whole, `mixed` says of several currencies."""
        cells = self._cells()
        return sa.select(
            sa.union_all(self._whole(cells, summary, mixed), self._spine(cells, summary, mixed)).subquery(
                "rows"
            )
        )

    @cached_property
    def _drilled(self) -> list[Expression]:
        return [item.column.sql for item in self.shape.attributes]

    @cached_property
    def _firsts(self) -> sa.CTE:
        """Who bought first when: a row for each customer, and for each member that is drilled down."""
        shape, number = self.shape, number_of(self.shape.unit, self.shape.columns)
        statement = from_star(
            shape.began,
            shape.customer.sql.label("whose"),
            *(column.label(f"first_{place}") for place, column in enumerate(self._drilled)),
            sa.func.min(number).label(BEGUN),
        )
        bought = sa.and_(known(shape.customer), happened(shape.event), number.is_not(None))
        return statement.where(bought).group_by(shape.customer.sql, *self._drilled).cte("firsts")

    def _same(
        self, columns: Sequence[Expression], other: sa.FromClause, name: str
    ) -> list[sa.ColumnElement[bool]]:
        """Unknown members are members: null equals null."""
        return [
            column.is_not_distinct_from(other.c[f"{name}_{place}"]) for place, column in enumerate(columns)
        ]

    def _cells(self) -> sa.CTE:
        """What the facts since a customer's first purchase come to, by cohort and period, and in all."""
        shape, firsts = self.shape, self._firsts
        number, begun = number_of(shape.unit, shape.columns), firsts.c[BEGUN]
        keys = [*self._drilled, begun, number - begun]
        names = [*(f"cell_{place}" for place, _ in enumerate(self._drilled)), BEGUN, PERIOD]
        bought = sa.case((happened(shape.event), shape.customer.sql))
        columns = [key.label(name) for key, name in zip(keys, names, strict=True)]
        columns += [aggregate_of(part).label(name) for part, name in self._parts.items()]
        columns += [ExactDistinct(bought).label(ACTIVE), sa.func.grouping(begun).label(WHOLE)]
        if shape.currency is not None:
            code = shape.currency.sql
            columns += [sa.func.min(code).label(LOW), sa.func.max(code).label(HIGH)]
        whose = [shape.customer.sql == firsts.c.whose, *self._same(self._drilled, firsts, "first")]
        statement = from_star(shape.star, *columns).join(firsts, sa.and_(*whose)).where(number >= begun)
        return statement.group_by(sa.func.grouping_sets(sa.tuple_(*keys), sa.tuple_())).cte("cells")

    @cached_property
    def _parts(self) -> dict[Event, str]:
        """What the aggregates are made of, each once."""
        parts: dict[Event, str] = {}
        for _, formula in self.shape.aggregates:
            for part in parts_of(formula):
                assert not isinstance(part, Snapshot), "refused when it was bound"
                parts.setdefault(part, f"__part_{len(parts)}__")
        return parts

    def _spine(self, cells: sa.CTE, summary: str, mixed: str) -> sa.Select[Any]:
        """Each cohort in each unit since, with nothing where nobody bought."""
        firsts, seen = self._firsts, units(self.shape)
        places = [firsts.c[f"first_{place}"] for place, _ in enumerate(self._drilled)]
        sizes = sa.select(*places, firsts.c[BEGUN], sa.func.count().label(SIZE))
        sized = sizes.group_by(*places, firsts.c[BEGUN]).subquery("sizes")
        begun = first_days(self.shape.unit)
        keys = [sized.c[f"first_{place}"] for place, _ in enumerate(self._drilled)]
        period = seen.c.number - sized.c[BEGUN]
        same = [cells.c[WHOLE] == _number(0), cells.c[BEGUN] == sized.c[BEGUN], cells.c[PERIOD] == period]
        source = (
            sized.join(begun, begun.c.number == sized.c[BEGUN])
            .join(seen, seen.c.number >= sized.c[BEGUN])
            .outerjoin(cells, sa.and_(*same, *self._same(keys, cells, "cell")))
        )
        active = _filled(cells.c[ACTIVE])
        columns: list[Expression] = [
            *(key.label(item.ref) for key, item in zip(keys, self.shape.attributes, strict=True)),
            begun.c.first_day.label(COHORT),
            period.label(PERIOD),
            seen.c.complete.label(COMPLETE),
            sized.c[SIZE].label(SIZE),
            active.label(ACTIVE),
            sa.case((seen.c.complete, ratio(active, sized.c[SIZE]))).label(RETENTION),
        ]
        return sa.select(*columns, *self._values(cells, summary, mixed, whole=0)).select_from(source)

    def _whole(self, cells: sa.CTE, summary: str, mixed: str) -> sa.Select[Any]:
        """All cohorts and periods; a customer counts once."""
        kinds: dict[str, sa.types.TypeEngine[Any]] = {
            COHORT: sa.Date(),
            PERIOD: sa.BigInteger(),
            COMPLETE: sa.Boolean(),
        }
        size = sa.select(ExactDistinct(self._firsts.c.whose)).scalar_subquery()
        columns: list[Expression] = [
            *(sa.cast(sa.null(), item.column.sql.type).label(item.ref) for item in self.shape.attributes),
            *(sa.cast(sa.null(), kinds[key]).label(key) for key in self.shape.keys),
            size.label(SIZE),
            _filled(cells.c[ACTIVE]).label(ACTIVE),
            sa.cast(sa.null(), sa.Double()).label(RETENTION),
        ]
        values = self._values(cells, summary, mixed, whole=1)
        return sa.select(*columns, *values).where(cells.c[WHOLE] == _number(1))

    def _values(self, cells: sa.CTE, summary: str, mixed: str, *, whole: int) -> list[Expression]:
        columns = [self._value(formula, cells).label(name) for name, formula in self.shape.aggregates]
        if self.shape.currency is not None:
            columns.append((cells.c[LOW] != cells.c[HIGH]).label(mixed))
        return [*columns, _number(whole).label(summary)]

    def _value(self, formula: Formula, cells: sa.CTE) -> Expression:
        if isinstance(formula, Ratio):
            return ratio(self._value(formula.numerator, cells), self._value(formula.denominator, cells))
        assert not isinstance(formula, Snapshot), "refused when it was bound"
        column: Expression = cells.c[self._parts[formula]]
        unknown = isinstance(formula, Sum) and formula.column.sql.nullable
        return column if unknown else _filled(column)


def _number(number: int) -> sa.ColumnElement[int]:
    return sa.literal_column(str(number), sa.Integer())


def _filled(column: Expression) -> Expression:
    """Of no facts there is nothing."""
    return sa.func.coalesce(column, _number(0), type_=column.type)
