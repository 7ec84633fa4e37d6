"""What is shown beside the aggregates, over a rollup: totals, first members and shares are of its cells, other times
too where it keeps single days."""

from collections.abc import Iterable
from dataclasses import replace

from olap.physical import Column
from olap.plan import Beside, Ranking, Reach
from olap.rollups.over import NotHere, Over


def beside_over(at: Over, beside: Beside, columns: Iterable[Column]) -> Beside:
    """The same beside cells; `columns` are those that the facts are grouped by. Raises NotHere."""
    for node in (beside, *beside.conditions):
        at.check(node)
    for times in (beside.shift, beside.reach, beside.spine):
        if times is not None:
            at.check(times)
            _require_days(at, times.day)
    return replace(
        beside,
        ranking=None if beside.ranking is None else _ranking(at, beside.ranking),
        reach=None if beside.reach is None else _reach(at, beside.reach, columns),
    )


def _ranking(at: Over, ranking: Ranking) -> Ranking:
    for node in (ranking, *ranking.conditions):
        at.check(node)
    return replace(
        ranking,
        by=at.formula(ranking.by),
        formulas=tuple((name, at.formula(formula)) for name, formula in ranking.formulas),
    )


def _reach(at: Over, reach: Reach, columns: Iterable[Column]) -> Reach:
    """The facts of a window are those of another cell, on the way to the calendar."""
    elsewhere = Over(at.rollup, reach.star.joins)
    return replace(reach, star=elsewhere.star(reach.star, {*columns, reach.day}))


def _require_days(at: Over, day: Column) -> None:
    """A period of a rollup cannot be moved, nor can it be a part of another."""
    if any(key.table == day.table for key in at.rollup.keys):
        raise NotHere("it keeps periods, and other times are told by single days")
    at.column(day)
