"""Random questions with what stands beside the aggregates, and the facts that they are asked of."""

import calendar
import json
import random
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib import resources
from typing import Any

from hypothesis import strategies as st

from olap import star
from olap.request import Texts
from olap.vocabulary import CubeModel, load
from tests.olap.cube.asking import SALES
from tests.olap.cube.beside_oracle import Drilled, Fact
from tests.olap.cube.calendar_star import FIRST, on_every_day
from tests.olap.cube.random_star import flat, random_rows, told_by_days

LEVELS: list[dict[str, Any]] = [
    {"name": "closing", "function": "last", "measure": "line_net_revenue"},
    {"name": "held", "function": "last", "measure": "quantity", "per": ["customer_id"]},
    {"name": "opening", "function": "first"},
    {"name": "closing_share", "expression": "closing / net_revenue"},
]
"""Aggregates that take the facts for levels noted day by day."""


def leveled() -> CubeModel:
    """The sales with levels among their aggregates."""
    file = resources.files("olap") / "model" / "sales.json"
    document = json.loads(file.read_text(encoding="utf-8"))
    words = {name: document["cube"]["aggregates"][0][name] for name in ("label", "description", "info")}
    document["cube"]["aggregates"] += [{**words, **each} for each in LEVELS]
    return load(document)


LEVELED = leveled()
AGGREGATES = ["net_revenue", "margin", "lines", "orders", "customers", "aov", "margin_rate"]
AGGREGATES += [each["name"] for each in LEVELS]

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


def at_months_ends(rows: Any) -> Any:
    """Every other day is one of the last three of its month: by months they lie beside one day of a shorter one."""

    def moved(key: int, day: date, *others: Any) -> tuple[Any, ...]:
        last = calendar.monthrange(day.year, day.month)[1]
        return (key, day.replace(day=last - key % 3) if key % 2 else day, *others)

    return {**rows, star.date: [row if row[1] is None else moved(*row) for row in rows[star.date]]}


def found_to_be(rows: Any) -> Any:
    """With what customers were found to be, told by days of the calendar that has every day."""
    days = range((MOVED.date() - FIRST).days - 200, (MOVED.date() - FIRST).days + 200)
    return {**rows, **told_by_days(random.Random(3), range(1, 13), days, FIRST)}


ROWS = found_to_be(two_versions(on_every_day(at_months_ends(random_rows(11)))))


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
    ("rfm_recency", "default", "rfm_recency"),
    ("lifecycle_stage", "default", "lifecycle_stage"),
    ("channel", "channels", "channel"),
]
DATE_CUTS: dict[str, tuple[date, date]] = {
    "": (date.min, date.max),
    "date:2011": (date(2011, 1, 1), date(2011, 12, 31)),
    "date:2011,1-2011,2": (date(2011, 1, 1), date(2011, 6, 30)),
    "date:2011,3,8,10-2011,3,9,3": (date(2011, 8, 10), date(2011, 9, 3)),
    "date@ymd:2011,2": (date(2011, 2, 1), date(2011, 2, 28)),
    "date@ymd:2011,2,20-2011,3,30": (date(2011, 2, 20), date(2011, 3, 30)),
    "date@ymd:2011,3,29;2011,3,30;2011,3,31": (date(2011, 3, 29), date(2011, 3, 31)),
}
CUTS_OF_DAYS = {
    text for text, (low, high) in DATE_CUTS.items() if (high - low).days < 60 and text.count(",") > 1
}
SPANS = {"year": (1, "year"), "month": (1, "month"), "day": (1, "day"), "iso_week": (1, "week")}


@dataclass(frozen=True)
class Asked:
    drills: tuple[tuple[str, str, str], ...]
    cut: str
    once: dict[str, Any]
    having: tuple[str, str, int] | None
    by: tuple[str, bool] | None

    @property
    def texts(self) -> Texts:
        return Texts(
            cut=[self.cut, "currency:GBP"],
            drilldown=[f"{name}@{along}:{level}" for name, along, level in self.drills],
            aggregates=[",".join(AGGREGATES)],
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
    once: dict[str, Any] = {}
    if draw(st.booleans()):
        once["asof"] = draw(st.sampled_from(["event", "now", "2011-04-30", "2011-05-01"]))
    if draw(st.booleans()):
        once["totals"] = "yes"
    ranked: bool = draw(st.booleans())
    if ranked:
        once["top"] = draw(st.sampled_from(["1", "2,others", "3,others", "100,others"]))
    if draw(st.booleans()) and (timed or cut):
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
    names = ["net_revenue", "lines", "orders", "customers", "margin_rate", "closing", "held"]
    condition = st.tuples(
        st.sampled_from(names), st.sampled_from([">=", "<=", ">", "<", "=", "!="]), st.integers(-2, 30)
    )
    by = st.tuples(st.sampled_from(names), st.booleans())
    return Asked(tuple(drills), cut, once, draw(st.none() | condition), draw(st.none() | by))
