"""A cohort's matrix as one statement: first purchases, what followed them, and the periods that have to be there."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from olap.conversion import converted
from olap.dialect import ExactDistinct, ratio
from olap.expressions import Expression, counted, from_star, total_of
from olap.journeys.events import happened, known
from olap.journeys.parts import addable, filled, whole_number
from olap.journeys.shapes import Cohort, Event
from olap.journeys.units import first_days, number_of, units
from olap.journeys.words import ACTIVE, COHORT, COMPLETE, PERIOD, RETENTION, SIZE
from olap.physical import Count, CountDistinct, Formula, Ratio, Snapshot, Sum, parts_of

BEGUN = "__begun__"
"""The number of the unit of a customer's first purchase."""
WHOSE, NUMBER, BOUGHT = "whose", "number", "bought"
"""A customer, the number of the unit of a visit, and whether he bought then (1 or 0)."""
LOW, HIGH = "__low__", "__high__"


@dataclass(frozen=True)
class CohortRows:
    """The rows of a cohort's answer, those of its cells and that of the whole."""

    shape: Cohort

    def rows(self, summary: str, mixed: str) -> sa.Select[Any]:
        """Attributes, keys, values; `summary` is 1 in the row of the whole, `mixed` says of several currencies."""
        both = sa.union_all(self._whole(summary, mixed), self._spine(summary, mixed))
        return sa.select(both.subquery("rows"))

    @cached_property
    def _drilled(self) -> list[Expression]:
        return [item.column.sql for item in self.shape.attributes]

    @cached_property
    def _visits(self) -> sa.CTE:
        """What each customer did in each unit, by the members that are drilled down; fact by fact, where something
        distinct is counted."""
        shape = self.shape
        number, bought = number_of(shape.unit, shape.columns), self._bought(shape.event)
        keys = [shape.customer.sql, *self._drilled, number]
        labelled = [key.label(name) for key, name in zip(keys, self._visit_keys, strict=True)]
        parts = [_value_of(part, summed=self._summed).label(name) for part, name in self._parts.items()]
        bought = sa.func.max(bought) if self._summed else bought
        columns = [*labelled, bought.label(BOUGHT), *parts, *self._currencies()]
        statement = from_star(shape.star, *columns).where(known(shape.customer), number.is_not(None))
        return (statement.group_by(*keys) if self._summed else statement).cte("visits")

    @property
    def _visit_keys(self) -> list[str]:
        return [WHOSE, *(f"member_{place}" for place, _ in enumerate(self._drilled)), NUMBER]

    @property
    def _summed(self) -> bool:
        """Whether all that is asked adds up over a customer's facts."""
        return not any(isinstance(part, CountDistinct) for part in self._parts)

    def _bought(self, event: Event) -> Expression:
        return sa.case((happened(event), whole_number(1)), else_=whole_number(0))

    def _currencies(self) -> list[Expression]:
        if self.shape.currency is None:
            return []
        low, high = addable(self.shape.star, self.shape.currency)
        if self._summed:
            low, high = sa.func.min(low), sa.func.max(high)
        return [low.label(LOW), high.label(HIGH)]

    @cached_property
    def _firsts(self) -> sa.CTE:
        """Who bought first when: a row for each customer, and for each member that is drilled down."""
        shape, names = self.shape, self._visit_keys[:-1]
        if shape.began == shape.star:
            visits = self._visits
            keys: list[Any] = [visits.c[name] for name in names]
            first = sa.func.min(visits.c[NUMBER]).label(BEGUN)
            return (
                sa.select(*keys, first)
                .where(visits.c[BOUGHT] == whole_number(1))
                .group_by(*keys)
                .cte("firsts")
            )
        number = number_of(shape.unit, shape.columns)
        keys = [shape.customer.sql, *self._drilled]
        labelled = [key.label(name) for key, name in zip(keys, names, strict=True)]
        statement = from_star(shape.began, *labelled, sa.func.min(number).label(BEGUN))
        bought = sa.and_(known(shape.customer), happened(shape.event), number.is_not(None))
        return statement.where(bought).group_by(*keys).cte("firsts")

    @cached_property
    def _since(self) -> sa.CTE:
        """The visits since each customer's first purchase, that one's unit with them."""
        visits, firsts = self._visits, self._firsts
        same = [visits.c[WHOSE] == firsts.c[WHOSE], *self._same(visits, firsts)]
        statement = sa.select(visits, firsts.c[BEGUN]).join_from(visits, firsts, sa.and_(*same))
        return statement.where(visits.c[NUMBER] >= firsts.c[BEGUN]).cte("since")

    def _same(self, one: sa.FromClause, other: sa.FromClause) -> list[sa.ColumnElement[bool]]:
        """Unknown members are members: null equals null."""
        return [one.c[name].is_not_distinct_from(other.c[name]) for name in self._visit_keys[1:-1]]

    def _values_since(self) -> list[Expression]:
        """The values over a group of visits."""
        since = self._since
        parts = [_total_of(part, since.c[name]).label(name) for part, name in self._parts.items()]
        ends = (
            []
            if self.shape.currency is None
            else [sa.func.min(since.c[LOW]).label(LOW), sa.func.max(since.c[HIGH]).label(HIGH)]
        )
        return [*parts, *ends]

    def _cells(self) -> sa.Subquery:
        """What the visits come to, by member, cohort and period."""
        since = self._since
        period = since.c[NUMBER] - since.c[BEGUN]
        keys = [*(since.c[name] for name in self._visit_keys[1:-1]), since.c[BEGUN]]
        bought = since.c[BOUGHT] == whole_number(1)
        active: Expression = sa.func.count(sa.case((bought, whole_number(1))))
        if not self._summed:
            active = ExactDistinct(sa.case((bought, since.c[WHOSE])))
        columns = [*keys, period.label(PERIOD), active.label(ACTIVE), *self._values_since()]
        return sa.select(*columns).group_by(*keys, period).subquery("cells")

    @cached_property
    def _parts(self) -> dict[Event, str]:
        """What the aggregates are made of, each once."""
        parts: dict[Event, str] = {}
        for _, formula in self.shape.aggregates:
            for part in parts_of(formula):
                assert not isinstance(part, Snapshot), "refused when it was bound"
                parts.setdefault(part, f"__part_{len(parts)}__")
        return parts

    def _spine(self, summary: str, mixed: str) -> sa.Select[Any]:
        """Each cohort in each unit since, with nothing where nobody bought."""
        firsts, seen, cells = self._firsts, units(self.shape), self._cells()
        places = [*(firsts.c[name] for name in self._visit_keys[1:-1]), firsts.c[BEGUN]]
        sized = sa.select(*places, sa.func.count().label(SIZE)).group_by(*places).subquery("sizes")
        begun = first_days(self.shape.unit)
        period = seen.c.number - sized.c[BEGUN]
        same = [cells.c[BEGUN] == sized.c[BEGUN], cells.c[PERIOD] == period, *self._same(sized, cells)]
        source = (
            sized.join(begun, begun.c.number == sized.c[BEGUN])
            .join(seen, seen.c.number >= sized.c[BEGUN])
            .outerjoin(cells, sa.and_(*same))
        )
        active = filled(cells.c[ACTIVE])
        members = zip(self._visit_keys[1:-1], self.shape.attributes, strict=True)
        columns: list[Expression] = [
            *(sized.c[name].label(item.ref) for name, item in members),
            begun.c.first_day.label(COHORT),
            period.label(PERIOD),
            seen.c.complete.label(COMPLETE),
            sized.c[SIZE].label(SIZE),
            active.label(ACTIVE),
            sa.case((seen.c.complete, ratio(active, sized.c[SIZE]))).label(RETENTION),
        ]
        return sa.select(*columns, *self._values(cells, summary, mixed, whole=0)).select_from(source)

    def _whole(self, summary: str, mixed: str) -> sa.Select[Any]:
        """All cohorts and periods; a customer counts once."""
        kinds: dict[str, sa.types.TypeEngine[Any]] = {
            COHORT: sa.Date(),
            PERIOD: sa.BigInteger(),
            COMPLETE: sa.Boolean(),
        }
        since = self._since
        bought = sa.case((since.c[BOUGHT] == whole_number(1), since.c[WHOSE]))
        all_since = sa.select(ExactDistinct(bought).label(ACTIVE), *self._values_since()).subquery(
            "all_since"
        )
        size = sa.select(ExactDistinct(self._firsts.c[WHOSE])).scalar_subquery()
        columns: list[Expression] = [
            *(sa.cast(sa.null(), item.column.sql.type).label(item.ref) for item in self.shape.attributes),
            *(sa.cast(sa.null(), kinds[key]).label(key) for key in self.shape.keys),
            size.label(SIZE),
            filled(all_since.c[ACTIVE]).label(ACTIVE),
            sa.cast(sa.null(), sa.Double()).label(RETENTION),
        ]
        return sa.select(*columns, *self._values(all_since, summary, mixed, whole=1))

    def _values(self, cells: sa.FromClause, summary: str, mixed: str, *, whole: int) -> list[Expression]:
        columns = [self._value(formula, cells).label(name) for name, formula in self.shape.aggregates]
        if self.shape.currency is not None:
            columns.append((cells.c[LOW] != cells.c[HIGH]).label(mixed))
        return [*columns, whole_number(whole).label(summary)]

    def _value(self, formula: Formula, cells: sa.FromClause) -> Expression:
        if isinstance(formula, Ratio):
            return ratio(self._value(formula.numerator, cells), self._value(formula.denominator, cells))
        assert not isinstance(formula, Snapshot), "refused when it was bound"
        column: Expression = cells.c[self._parts[formula]]
        unknown = isinstance(formula, Sum) and formula.column.sql.nullable
        return column if unknown else filled(column)


def _value_of(part: Event, *, summed: bool) -> Expression:
    """The part of a fact, or over a customer's facts."""
    match part:
        case CountDistinct():
            return counted(part)
        case Count():
            return sa.func.count() if summed else whole_number(1)
        case Sum(column=column, given=given, rate=rate):
            value: Expression = column.sql if given is None else sa.case((given.sql.is_not(None), column.sql))
            value = value if rate is None else converted(value, rate)
            return total_of(value, column) if summed else value


def _total_of(part: Event, column: Expression) -> Expression:
    """The part over visits."""
    match part:
        case CountDistinct():
            return ExactDistinct(column)
        case Count():
            return sa.cast(sa.func.sum(column), sa.BigInteger())
        case Sum(column=measure):
            return total_of(column, measure)
