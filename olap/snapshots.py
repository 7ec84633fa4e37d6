"""Levels noted day by day: of the time of each cell the last day that has facts counts, or the first.

Which day that is depends on the cell's time alone, and on who asks: what else is cut or drilled decides which facts
of the day count. So parts of a cell add up to it along every dimension but time, and a cut gives what the drilldown
shows. The field's other reading, the last day on which the cell itself has facts, does neither: a member who left in
May would show May's level beside December's. Where each series of facts ends at a time of its own (a stock level
stands until another is told), the model says `per` which columns: each has its last day then.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from olap.conditions import columns_in
from olap.conversion import converted
from olap.dialect import BY_HASH
from olap.expressions import Expression, total_of
from olap.physical import Column, Formula, Join, Snapshot, parts_of
from olap.plan import Aggregation, Star
from olap.vocabulary import SPLIT

Selected = Callable[..., sa.Select[Any]]
"""Makes columns over the facts of a star a statement."""
Extent = tuple[str, ...]
"""The keys that say the time of a cell."""


@dataclass(frozen=True)
class Level:
    """Rows of one grouping set: its keys, and what is true of them alone."""

    keys: Sequence[str]
    here: sa.ColumnElement[bool]


@dataclass(frozen=True)
class Times:
    """What says the day of the facts of snapshots: tables of days, and columns of the facts themselves."""

    tables: frozenset[str]
    told: frozenset[Column]

    def __contains__(self, column: Column) -> bool:
        return column.table in self.tables or column in self.told


def told_times(joins: Iterable[Join], formulas: Iterable[Formula]) -> Times | None:
    """What says the day of the snapshots among the formulas; None without snapshots."""
    parts = (part for formula in formulas for part in parts_of(formula))
    found = {part for part in parts if isinstance(part, Snapshot)}
    if not found:
        return None
    days = {part.day for part in found}
    return Times(
        frozenset(join.key.table for join in joins if join.fact in days),
        frozenset(column for part in found for column in part.told),
    )


def times_of(shape: Aggregation) -> frozenset[str]:
    """The keys of a shape that say a time."""
    times = told_times(shape.star.joins, (formula for _, formula in shape.aggregates))
    if times is None:
        return frozenset()
    keys = {item.ref for item in shape.attributes if item.column in times}
    if shape.split is not None and any(column in times for column in columns_in(shape.split)):
        keys.add(SPLIT)
    return frozenset(keys)


class Snapshots:
    """The snapshots of a statement that groups facts by `keys` on several levels."""

    def __init__(
        self,
        parts: Iterable[object],
        facts: Star,
        keys: Mapping[str, Expression],
        levels: Sequence[Level],
        times: frozenset[str],
        select: Selected,
    ) -> None:
        """`select` puts columns over the days' star, with whatever `keys` need besides."""
        self._facts, self._keys, self._select = facts, keys, select
        self._levels: dict[Extent, list[sa.ColumnElement[bool]]] = {}
        for level in levels:
            extent = tuple(key for key in keys if key in times and key in level.keys)
            self._levels.setdefault(extent, []).append(level.here)
        self._finest = tuple(key for key in keys if any(key in extent for extent in self._levels))
        snapshots = {part for part in parts if isinstance(part, Snapshot)}
        self._kinds = sorted({(each.per, each.end) for each in snapshots})
        self._series = sorted({column for per, _ in self._kinds for column in per})
        self._ends = self._days(next(iter(snapshots)).day).subquery("ends") if snapshots else None

    def joined(self, statement: sa.Select[Any]) -> sa.Select[Any]:
        """The statement with the days that count beside each fact of it. No fact comes twice or is lost."""
        if self._ends is None:
            return statement
        same = []
        for at, column in enumerate(self._series):
            same += _same(column.sql, self._ends.c[f"per_{at}"])
        for at, key in enumerate(self._finest):
            same += _same(self._keys[key], self._ends.c[f"key_{at}"])
        statement = statement.join(self._ends, sa.and_(sa.true(), *same), isouter=True)
        return statement.where(sa.literal_column(BY_HASH, sa.Boolean()))

    def value(self, snapshot: Snapshot) -> Expression:
        """The snapshot over a group of facts; null of none."""
        assert self._ends is not None
        kind = self._kinds.index((snapshot.per, snapshot.end))
        found = [
            _value(snapshot, snapshot.day.sql == self._ends.c[f"end_{at}_{kind}"])
            for at in range(len(self._levels))
        ]
        if len(found) == 1:
            return found[0]
        here = (sa.or_(*each) for each in self._levels.values())
        return sa.case(*zip(here, found, strict=True))

    def _days(self, day: Column) -> sa.Select[Any]:
        """The days that count at each time, for each series of facts: those of a longer time are found among those of
        the shorter ones that it is made of, so that the facts are read once."""
        assert self._facts.days is not None
        series = {column: column.sql for column in self._series}
        keys = {key: self._keys[key] for key in self._finest}
        by = [*series.values(), *keys.values()]
        ends = []
        for at, extent in enumerate(self._levels):
            for kind, (per, end) in enumerate(self._kinds):
                within = [*(series[column] for column in per), *(keys[key] for key in extent)]
                ends.append(
                    _end(day, end, None if len(within) == len(by) else within).label(f"end_{at}_{kind}")
                )
        statement = self._select(
            self._facts.days,
            *ends,
            *(column.label(f"per_{at}") for at, column in enumerate(series.values())),
            *(key.label(f"key_{at}") for at, key in enumerate(keys.values())),
        )
        return statement.group_by(*by) if by else statement


def _end(day: Column, end: str, within: Sequence[Expression] | None) -> Expression:
    """The last day of a group of facts, or the first; or that of all groups that are alike `within`."""
    if end == "last":
        last: Expression = sa.func.max(day.sql)
        return last if within is None else sa.func.max(last).over(partition_by=within)
    # The Unknown day, 0, is before all others, but never the first while there is another.
    first: Expression = sa.func.min(sa.func.nullif(day.sql, 0))
    return sa.func.coalesce(first if within is None else sa.func.min(first).over(partition_by=within), 0)


def _same(one: Expression, other: Expression) -> list[sa.ColumnElement[bool]]:
    """Null equals null. Postgres can look that up only with an equality beside it: 60 s without it, 1 s with it."""
    if isinstance(one, sa.Column) and not one.nullable:
        return [one == other]
    condition = one.is_not_distinct_from(other)
    if not isinstance(one.type, sa.Integer | sa.Text):
        return [condition]
    none = (
        sa.literal_column("-1", sa.Integer()) if isinstance(one.type, sa.Integer) else sa.literal_column("''")
    )
    return [sa.func.coalesce(one, none) == sa.func.coalesce(other, none), condition]


def _value(snapshot: Snapshot, counts: sa.ColumnElement[bool]) -> Expression:
    """Over the facts of the day that counts; nothing of a cell without any, null where there are no facts at all."""
    if snapshot.column is None:
        value: Expression = sa.func.count(sa.case((counts, sa.literal_column("1", sa.Integer()))))
    else:
        level: Expression = sa.case((counts, snapshot.column.sql))
        if snapshot.rate is not None:
            level = converted(level, snapshot.rate)
        total = total_of(level, snapshot.column)
        none = sa.literal(0, sa.Integer())
        value = total if snapshot.column.sql.nullable else sa.func.coalesce(total, none)
    return sa.case((sa.func.count() > 0, value))
