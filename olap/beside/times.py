"""Other times than a cell's own: what `compare`, `window` and `fill` mean for a drilldown and its cuts."""

from calendar import monthrange
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from olap.beside.parameters import Compare, Span, Window
from olap.conditions import AllOf, Values
from olap.errors import RequestError
from olap.physical import Column
from olap.plan import Attribute, Reach, Shift, Spine, Star
from olap.vocabulary import CubeModel, OfDay, PointCut, RangeCut, SetCut

LEVELS = {
    "year": Span(1, "year"),
    "quarter": Span(1, "quarter"),
    "month": Span(1, "month"),
    "day": Span(1, "day"),
    # Years of ISO weeks differ in length: 52 weeks keep the days of the week together.
    "isoyear": Span(52, "week"),
    "isoweek": Span(1, "week"),
    "isoweekday": Span(1, "day"),
    "fiscalyear": Span(1, "year"),
    "fiscalquarter": Span(1, "quarter"),
    "fiscalmonth": Span(1, "month"),
}
BELOW = ("day", "isoyear", "isoweek", "isoweekday")
"""Levels whose members are not made of whole months."""
MONTHS = {"month": 1, "quarter": 3, "year": 12}
DAYS = {"day": 1, "week": 7}


@dataclass(frozen=True)
class TimeDrill:
    """How the date is drilled: its hierarchy, and the attributes of its levels."""

    hierarchy: Any
    levels: Sequence[Any]
    attributes: tuple[Attribute, ...]


@dataclass(frozen=True)
class Compared:
    """What is compared: the drilldown, and the cuts of time dimensions in the cell and in the split. `where` makes
    those of the cell a condition."""

    drilldown: Any
    cuts: Sequence[Any]
    splits: Sequence[Any]
    where: Callable[[], AllOf]


def time_drill(model: CubeModel, drilldown: Any, *, asked: str) -> TimeDrill:
    """The one drilldown of a time dimension. Raises RequestError where there is none or several."""
    found = [item for item in drilldown if item.dimension.role == "time"]
    if len(found) != 1:
        known = ", ".join(each.name for each in model.cube().dimensions if each.role == "time")
        raise RequestError(
            f"{asked} needs one drilldown of a time dimension, not {len(found)}; known: {known}"
        )
    levels = found[0].levels
    refs = dict.fromkeys(attribute.ref for level in levels for attribute in level.attributes)
    return TimeDrill(found[0].hierarchy, levels, tuple(Attribute(ref, model.columns[ref]) for ref in refs))


def shift_of(model: CubeModel, compare: Compare, asked: Compared, values: Values, today: date) -> Shift:
    """How far the days lie apart that are compared. Raises RequestError where no date is drilled or cut."""
    drilled = [item for item in asked.drilldown if item.dimension.role == "time"]
    cuts = asked.cuts
    if not drilled and not cuts:
        raise RequestError("compare needs a time dimension that is drilled down or cut, for example date")
    hierarchy = drilled[0].hierarchy if drilled else cuts[0].hierarchy
    months, count = _distance(_span(compare, drilled, cuts), weeks=_of_weeks(hierarchy))
    day = _day(model, hierarchy)
    below = _below(drilled)
    every = any(not cut.invert and any(map(_is_below, _ends(cut))) for cut in cuts)
    exact = months and (every or bool(below))
    return Shift(
        day=day,
        months=months,
        by=values.slot(count),
        today=values.slot(today),
        own=_own(model, day, asked) if months else (),
        settled=any(last is not None and last <= today for last in map(_last_day, cuts)),
        back=values.slot(-count) if exact else None,
        below=below,
        every=every,
        where=asked.where() if exact else None,
    )


def _ends(cut: Any) -> Iterator[Any]:
    """The levels that the paths of a cut end with."""
    return (cut.hierarchy.levels[len(path) - 1] for path in _paths(cut) if path)


def _paths(cut: Any) -> Sequence[Any]:
    """The paths of a cut; those of a range are its ends, an open one has none."""
    match cut:
        case PointCut(path=path):
            return [path]
        case SetCut(paths=paths):
            return list(paths)
        case _:
            return [cut.from_path, cut.to_path]


def _is_below(level: Any) -> bool:
    return level.role in BELOW


def _below(drilled: Sequence[Any]) -> tuple[str, ...]:
    """What tells the days or weeks of a cell, where such are drilled."""
    levels = [level for item in drilled for level in item.levels if _is_below(level)]
    return tuple(dict.fromkeys(attribute.ref for level in levels for attribute in level.attributes))


def _own(model: CubeModel, day: Column, asked: Compared) -> tuple[Column, ...]:
    """What a day is beside its place in the calendar: Mondays a year ago were Mondays, not what are Mondays now. But a
    level of the time itself that is drilled, cut or split by goes with it."""
    levels = [level for item in asked.drilldown if item.dimension.role == "time" for level in item.levels]
    for cut in (*asked.cuts, *asked.splits):
        levels += cut.hierarchy.levels[: cut.level_depth()]
    times = {model.columns[attribute.ref] for level in levels for attribute in level.attributes}
    others = (each for each in model.cube().dimensions if each.role != "time")
    told = {model.cut_column(attribute.ref) for each in others for attribute in each.attributes}
    own = {column for column in told - times if column.table == day.table}
    return tuple(sorted(own, key=lambda each: each.name))


def _span(compare: Compare, drilled: Sequence[Any], cuts: Sequence[Any]) -> Span:
    if isinstance(compare.with_, Span):
        return compare.with_
    if compare.with_ == "year_ago":
        return Span(1, "year")
    if len(drilled) == 1:
        return LEVELS[drilled[0].levels[-1].role]
    span = _cut_span(cuts[0]) if len(cuts) == 1 and not drilled else None
    if span is None:
        raise RequestError(
            "compare=previous needs one drilldown or one cut of a time dimension, a point or a closed range; "
            "say how far back instead: year_ago, or a span such as 3 months"
        )
    return span


def _cut_span(cut: Any) -> Span | None:
    """How long a point or a closed range is, in units of its last level."""
    if cut.invert:
        return None
    if isinstance(cut, PointCut) and None not in cut.path:
        return LEVELS[cut.hierarchy.levels[len(cut.path) - 1].role]
    if not isinstance(cut, RangeCut) or len(cut.from_path or []) != len(cut.to_path or []):
        return None
    unit = LEVELS[cut.hierarchy.levels[len(cut.from_path) - 1].role]
    if isinstance(cut.from_path[-1], OfDay) != isinstance(cut.to_path[-1], OfDay):
        return None
    first, last = (first_day(cut.hierarchy, path) for path in (cut.from_path, cut.to_path))
    if unit.unit in MONTHS:
        months = (last.year - first.year) * 12 + last.month - first.month
        return Span(months // MONTHS[unit.unit] + 1, unit.unit)
    return Span((last - first).days + unit.count * DAYS[unit.unit], "day")


def _last_day(cut: Any) -> date | None:
    """The last day that the cut lets through; None where it does not say, or not by the calendar's years."""
    if cut.invert or cut.hierarchy.levels[0].role != "year":
        return None
    paths = [cut.to_path] if isinstance(cut, RangeCut) else _paths(cut)
    if not all(path and None not in path for path in paths):
        return None
    return max(_end_of(cut.hierarchy, path) for path in paths)


def _end_of(hierarchy: Any, path: Sequence[Any]) -> date:
    """The last day of a member of the calendar."""
    first, unit = first_day(hierarchy, path), LEVELS[hierarchy.levels[len(path) - 1].role].unit
    if unit == "day":
        return first
    month = first.month + MONTHS[unit] - 1
    return date(first.year, month, monthrange(first.year, month)[1])


def first_day(hierarchy: Any, path: Sequence[Any]) -> date:
    """The first day of a member; of fiscal ones a day as far from each other as theirs are."""
    if isinstance(path[-1], OfDay):
        return path[-1].day.replace(day=1)
    parts = {
        level.role.removeprefix("fiscal"): member
        for level, member in zip(hierarchy.levels, path, strict=False)
    }
    if "isoyear" in parts:
        return date.fromisocalendar(parts["isoyear"], parts.get("isoweek", 1), parts.get("isoweekday", 1))
    month = parts.get("month", parts.get("quarter", 1) * 3 - 2)
    return date(parts["year"], month, parts.get("day", 1))


def reach_of(
    model: CubeModel, window: Window, drill: TimeDrill, star: Star, where: AllOf, values: Values, today: date
) -> Reach:
    """Which facts count in each period: those of `star`, as far back as the window says. `where` are the cell's cuts of
    the time dimension."""
    day, known = _day(model, drill.hierarchy), values.slot(today)
    if window.span is not None:
        months, count = _distance(window.span, weeks=_of_weeks(drill.hierarchy))
        back: Literal["months", "days"] = "months" if months else "days"
        return Reach(star, day, drill.attributes, where, back, values.slot(-count), known)
    year = model.columns[drill.hierarchy.levels[0].key.ref] if window.kind == "to_date" else None
    return Reach(star, day, drill.attributes, where, year, None, known)


def spine_of(
    model: CubeModel, drill: TimeDrill, cuts: Sequence[Any], where: AllOf, values: Values, today: date
) -> Spine:
    """The periods that have to be there. `where` are the cell's cuts of the time dimension."""
    ends = [_closed(cut) for cut in cuts]
    return Spine(
        day=_day(model, drill.hierarchy),
        periods=drill.attributes,
        where=where,
        open_start=not any(start for start, _ in ends),
        open_end=not any(end for _, end in ends),
        today=values.slot(today),
    )


def _closed(cut: Any) -> tuple[bool, bool]:
    """Whether the cut says from when and until when."""
    if cut.invert:
        return False, False
    if isinstance(cut, PointCut | SetCut):
        return True, True
    return bool(cut.from_path), bool(cut.to_path)


def _distance(span: Span, *, weeks: bool) -> tuple[bool, int]:
    """Whether it is in months, else days; and how many."""
    if weeks and span.unit == "year":
        return False, span.count * 364
    if span.unit in MONTHS:
        return True, span.count * MONTHS[span.unit]
    return False, span.count * DAYS[span.unit]


def _of_weeks(hierarchy: Any) -> bool:
    return bool(hierarchy.levels[0].role == "isoyear")


def _day(model: CubeModel, hierarchy: Any) -> Column:
    """The column of the day itself, beside those of the hierarchy's levels."""
    return Column(model.columns[hierarchy.levels[0].key.ref].table, "on_date")
