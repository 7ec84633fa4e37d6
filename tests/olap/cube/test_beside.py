"""Random questions with totals, first members, conditions, other times, shares: each engine counts as plain Python."""

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.postgres import Server
from olap import ask, star
from olap.ask import Engine
from olap.plan import NONE
from olap.request import Texts, aggregate_request
from tests.olap.cube.asking import SALES
from tests.olap.cube.beside_oracle import (
    Drilled,
    Fact,
    Key,
    aggregates,
    as_of,
    days_of_window,
    first_members,
    grouped,
    key_of,
    levels_of_totals,
    quotient,
    shifted,
)
from tests.olap.cube.calendar_star import on_every_day
from tests.olap.cube.random_star import flat, random_rows
from tests.olap.engines.stars import engines

MOVED = datetime(2011, 5, 1, tzinfo=UTC)
NOW = datetime(2011, 8, 17, 9, 30, tzinfo=UTC)


def two_versions(rows: Any) -> Any:
    """Customers and products in pairs of versions: before a day, and since."""

    def versions(given: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        pairs = [(row[0], (row[0] + 1) // 2, row[0] % 2 == 0, *row[3:]) for row in given if row[0]]
        times = [(*row[:3], *((MOVED, None) if row[2] else (None, MOVED)), *row[5:]) for row in pairs]
        # One has but a first version: nobody knows what became of it.
        return [given[0], *(row for row in times if row[0] != 2)]

    def owned(line: tuple[Any, ...]) -> tuple[Any, ...]:
        names = star.sales.columns.keys()
        key, customer_id, product = (names.index(n) for n in ("customer_key", "customer_id", "product_key"))
        fact = list(line)
        fact[key] = 1 if fact[key] == 2 else fact[key]
        fact[product] = 1 if fact[product] == 2 else fact[product]
        fact[customer_id] = (fact[key] + 1) // 2
        return tuple(fact)

    return {
        **rows,
        star.customer: versions(rows[star.customer]),
        star.product: versions(rows[star.product]),
        star.sales: [owned(line) for line in rows[star.sales]],
    }


ROWS = two_versions(on_every_day(random_rows(11)))


def records(table: Any) -> list[Fact]:
    frame = flat({star.sales: [], table: ROWS[table]} if table is not star.sales else ROWS)
    return [dict(zip(frame.columns, row, strict=True)) for row in frame.itertuples(index=False)]


def dimension(table: Any) -> list[Fact]:
    return [
        {f"{table.name}.{c}": v for c, v in zip(table.columns.keys(), row, strict=False)}
        for row in ROWS[table]
    ]


FACTS = records(star.sales)
DAYS = [row for row in dimension(star.date) if row["date.on_date"] is not None]
DRILLS = [
    ("date", "calendar", "year"),
    ("date", "calendar", "month"),
    ("date", "calendar", "day"),
    ("date", "iso", "iso_week"),
    ("product", "categories", "category"),
    ("customer", "geography", "country"),
    ("gender", "default", "gender"),
    ("channel", "channels", "channel"),
]
DATE_CUTS: dict[str, tuple[date, date]] = {
    "": (date.min, date.max),
    "date:2011": (date(2011, 1, 1), date(2011, 12, 31)),
    "date:2011,1-2011,2": (date(2011, 1, 1), date(2011, 6, 30)),
    "date:2011,3,8,10-2011,3,9,3": (date(2011, 8, 10), date(2011, 9, 3)),
    "date@ymd:2011,2": (date(2011, 2, 1), date(2011, 2, 28)),
}
SPANS = {"year": (1, "year"), "month": (1, "month"), "day": (1, "day"), "iso_week": (1, "week")}
OPERATORS = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
    "!=": operator.ne,
}


@dataclass(frozen=True)
class Asked:
    drills: tuple[tuple[str, str, str], ...]
    cut: str
    once: dict[str, str]
    having: tuple[str, str, int] | None
    by: tuple[str, bool] | None

    @property
    def texts(self) -> Texts:
        return Texts(
            cut=[self.cut, "currency:GBP"],
            drilldown=[f"{name}@{along}:{level}" for name, along, level in self.drills],
            aggregates=["net_revenue,margin,lines,orders,customers,aov,margin_rate"],
            having=[] if self.having is None else ["".join(map(str, self.having))],
            order=[] if self.by is None else [f"{self.by[0]}:{'desc' if self.by[1] else 'asc'}"],
            **self.once,
        )

    @property
    def drilled(self) -> tuple[Drilled, ...]:
        return tuple(
            drilled(*each, as_one="top" in self.once and each is self.drills[-1]) for each in self.drills
        )

    @property
    def time(self) -> int | None:
        return next((place for place, each in enumerate(self.drills) if each[0] == "date"), None)


def drilled(name: str, along: str, deepest: str, *, as_one: bool) -> Drilled:
    found = SALES.cube().dimension(name).hierarchy(along).levels
    levels = found[: [level.name for level in found].index(deepest) + 1]
    refs = tuple(tuple(attribute.ref for attribute in level.attributes) for level in levels)
    columns = {
        ref: f"{SALES.columns[ref].table}.{SALES.columns[ref].name}" for level in refs for ref in level
    }
    return Drilled(name, (tuple(columns),) if as_one else refs, columns)


@st.composite
def questions(draw: st.DrawFn) -> Asked:
    drills = draw(st.lists(st.sampled_from(DRILLS), min_size=1, max_size=2, unique_by=lambda each: each[0]))
    timed = any(each[0] == "date" for each in drills)
    cut = draw(st.sampled_from(list(DATE_CUTS)))
    once: dict[str, str] = {}
    if draw(st.booleans()):
        once["asof"] = draw(st.sampled_from(["event", "now", "2011-04-30", "2011-05-01"]))
    if draw(st.booleans()):
        once["totals"] = "yes"
    ranked = draw(st.booleans())
    if ranked:
        once["top"] = draw(st.sampled_from(["1", "2,others", "3,others", "100,others"]))
    if (timed or cut) and draw(st.booleans()):
        spans = ["year_ago", "1 month", "20 days", "2 quarters", *(["previous"] if timed else [])]
        once["compare"] = draw(st.sampled_from(spans))
    if draw(st.booleans()):
        once["share"] = draw(st.sampled_from(["total", *(each[0] for each in drills)]))
    if timed and not (ranked and drills[-1][0] == "date"):
        if draw(st.booleans()):
            once["window"] = draw(
                st.sampled_from(["rolling 3 months", "rolling 10 days", "to_date", "cumulative"])
            )
        if draw(st.booleans()):
            once["fill"] = "yes"
    names = ["net_revenue", "lines", "orders", "customers", "margin_rate"]
    condition = st.tuples(st.sampled_from(names), st.sampled_from(list(OPERATORS)), st.integers(-2, 30))
    by = st.tuples(st.sampled_from(names), st.booleans())
    return Asked(tuple(drills), cut, once, draw(st.none() | condition), draw(st.none() | by))


class Answer:
    """What the question should be answered with: for each row its mark, whether it is others, its key, its values."""

    def __init__(self, asked: Asked) -> None:
        self.asked, self.drilled = asked, asked.drilled
        self.low, self.high = DATE_CUTS[asked.cut]
        pounds = [fact for fact in FACTS if fact["currency.code"] == "GBP"]
        self.facts = self._traits(pounds, asked.once.get("asof", "event"))
        self.own = [fact for fact in self.facts if self._within(fact)]
        self.first = self._first()

    def _traits(self, facts: list[Fact], asof: str) -> list[Fact]:
        if asof == "event":
            return facts
        moment = None
        if asof != "now":
            moment = datetime.combine(date.fromisoformat(asof) + timedelta(days=1), datetime.min.time(), UTC)
        facts = as_of(facts, "customer", dimension(star.customer), moment)
        return as_of(facts, "product", dimension(star.product), moment)

    def _within(self, fact: Fact) -> bool:
        day = fact["date.on_date"]
        return self.low <= day <= self.high if day is not None else not self.asked.cut

    def _first(self) -> set[Key] | None:
        if "top" not in self.asked.once:
            return None
        by, descending = self.asked.by or ("net_revenue", True)
        last = self.drilled[-1]
        able = self.own
        if self.asked.having is not None:
            members = grouped(self.own, key_of((last,)))
            able = [fact for rows in members.values() if self._holds(aggregates(rows)) for fact in rows]
        return first_members(able, last, int(self.asked.once["top"].split(",")[0]), by, descending=descending)

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
        own, once = aggregates(facts), self.asked.once
        compared = aggregates(self._compared(kept, key)) if "compare" in once else {}
        window = self._window(kept, key) if "window" in once else {}
        parent = aggregates(self._parent(kept, key)) if "share" in once else {}
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
            if parent and name not in {"aov", "margin_rate"}:
                row[f"{name}__share"] = quotient(value, parent[name])
        return row

    def _compared(self, kept: tuple[int, ...], key: Key) -> list[Fact]:
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
        then = [fact for fact in shifted(self.facts, count, unit, NOW.date()) if self._within(fact)]
        return [fact for fact in then if self.cell(fact, kept) == key]

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
            return aggregates([])
        first, last = days_of_window(window, period, columns, DAYS, columns[0])
        facts = self.own if window == "cumulative" else self.facts
        return aggregates(
            fact
            for fact in facts
            if fact["date.on_date"] is not None and first <= fact["date.on_date"] <= last
            if (cell := self.cell(fact, kept))[:start] == key[:start] and cell[end:] == key[end:]
        )

    def _parent(self, kept: tuple[int, ...], key: Key) -> list[Fact]:
        of = self.asked.once["share"]
        above = tuple(
            0 if of == "total" else max(depth - 1, 0) if each.name == of else depth
            for each, depth in zip(self.drilled, kept, strict=True)
        )
        if above == kept:
            return [fact for fact in self.own if self.cell(fact, kept) == key]
        refs = [
            (place, depth)
            for place, each in enumerate(self.drilled)
            for depth, lv in enumerate(each.levels)
            for _ in lv
        ]
        rolled = [depth >= above[place] for place, depth in refs]
        others = key[0] if above[-1] or self.first is None else None
        wanted = (others, *(None if gone else part for gone, part in zip(rolled, key[1:], strict=True)))
        return [fact for fact in self.own if self.cell(fact, above) == wanted]

    def _spine(self, kept: tuple[int, ...]) -> list[Key]:
        place = self.asked.time
        known = [fact["date.on_date"] for fact in self.own if fact["date.on_date"] is not None]
        if place is None or not self.own:
            return []
        last = max([NOW.date(), *known]) if self.asked.cut else max(known, default=date.min)
        low = self.low if self.asked.cut else min(known, default=date.max)
        days = [day for day in DAYS if low <= day["date.on_date"] <= min(self.high, last)]
        start = 1 + sum(len(each.refs) for each in self.drilled[:place])
        end = start + len(self.drilled[place].refs)
        others = {(cell[:start], cell[end:]) for cell in (self.cell(fact, kept) for fact in self.own)}
        time = self.drilled[place]
        periods = {tuple(day[time.columns[ref]] for ref in time.refs) for day in days}
        return [(*before, *period, *after) for before, after in others for period in periods]


@pytest.fixture(scope="module")
def opened(server: Server, admin: Callable[[str], None]) -> Iterator[dict[str, Engine]]:
    with engines(server, admin, "two_versions", ROWS) as found:
        yield found


class TestRandomQuestions:
    @settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
    @given(asked=questions())
    def test_every_row_is_that_of_plain_python(self, opened: dict[str, Engine], asked: Asked) -> None:
        wanted = aggregate_request(SALES, asked.texts, now=NOW, language="en")

        found = {name: ask.aggregate(engine, SALES, wanted, NONE) for name, engine in opened.items()}

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
