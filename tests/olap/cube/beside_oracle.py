"""What stands beside a cell's aggregates, counted anew in plain Python: for each thing the facts that it is made of."""

import calendar
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import product
from typing import Any

Fact = dict[str, Any]
Key = tuple[Any, ...]

MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True)
class Drilled:
    """A dimension that is drilled down: the references of each of its levels, and the column of each reference."""

    name: str
    levels: tuple[tuple[str, ...], ...]
    columns: dict[str, str]

    @property
    def refs(self) -> tuple[str, ...]:
        return tuple(ref for level in self.levels for ref in level)


class Days:
    """The facts of a time, and its last days, found once for all of its cells."""

    def __init__(self, facts: list[Fact]) -> None:
        self.facts = facts

    @cached_property
    def last(self) -> int:
        return max(self._keys)

    @cached_property
    def first(self) -> int:
        return min((key for key in self._keys if key), default=0)

    @cached_property
    def _keys(self) -> list[int]:
        return [row["sales.date_key"] for row in self.facts]

    @cached_property
    def last_of(self) -> dict[int, int]:
        """The last day of each customer."""
        found: dict[int, int] = {}
        for row in self.facts:
            customer = row["sales.customer_id"]
            found[customer] = max(found.get(customer, 0), row["sales.date_key"])
        return found


def aggregates(facts: Iterable[Fact], days: Days) -> dict[str, Any]:
    """Of each kind one or two: sums, a sum that may be unknown, counts, distinct counts, ratios, levels.

    `days` are the facts of the cell's time, whatever else is cut or drilled: among them are the last days of levels.
    """
    rows = list(facts)
    closing, held, opening = levels(rows, days)
    sold = [row for row in rows if row["line_kind.kind"] == "sale"]
    costed = [row for row in rows if row["sales.margin"] is not None]
    revenue = sum((row["sales.net_revenue"] for row in rows), Decimal(0))
    margin = sum((row["sales.margin"] for row in costed), Decimal(0)) if costed else None
    orders = len({row["sales.order_id"] for row in sold})
    return {
        "net_revenue": revenue,
        "margin": margin,
        "lines": len(rows),
        "orders": orders,
        "customers": len({row["sales.customer_id"] for row in rows} - {0}),
        "aov": quotient(revenue, orders),
        "margin_rate": quotient(margin, sum((row["sales.net_revenue"] for row in costed), Decimal(0))),
        "closing": closing,
        "held": held,
        "opening": opening,
        "closing_share": quotient(closing, revenue),
    }


def levels(rows: list[Fact], days: Days) -> tuple[Any, Any, Any]:
    """Revenue of the last day, units of each customer's last day, lines of the first day; unknown without facts."""
    if not rows:
        return None, None, None
    last, first = days.last, days.first
    ended = [row for row in rows if row["sales.date_key"] == days.last_of[row["sales.customer_id"]]]
    return (
        sum((row["sales.net_revenue"] for row in rows if row["sales.date_key"] == last), Decimal(0)),
        sum((row["sales.quantity"] for row in ended), Decimal(0)),
        sum(1 for row in rows if row["sales.date_key"] == first),
    )


def quotient(numerator: Any, denominator: Any) -> float | None:
    return None if numerator is None or not denominator else float(numerator) / float(denominator)


def later(day: date, count: int, unit: str) -> date:
    """The day so many units after another; the 31st becomes the last day of a shorter month."""
    if unit not in MONTHS:
        return day + timedelta(days=count * {"day": 1, "week": 7}[unit])
    months = day.year * 12 + day.month - 1 + count * MONTHS[unit]
    year, month = months // 12, months % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def on(fact: Fact, day: date | None) -> Fact:
    """The fact as if it had been on another day."""
    if day is None:
        return {**fact, **{name: None for name in fact if name.startswith("date.")}}
    iso = day.isocalendar()
    parts = {
        "on_date": day,
        "year": day.year,
        "quarter": (day.month + 2) // 3,
        "month": day.month,
        "day": day.day,
        "iso_year": iso.year,
        "iso_week": iso.week,
        "weekday": iso.weekday,
    }
    return {**fact, **{f"date.{name}": value for name, value in parts.items()}}


def shifted(facts: Iterable[Fact], count: int, unit: str, today: date) -> list[Fact]:
    """The facts on the days that they are compared with."""
    moved = ((fact, fact["date.on_date"]) for fact in facts)
    days = ((fact, later(day, count, unit)) for fact, day in moved if day is not None)
    return [on(fact, day) for fact, day in days if day <= today]


def shown_beside(facts: Iterable[Fact], count: int, unit: str, days: Iterable[date]) -> list[Fact]:
    """The facts of each of these days' own day so long before; a fact comes as often as days lie beside its own."""
    then = {day: later(day, -count, unit) for day in days}
    known = grouped(facts, lambda fact: (fact["date.on_date"],))
    return [on(fact, day) for day, other in then.items() for fact in known.get((other,), [])]


def once_each(facts: Iterable[Fact]) -> list[Fact]:
    """Each fact one time, on whichever day."""
    return list({fact["sales.line_id"]: fact for fact in facts}.values())


def as_of(facts: Iterable[Fact], table: str, rows: list[Fact], moment: datetime | None) -> list[Fact]:
    """The facts with the traits that their members have now, or had at a moment; null where they had none."""
    whose = {row[f"{table}.{table}_key"]: row[f"{table}.{table}_id"] for row in rows}
    there = {row[f"{table}.{table}_id"]: row for row in rows if _meant(row, table, moment)}
    none = dict.fromkeys(rows[0])
    return [{**fact, **there.get(whose[fact[f"sales.{table}_key"]], none)} for fact in facts]


def as_of_days(facts: Iterable[Fact], table: str, rows: list[Fact], moment: datetime | None) -> list[Fact]:
    """As `as_of` what a table tells of customers by days."""
    there = {row[f"{table}.customer_id"]: row for row in rows if _meant(row, table, moment)}
    none = dict.fromkeys(rows[-1])
    return [{**fact, **there.get(fact["sales.customer_id"], none)} for fact in facts]


def _meant(row: Fact, table: str, moment: datetime | None) -> bool:
    if moment is None:
        return bool(row[f"{table}.is_current"])
    start, end = row[f"{table}.valid_from"], row[f"{table}.valid_to"]
    return (start is None or start < moment) and (end is None or end >= moment)


def grouped(facts: Iterable[Fact], key: Callable[[Fact], Key]) -> dict[Key, list[Fact]]:
    groups: dict[Key, list[Fact]] = {}
    for fact in facts:
        groups.setdefault(key(fact), []).append(fact)
    return groups


def key_of(drilled: tuple[Drilled, ...], kept: tuple[int, ...] | None = None) -> Callable[[Fact], Key]:
    """The key of a fact's cell; of each dimension only the first `kept` levels, `None` in place of the others."""

    columns = [
        each.columns[ref] if kept is None or depth < kept[place] else None
        for place, each in enumerate(drilled)
        for depth, level in enumerate(each.levels)
        for ref in level
    ]
    return lambda fact: tuple(None if column is None else fact[column] for column in columns)


def levels_of_totals(drilled: tuple[Drilled, ...]) -> list[tuple[int, ...]]:
    """How many levels of each dimension a row may keep."""
    return list(product(*(range(len(each.levels), -1, -1) for each in drilled)))


def first_members(groups: dict[Key, Any], size: int, *, descending: bool) -> set[Key]:
    """The members that come first by their values; equal ones in the order of their keys."""

    def place(key: Key) -> tuple[Any, ...]:
        value = groups[key]
        rank = (1, 0) if value is None else (0, -value if descending else value)
        return (rank, tuple((part is None, "" if part is None else part) for part in key))

    return set(sorted(groups, key=place)[:size])


def days_of_window(
    window: str, period: Key, keys: tuple[str, ...], days: list[Fact], year: str
) -> tuple[date, date]:
    """From which day to which the window of a period reaches."""
    mine = [day for day in days if tuple(day[key] for key in keys) == period]
    last = max(day["date.on_date"] for day in mine)
    if window == "cumulative":
        return date.min, last
    if window == "to_date":
        return min(day["date.on_date"] for day in days if day[year] == mine[0][year]), last
    _, count, unit = window.split(" ")
    return later(last + timedelta(days=1), -int(count), unit.rstrip("s")), last
