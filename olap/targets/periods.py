"""Of which days a row of an answer is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from olap.beside.parameters import Span
from olap.beside.times import LEVELS, first_day
from olap.vocabulary import PointCut, RangeCut

MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True)
class Days:
    """first <= day < after; an end that nobody said is the calendar's."""

    first: date = date.min
    after: date = date.max

    def within(self, other: "Days") -> "Days":
        """The days that are in both."""
        return Days(max(self.first, other.first), min(self.after, other.after))


def days_of_cuts(cuts: Sequence[Any]) -> Days | None:
    """Those that the cuts of the time leave; None where they are not in a row."""
    found = Days()
    for cut in cuts:
        days = _of_cut(cut)
        if days is None:
            return None
        found = found.within(days)
    return found


def days_of_path(hierarchy: Any, path: Sequence[Any]) -> Days | None:
    """Those of the member at the end of a path; None for an Unknown one."""
    if None in path or any(level.role not in LEVELS for level in hierarchy.levels):
        return None
    first = first_day(hierarchy, path)
    span = _weeks_of_year(first) if hierarchy.levels[len(path) - 1].role == "isoyear" else None
    return Days(first, _after(first, span or LEVELS[hierarchy.levels[len(path) - 1].role]))


def _of_cut(cut: Any) -> Days | None:
    if cut.invert:
        return None
    if isinstance(cut, PointCut):
        return days_of_path(cut.hierarchy, cut.path)
    if not isinstance(cut, RangeCut):
        return None
    ends = [
        Days() if not path else days_of_path(cut.hierarchy, path) for path in (cut.from_path, cut.to_path)
    ]
    return None if None in ends else Days(ends[0].first, ends[1].after)  # type: ignore[union-attr]  # neither is


def _after(first: date, span: Span) -> date:
    if span.unit in MONTHS:
        # The first day of a month, a quarter or a year.
        months = first.year * 12 + first.month - 1 + span.count * MONTHS[span.unit]
        return date(months // 12, months % 12 + 1, first.day)
    return first + timedelta(days=span.count * {"day": 1, "week": 7}[span.unit])


def _weeks_of_year(first: date) -> Span:
    year = first.isocalendar().year
    return Span(date(year, 12, 28).isocalendar().week, "week")
