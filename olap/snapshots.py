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
        snapshots = {part for part in parts if isinstance(part, Snapshot)}
        kinds = sorted({(each.day, each.per, each.end) for each in snapshots})
        self._ends = {
            (extent, *kind): self._days(extent, *kind).subquery(f"end_{at}_{place}")
            for at, extent in enumerate(self._levels)
            for place, kind in enumerate(kinds)
        }

    @property
    def ends(self) -> list[sa.Subquery]:
        """The days that count, one table for each kind of time."""
        return list(self._ends.values())

    def joined(self, statement: sa.Select[Any]) -> sa.Select[Any]:
        """The statement with the day that counts beside each fact of it. No fact comes twice or is lost."""
        for (extent, day, per, _), ends in self._ends.items():
            same = [
                day.sql == ends.c.day,
                *(column.sql == ends.c[f"per_{at}"] for at, column in enumerate(per)),
                *(
                    condition
                    for at, key in enumerate(extent)
                    for condition in _same(self._keys[key], ends.c[f"key_{at}"])
                ),
            ]
            statement = statement.join(ends, sa.and_(*same), isouter=True)
        return statement.where(sa.literal_column(BY_HASH, sa.Boolean())) if self._ends else statement

    def value(self, snapshot: Snapshot) -> Expression:
        """The snapshot over a group of facts; null of none."""
        found = {
            extent: _value(snapshot, self._ends[extent, snapshot.day, snapshot.per, snapshot.end])
            for extent in self._levels
        }
        if len(found) == 1:
            return next(iter(found.values()))
        return sa.case(*((sa.or_(*here), found[extent]) for extent, here in self._levels.items()))

    def _days(self, extent: Extent, day: Column, per: tuple[Column, ...], end: str) -> sa.Select[Any]:
        """The day that counts for each time, and for each series of facts."""
        assert self._facts.days is not None
        # The Unknown day, 0, is before all others, but never the first while there is another.
        first = sa.func.coalesce(sa.func.min(sa.func.nullif(day.sql, 0)), 0)
        of = sa.func.max(day.sql) if end == "last" else first
        keys = [self._keys[key] for key in extent]
        series = [column.sql for column in per]
        statement = self._select(
            self._facts.days,
            of.label("day"),
            *(column.label(f"per_{at}") for at, column in enumerate(series)),
            *(key.label(f"key_{at}") for at, key in enumerate(keys)),
        )
        return statement.group_by(*series, *keys) if series or keys else statement


def _same(one: Expression, other: Expression) -> list[sa.ColumnElement[bool]]:
    """Null equals null. Postgres can look that up only with an equality beside it: 60 s without it, 1 s with it."""
    condition = one.is_not_distinct_from(other)
    if not isinstance(one.type, sa.Integer | sa.Text):
        return [condition]
    none = (
        sa.literal_column("-1", sa.Integer()) if isinstance(one.type, sa.Integer) else sa.literal_column("''")
    )
    return [sa.func.coalesce(one, none) == sa.func.coalesce(other, none), condition]


def _value(snapshot: Snapshot, ends: sa.Subquery) -> Expression:
    """Over the facts of the day that counts; nothing of a cell without any, null where there are no facts at all."""
    counts = ends.c.day.is_not(None)
    if snapshot.column is None:
        value: Expression = sa.func.count(ends.c.day)
    else:
        level: Expression = sa.case((counts, snapshot.column.sql))
        if snapshot.rate is not None:
            level = converted(level, snapshot.rate)
        total = total_of(level, snapshot.column)
        none = sa.literal(0, sa.Integer())
        value = total if snapshot.column.sql.nullable else sa.func.coalesce(total, none)
    return sa.case((sa.func.count() > 0, value))
