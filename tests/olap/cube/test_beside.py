"""Random questions with totals, first members, conditions, other times, shares: each engine counts as plain Python."""

import operator
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from domain.postgres import Server
from olap import ask, star
from olap.ask import Engine
from olap.plan import NONE
from olap.request import aggregate_request
from tests.olap.cube.beside_oracle import (
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
    LEVELED,
    NOW,
    ROWS,
    SPANS,
    Asked,
    dimension,
    questions,
)
from tests.olap.engines.stars import engines

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
        days = grouped(self.days, key_of((last,))) if last.name == "date" else {}
        members = {
            key: aggregates(rows, days.get(key, self.days))
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
            cells = grouped(self.own, lambda fact, kept=kept: self.cell(fact, kept))  # type: ignore[misc]  # a default binds it
            if not any(kept):
                cells = {self.cell(FACTS[0], kept): self.own}
            if kept == whole and "fill" in once:
                for key in self._spine(kept):
                    cells.setdefault(key, [])
            for key in self._then(kept) if "compare" in once else ():
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
        own = aggregates(facts, self._time(kept, key, self.days))
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

    def _time(self, kept: tuple[int, ...], key: Key, facts: list[Fact]) -> list[Fact]:
        """The facts of the time of a cell, whatever its other keys are."""
        timed = tuple(
            depth if each.name == "date" else 0 for each, depth in zip(self.drilled, kept, strict=True)
        )
        refs = [each.name == "date" for each in self.drilled for _ in each.refs]
        others = key[0] if self.drilled[-1].name == "date" else None
        wanted = (others, *(part if is_time else None for is_time, part in zip(refs, key[1:], strict=True)))
        return [fact for fact in facts if self.cell(fact, timed) == wanted]

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

    def _then(self, kept: tuple[int, ...]) -> set[Key]:
        """The cells of the facts that others are compared with."""
        return {self.cell(fact, kept) for fact in _pounds(self._moved(kept))}

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
        then = self._moved(kept)
        facts = once_each(fact for fact in _pounds(then) if self.cell(fact, kept) == key)
        return aggregates(facts, self._time(kept, key, then))

    def _window(self, kept: tuple[int, ...], key: Key) -> dict[str, Any]:
        place, window = self.asked.time, self.asked.once["window"]
        assert place is not None
        time = self.drilled[place]
        if kept[place] < len(time.levels):
            return {}
        columns = tuple(time.columns[ref] for ref in time.refs)
        start = 1 + sum(len(each.refs) for each in self.drilled[:place])
        period, end = key[start : start + len(columns)], start + len(columns)
        if None in period:
            return aggregates([], [])
        first, last = days_of_window(window, period, columns, DAYS, columns[0])
        days = [
            fact
            for fact in (self.days if window == "cumulative" else self.known)
            if fact["date.on_date"] is not None and first <= fact["date.on_date"] <= last
        ]
        facts = [
            fact
            for fact in _pounds(days)
            if (cell := self.cell(fact, kept))[:start] == key[:start] and cell[end:] == key[end:]
        ]
        return aggregates(facts, days)

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
        facts = [fact for fact in self.own if self.cell(fact, above) == wanted]
        return aggregates(facts, self._time(above, wanted, self.days))

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


def _pounds(facts: list[Fact]) -> list[Fact]:
    return [fact for fact in facts if fact["currency.code"] == "GBP"]


@pytest.fixture(scope="module")
def opened(server: Server, admin: Callable[[str], None]) -> Iterator[dict[str, Engine]]:
    with engines(server, admin, "two_versions", ROWS) as found:
        yield found


class TestRandomQuestions:
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(asked=questions())
    def test_every_row_is_that_of_plain_python(self, opened: dict[str, Engine], asked: Asked) -> None:
        wanted = aggregate_request(LEVELED, asked.texts, now=NOW, language="en")

        found = {name: ask.aggregate(engine, LEVELED, wanted, NONE) for name, engine in opened.items()}

        answer = Answer(asked)
        expected = answer.rows()
        whole = tuple(0 for _ in asked.drilled)
        summary = expected[whole, (None, *[None] * sum(len(each.refs) for each in asked.drilled))]
        if "totals" not in asked.once:
            expected = {place: row for place, row in expected.items() if place[0] != whole}
        near = {place: _near(row) for place, row in expected.items()}
        for name, result in found.items():
            assert (name, result.summary) == (name, _near(summary))
            assert (name, _keyed(asked, result.records)) == (name, near)
            assert result.total == len(expected)


def _keyed(asked: Asked, rows: list[dict[str, Any]]) -> dict[tuple[Any, ...], dict[str, Any]]:
    """The rows by what they keep and their key."""
    found = {}
    refs = [ref for each in asked.drilled for ref in each.refs]
    for row in rows:
        rolled = set((row.pop("__totals__", None) or "").split(","))
        kept = tuple(sum(1 for level in each.levels if not set(level) <= rolled) for each in asked.drilled)
        key = (row.pop("__others__", None), *(row.pop(ref) for ref in refs))
        assert (kept, key) not in found
        found[kept, key] = row
    return found


def _near(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: pytest.approx(value, rel=1e-12, abs=1e-12) if isinstance(value, float) else value
        for name, value in row.items()
    }
