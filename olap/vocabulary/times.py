"""Relative times (`today`, `3monthsago`, `lastquarter`) as paths of a date hierarchy.

A day (`today`, `2weeksago`) is a day. A whole unit (`lastmonth`, `next2weeks`) is that unit: the month before this
one, the week after the next. The package takes the unit's first day instead, and fails on weeks.

Where a fiscal year begins is the company's to say, and the calendar of the star knows: along fiscal levels a relative
time stays a word with a day, and means the members that hold that day.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Self

from olap.errors import RequestError

NAMED = {"today": 0, "yesterday": -1, "tomorrow": 1}
UNIT = "hour|day|week|month|quarter|year"
DAY = re.compile(rf"(?P<count>\d{{0,5}})(?P<unit>{UNIT})s?(?P<direction>ago|forward)")
WHOLE = re.compile(rf"(?P<direction>last|next)(?P<count>\d{{0,5}})(?P<unit>{UNIT})s?")
MONTHS = {"month": 1, "quarter": 3, "year": 12}
FISCAL = {"fiscalyear": "year", "fiscalquarter": "quarter", "fiscalmonth": "month"}
LEVEL_ROLES = {"year": "year", "quarter": "quarter", "month": "month", "week": "isoweek"}


class OfDay(str):
    """The member of a level that holds the day; as text the words that said so."""

    __slots__ = ("day",)
    day: date

    def __new__(cls, word: str, day: date) -> Self:
        made = super().__new__(cls, word)
        made.day = day
        return made


@dataclass(frozen=True)
class Period:
    """Days from `first` to `last`, both in; `role` is that of the level whose member this is, None for days. `word`
    is what said so, and `moved` today as many units away."""

    first: date
    last: date
    role: str | None = None
    word: str = ""
    moved: date | None = None

    def whole_path(self, hierarchy: Any) -> "list[Any] | None":
        """The path of the member that is this period, or None where the hierarchy has no such member."""
        roles = [level.role for level in hierarchy.levels]
        if is_fiscal(hierarchy):
            return self._fiscal_path(roles)
        if self.role is None:
            return self.path(hierarchy) if self.first == self.last else None
        return day_path(hierarchy, self.first)[: roles.index(self.role) + 1] if self.role in roles else None

    def path(self, hierarchy: Any, *, last: bool = False) -> list[Any]:
        """The path down to the last level that holds the first day of the period, or the last one."""
        day = self.last if last else self.first
        return (
            [OfDay(self.word, day)] * len(hierarchy.levels)
            if is_fiscal(hierarchy)
            else day_path(hierarchy, day)
        )

    def _fiscal_path(self, roles: list[str]) -> list[OfDay] | None:
        units = [FISCAL[role] for role in roles]
        if self.moved is None:
            return [OfDay(self.word, self.first)] * len(units) if self.first == self.last else None
        return [OfDay(self.word, self.moved)] * (units.index(self.role) + 1) if self.role in units else None


def is_fiscal(hierarchy: Any) -> bool:
    """Whether its levels are those of the company's fiscal year."""
    return hierarchy.levels[0].role in FISCAL


def period_of(word: object, now: datetime) -> Period | None:
    """What the word means at `now`, None for no relative time. Raises RequestError outside the years 1-9999, and for
    the last or next none of its units."""
    if not isinstance(word, str):
        return None
    if word in NAMED:
        day = now.date() + timedelta(days=NAMED[word])
        return Period(day, day, word=word)
    try:
        if matched := DAY.fullmatch(word):
            day = _moved(now, matched["unit"], _count(matched)).date()
            return Period(day, day, word=word)
        if matched := WHOLE.fullmatch(word):
            return _unit(now, word, matched["unit"], _count(matched))
    except (ValueError, OverflowError):
        raise RequestError(f"the time {word!r} lies outside the years 1 to 9999") from None
    return None


def day_path(hierarchy: Any, day: date) -> list[int]:
    """The path of a day down to the last level of the hierarchy."""
    iso = day.isocalendar()
    parts = {
        "year": day.year,
        "quarter": (day.month + 2) // 3,
        "month": day.month,
        "day": day.day,
        "isoyear": iso.year,
        "isoweek": iso.week,
        "isoweekday": iso.weekday,
    }
    return [parts[level.role] for level in hierarchy.levels]


def days(period: Period) -> list[date]:
    """Each day of the period."""
    return [period.first + timedelta(days=offset) for offset in range((period.last - period.first).days + 1)]


def _count(matched: re.Match[str]) -> int:
    count = int(matched["count"] or 1)
    if count == 0 and matched.re is WHOLE:
        word = matched[0]
        raise RequestError(f"the time {word!r} counts no units; say lastmonth for one, last2months for two")
    return -count if matched["direction"] in {"ago", "last"} else count


def _moved(moment: datetime, unit: str, count: int) -> datetime:
    """`count` units later; the 31st becomes the last day of a shorter month."""
    if unit not in MONTHS:
        return (
            moment
            + {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}[unit] * count
        )
    months = moment.year * 12 + moment.month - 1 + MONTHS[unit] * count
    year, month = months // 12, months % 12 + 1
    return moment.replace(year=year, month=month, day=min(moment.day, calendar.monthrange(year, month)[1]))


def _unit(now: datetime, word: str, unit: str, count: int) -> Period:
    moved = _moved(now, unit, count).date()
    if unit in {"hour", "day"}:
        return Period(moved, moved, word=word)
    first = _moved(_start(now, unit), unit, count)
    last = _moved(first, unit, 1) - timedelta(days=1)
    return Period(first.date(), last.date(), LEVEL_ROLES[unit], word, moved)


def _start(now: datetime, unit: str) -> datetime:
    if unit == "week":
        return now - timedelta(days=now.weekday())
    months = MONTHS[unit]
    return now.replace(day=1, month=(now.month - 1) // months * months + 1)
