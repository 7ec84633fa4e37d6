"""What is shown beside the aggregates, over a rollup: totals, first members and shares are of its cells, other times
too where it keeps single days, or months and no part of one is asked for."""

from collections.abc import Iterable
from dataclasses import replace

from olap.physical import Column
from olap.plan import Beside, Kept, Ranking, Reach, Shift, Spine
from olap.rollups.over import NotHere, Over

MONTH = {"year", "month"}
"""What tells a month of the calendar."""

OF_MONTHS = {"year", "quarter", "month"}
"""What follows from a month, or tells it."""


def whole_months(beside: Beside | None) -> bool:
    """Whether months can tell all other times: no part of one is compared with another, nor does a window begin in it.

    The running month is compared with the first days of another one.
    """
    shift, reach = (None, None) if beside is None else (beside.shift, beside.reach)
    compared = shift is None or _of_months(shift)
    return compared and (reach is None or reach.back != "days")


def beside_over(at: Over, beside: Beside, columns: Iterable[Column]) -> Beside:
    """The same beside cells; `columns` are those that the facts are grouped by. Raises NotHere."""
    for node in (beside, *beside.conditions):
        at.check(node)
    return replace(
        beside,
        ranking=None if beside.ranking is None else _ranking(at, beside.ranking),
        shift=None if beside.shift is None else _shift(at, beside.shift),
        spine=None if beside.spine is None else replace(beside.spine, kept=_kept(at, beside.spine)),
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


def _shift(at: Over, shift: Shift) -> Shift:
    """A month is compared with a month."""
    kept = _kept(at, shift)
    if kept and not _of_months(shift):
        raise NotHere("it keeps months, and parts of them may be compared")
    return replace(shift, kept=kept)


def _of_months(shift: Shift) -> bool:
    """Whether whole months are compared alone."""
    return shift.months and shift.settled and shift.back is None


def _reach(at: Over, reach: Reach, columns: Iterable[Column]) -> Reach:
    """The facts of a window are those of another cell, on the way to the calendar."""
    kept = _kept(at, reach)
    if kept and reach.back == "days":
        raise NotHere("it keeps months, and the window begins within one")
    elsewhere = Over(at.rollup, reach.star.joins)
    read = {*columns} if kept else {*columns, reach.day}
    return replace(reach, star=elsewhere.star(reach.star, read), kept=kept)


def _kept(at: Over, times: Shift | Reach | Spine) -> Kept:
    """What tells the months of its cells; nothing where they are of single days. Raises NotHere for other periods."""
    at.check(times)
    kept = {key: own for key, own in at.rollup.keys.items() if key.table == times.day.table}
    if not kept:
        at.column(times.day)
    elif not {key.name for key in kept} >= MONTH:
        raise NotHere("it keeps periods, and other times are told by single days or months")
    return tuple(kept.items())
