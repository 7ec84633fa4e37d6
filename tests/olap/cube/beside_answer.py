"""What a question with other things beside its aggregates should be answered with, in plain Python."""

import operator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from olap import star
from tests.olap.cube.beside_oracle import (
    Days,
    Fact,
    Key,
    aggregates,
    as_of,
    as_of_days,
    days_of_window,
    first_members,
    grouped,
    key_of,
    levels_of_totals,
    once_each,
    quotient,
    shifted,
    shown_beside,
)
from tests.olap.cube.beside_questions import (
    CUTS_OF_DAYS,
    DATE_CUTS,
    DAYS,
    FACTS,
    NOW,
    SPANS,
    Asked,
    dimension,
)

OPERATORS = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
    "!=": operator.ne,
}


BEGIN = date(2010, 11, 1)
"""Before the first fact."""


class Answer:
    """What the question should be answered with: for each row its mark, whether it is others, its key, its values."""

    def __init__(self, asked: Asked) -> None:
        self.asked, self.drilled = asked, asked.drilled
        self.low, self.high = DATE_CUTS[asked.cut]
        self.known = self._traits(FACTS, asked.once.get("asof", "event"))
        self.facts = _pounds(self.known)
        self.own = [fact for fact in self.facts if self._within(fact)]
        self.days = [fact for fact in self.known if self._within(fact)]
        # All cells ask the same of the facts: these go through them once.
        self.cells, self.moved, self.beside = cache(self._cells), cache(self._moved), cache(self._beside)
        self.times, self.lines, self.window = cache(self._times), cache(self._lines), cache(self._windowed)
        self.first = self._first()

    def _traits(self, facts: list[Fact], asof: str) -> list[Fact]:
        if asof == "event":
            return facts
        moment = None
        if asof != "now":
            moment = datetime.combine(date.fromisoformat(asof) + timedelta(days=1), datetime.min.time(), UTC)
        facts = as_of(facts, "customer", dimension(star.customer), moment)
        for table in filter(star.is_daily, star.DIMENSIONS):
            facts = as_of_days(facts, table.name, dimension(table), moment)
        return as_of(facts, "product", dimension(star.product), moment)

    def _within(self, fact: Fact) -> bool:
        day = fact["date.on_date"]
        return self.low <= day <= self.high if day is not None else not self.asked.cut

    def _first(self) -> set[Key] | None:
        if "top" not in self.asked.once:
            return None
        by, descending = self.asked.by or ("net_revenue", True)
        last = self.drilled[-1]
        by_day = grouped(self.days, key_of((last,))) if last.name == "date" else {}
        days, whole = {key: Days(facts) for key, facts in by_day.items()}, Days(self.days)
        members = {
            key: aggregates(rows, days.get(key, whole))
            for key, rows in grouped(self.own, key_of((last,))).items()
        }
        able = {key: row[by] for key, row in members.items() if self.asked.having is None or self._holds(row)}
        return first_members(able, int(self.asked.once["top"].split(",")[0]), descending=descending)

    def _holds(self, values: dict[str, Any]) -> bool:
        name, sign, number = self.asked.having or ("", "", 0)
        return values[name] is not None and OPERATORS[sign](values[name], number)

    def cell(self, fact: Fact, kept: tuple[int, ...]) -> Key:
        """Whether the fact is of the others (None where that is rolled up), then the key of its cell."""
        if self.first is None:
            return (None, *key_of(self.drilled, kept)(fact))
        last = self.drilled[-1]
        if not kept[-1]:
            return (None, *key_of(self.drilled, kept)(fact))
        member = key_of((last,))(fact)
        among = member in self.first
        shown = member if among else (None,) * len(member)
        return (not among, *key_of(self.drilled[:-1], kept[:-1])(fact), *shown)

    def rows(self) -> dict[tuple[Any, ...], dict[str, Any]]:
        once, whole = self.asked.once, tuple(len(each.levels) for each in self.drilled)
        sets = levels_of_totals(self.drilled) if "totals" in once else [whole, (0,) * len(whole)]
        found: dict[tuple[Any, ...], dict[str, Any]] = {}
        for kept in sets:
            cells = dict(self.cells(kept)) if any(kept) else {self.cell(FACTS[0], kept): self.own}
            if kept == whole and "fill" in once:
                for key in self._spine(kept):
                    cells.setdefault(key, [])
            for key in self.beside(kept) if "compare" in once else ():
                cells.setdefault(key, [])
            for key, facts in cells.items():
                found[kept, key] = self._values(kept, key, facts)
        condition = self.asked.having is not None and self.first is None
        hidden = self.first is not None and "others" not in once["top"]
        return {
            (kept, key): row
            for (kept, key), row in found.items()
            if not (condition and kept == whole and not self._holds(row)) and not (hidden and key[0] is True)
        }

    def _values(self, kept: tuple[int, ...], key: Key, facts: list[Fact]) -> dict[str, Any]:
        once = self.asked.once
        own = aggregates(facts, self._time(kept, key))
        compared = self._compared(kept, key) if "compare" in once else {}
        window = self._window(kept, key) if "window" in once else {}
        parent = self._parent(kept, key) if "share" in once else {}
        row: dict[str, Any] = {}
        for name, value in own.items():
            row[name] = value
            if compared:
                then = compared[name]
                row[f"{name}__compared"] = then
                row[f"{name}__change"] = None if None in (value, then) else value - then
                row[f"{name}__change_rate"] = quotient(row[f"{name}__change"], then)
            if "window" in once:
                row[f"{name}__window"] = window.get(name)
            if parent and name not in {"aov", "margin_rate", "closing_share"}:
                row[f"{name}__share"] = quotient(value, parent[name])
        return row

    def _cells(self, kept: tuple[int, ...]) -> dict[Key, list[Fact]]:
        return grouped(self.own, lambda fact: self.cell(fact, kept))

    def _times(self, timed: tuple[int, ...], moved: tuple[int, ...] | None) -> dict[Key, Days]:
        facts = self.days if moved is None else self.moved(moved)
        return {key: Days(found) for key, found in grouped(facts, lambda f: self.cell(f, timed)).items()}

    def _time(self, kept: tuple[int, ...], key: Key, *, moved: bool = False) -> Days:
        """The facts of the time of a cell, whatever its other keys are; `moved`, of what it is compared with."""
        timed = tuple(
            depth if each.name == "date" else 0 for each, depth in zip(self.drilled, kept, strict=True)
        )
        refs = [each.name == "date" for each in self.drilled for _ in each.refs]
        others = key[0] if self.drilled[-1].name == "date" else None
        wanted = (others, *(part if is_time else None for is_time, part in zip(refs, key[1:], strict=True)))
        return self.times(timed, kept if moved else None).get(wanted, Days([]))

    def _exact(self, kept: tuple[int, ...]) -> bool:
        """Whether cells are compared with exactly the days so long before: where they are of days or of weeks."""
        if self.asked.cut in CUTS_OF_DAYS:
            return True
        place = self.asked.time
        if place is None or not kept[place]:
            return False
        _, along, deepest = self.asked.drills[place]
        of_days = deepest == "day" and kept[place] == len(self.drilled[place].levels)
        return along == "iso" or of_days

    def _moved(self, kept: tuple[int, ...]) -> list[Fact]:
        """The facts that others are compared with, as if they had been on the days of the cell."""
        count, unit = self._back()
        if not self._exact(kept):
            return [fact for fact in shifted(self.known, count, unit, NOW.date()) if self._within(fact)]
        days = [row["date.on_date"] for row in DAYS if BEGIN <= row["date.on_date"] <= NOW.date()]
        moved = shown_beside(self.known, count, unit, days)
        return [fact for fact in moved if self._within(fact)]

    def _beside(self, kept: tuple[int, ...]) -> dict[Key, list[Fact]]:
        """The facts that others are compared with, by their cells."""
        return grouped(_pounds(self.moved(kept)), lambda fact: self.cell(fact, kept))

    def _back(self) -> tuple[int, str]:
        text = self.asked.once["compare"]
        weeks = self.asked.time is not None and self.asked.drills[self.asked.time][1] == "iso"
        if text == "previous":
            assert self.asked.time is not None
            count, unit = SPANS[self.asked.drills[self.asked.time][2]]
        else:
            count, unit = (
                (1, "year") if text == "year_ago" else (int(text.split()[0]), text.split()[1].rstrip("s"))
            )
        if weeks and unit == "year":
            count, unit = 52 * count, "week"
        return count, unit

    def _compared(self, kept: tuple[int, ...], key: Key) -> dict[str, Any]:
        facts = once_each(self.beside(kept).get(key, []))
        return aggregates(facts, self._time(kept, key, moved=True))

    def _window(self, kept: tuple[int, ...], key: Key) -> dict[str, Any]:
        place = self.asked.time
        assert place is not None
        time = self.drilled[place]
        if kept[place] < len(time.levels):
            return {}
        columns = tuple(time.columns[ref] for ref in time.refs)
        start = 1 + sum(len(each.refs) for each in self.drilled[:place])
        period, end = key[start : start + len(columns)], start + len(columns)
        if None in period:
            return aggregates([], Days([]))
        first, last, days = self.window(period, columns)
        line = self.lines(kept, start, end).get((key[:start], key[end:]), [])
        return aggregates([fact for fact in line if _between(first, fact, last)], days)

    def _windowed(self, period: Key, columns: tuple[str, ...]) -> tuple[date, date, Days]:
        """The first and the last day of a period's window, and the facts of these days."""
        window = self.asked.once["window"]
        first, last = days_of_window(window, period, columns, DAYS, columns[0])
        facts = self.days if window == "cumulative" else self.known
        return first, last, Days([fact for fact in facts if _between(first, fact, last)])

    def _lines(self, kept: tuple[int, ...], start: int, end: int) -> dict[Key, list[Fact]]:
        """The facts that windows are made of, by the keys before and behind those of the time."""
        facts = self.own if self.asked.once["window"] == "cumulative" else self.facts

        def line(fact: Fact) -> Key:
            cell = self.cell(fact, kept)
            return cell[:start], cell[end:]

        return grouped(facts, line)

    def _parent(self, kept: tuple[int, ...], key: Key) -> dict[str, Any]:
        of = self.asked.once["share"]
        above = tuple(
            0 if of == "total" else max(depth - 1, 0) if each.name == of else depth
            for each, depth in zip(self.drilled, kept, strict=True)
        )
        refs = [
            (place, depth)
            for place, each in enumerate(self.drilled)
            for depth, lv in enumerate(each.levels)
            for _ in lv
        ]
        rolled = [depth >= above[place] for place, depth in refs]
        others = key[0] if above[-1] or self.first is None else None
        wanted = (others, *(None if gone else part for gone, part in zip(rolled, key[1:], strict=True)))
        return aggregates(self.cells(above).get(wanted, []), self._time(above, wanted))

    def _spine(self, kept: tuple[int, ...]) -> list[Key]:
        place = self.asked.time
        known = [fact["date.on_date"] for fact in self.own if fact["date.on_date"] is not None]
        if place is None:
            return []
        last = max([NOW.date(), *known]) if self.asked.cut else max(known, default=date.min)
        low = self.low if self.asked.cut else min(known, default=date.max)
        days = [day for day in DAYS if low <= day["date.on_date"] <= min(self.high, last)]
        start = 1 + sum(len(each.refs) for each in self.drilled[:place])
        end = start + len(self.drilled[place].refs)
        others = {(cell[:start], cell[end:]) for cell in (self.cell(fact, kept) for fact in self.own)}
        if len(self.drilled) == 1:
            others = {((None,), ())}
        time = self.drilled[place]
        periods = {tuple(day[time.columns[ref]] for ref in time.refs) for day in days}
        return [(*before, *period, *after) for before, after in others for period in periods]


def _between(first: date, fact: Fact, last: date) -> bool:
    day = fact["date.on_date"]
    return day is not None and first <= day <= last


def _pounds(facts: list[Fact]) -> list[Fact]:
    return [fact for fact in facts if fact["currency.code"] == "GBP"]
