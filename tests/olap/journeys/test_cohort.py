"""Random cohorts on three engines, each counted as plain Python counts them."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.postgres import Server
from olap import ask
from olap.ask import Engine
from olap.plan import RowFilter
from olap.request import Texts, aggregate_request
from tests.olap.cube.asking import SALES
from tests.olap.engines.stars import engines
from tests.olap.journeys.ways import FACTS, FILTERS, NOW, ROWS, TODAY, Fact, Near, current, in_won, sees

UNITS = ("week", "month", "quarter", "year")
AGGREGATES = ("net_revenue", "cost", "orders", "lines", "aov")
DATES: dict[str, tuple[date, date] | None] = {
    "": None,
    "date@ymd:2011": (date(2011, 1, 1), date(2011, 12, 31)),
    "date@ymd:2011,2,10-2011,8,20": (date(2011, 2, 10), date(2011, 8, 20)),
    "date@ymd:2011,3-": (date(2011, 3, 1), date.max),
    "fiscal:1900": (date.max, date.min),
}
CUTS: dict[str, Callable[[Fact], bool]] = {
    "": lambda fact: True,
    "product:home": lambda fact: fact["product.department"] == "home",
    "customer:France": lambda fact: fact["customer.country"] == "France",
    "channel:__null__": lambda fact: fact["channel.channel_group"] is None,
    "!product:food": lambda fact: fact["product.department"] not in {"food", None},
}
DRILLS = {
    "": (),
    "gender": ("customer.gender",),
    "customer:country": ("customer.country",),
    "product:category": ("product.department", "product.category"),
    "line_kind": ("line_kind.kind",),
}


@dataclass(frozen=True)
class Asked:
    unit: str
    dates: str
    cut: str
    drilldown: str
    asof: str
    row_filter: RowFilter
    convert: str

    @property
    def texts(self) -> Texts:
        return Texts(
            cohort=self.unit,
            cut=[each for each in (self.dates, self.cut) if each],
            drilldown=[self.drilldown] if self.drilldown else [],
            asof=self.asof,
            convert=self.convert,
            aggregates=list(AGGREGATES),
        )


questions = st.builds(
    Asked,
    st.sampled_from(UNITS),
    st.sampled_from(list(DATES)),
    st.sampled_from(list(CUTS)),
    st.sampled_from(list(DRILLS)),
    st.sampled_from(["event", "now"]),
    st.sampled_from(FILTERS),
    st.sampled_from(["", "KRW"]),
)


def first_of(unit: str, day: date) -> date:
    """The first day of the unit of a day."""
    match unit:
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case "quarter":
            return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
        case _:
            return date(day.year, 1, 1)


def next_of(unit: str, first: date) -> date:
    days = {"week": 7, "month": 31, "quarter": 95, "year": 366}[unit]
    return first_of(unit, first + timedelta(days=days))


def told(facts: list[Fact]) -> dict[str, Any]:
    """The aggregates of facts, and who was active."""
    sold = [fact for fact in facts if fact["line_kind.kind"] == "sale"]
    orders = len({fact["sales.order_id"] for fact in sold})
    costs = [fact["sales.cost"] for fact in facts if fact["sales.cost"] is not None]
    revenue = sum(fact["sales.net_revenue"] for fact in facts)
    return {
        "active_customers": len({fact["sales.customer_id"] for fact in sold}),
        "net_revenue": revenue,
        "cost": sum(costs) if costs else None,
        "orders": orders,
        "lines": len(facts),
        "aov": revenue / orders if orders else None,
    }


def expected(asked: Asked) -> tuple[dict[str, Any], list[tuple[Any, ...]]]:
    """The summary, and each row's key and values."""
    seen = [fact for fact in FACTS["sales"] if sees(fact, "sales", asked.row_filter)]
    last = max((fact["date.on_date"] for fact in seen if fact["date.on_date"] is not None), default=date.min)
    if asked.asof == "now":
        seen = current(seen)
    if asked.convert:
        seen = in_won(seen)
    cell = [
        fact
        for fact in seen
        if CUTS[asked.cut](fact) and fact["sales.customer_id"] and fact["date.on_date"] is not None
    ]
    refs, unit = DRILLS[asked.drilldown], asked.unit

    def whose(fact: Fact) -> tuple[Any, ...]:
        return (fact["sales.customer_id"], *(fact[ref] for ref in refs))

    begun: dict[tuple[Any, ...], date] = {}
    for fact in sorted(cell, key=lambda fact: fact["date.on_date"]):
        if fact["line_kind.kind"] == "sale":
            begun.setdefault(whose(fact), first_of(unit, fact["date.on_date"]))
    dates = DATES[asked.dates]
    low, high = dates or (date.min, date.max)
    counted = defaultdict(list)
    for fact in cell:
        first, period = begun.get(whose(fact)), first_of(unit, fact["date.on_date"])
        if first is not None and low <= fact["date.on_date"] <= high and period >= first:
            counted[(*whose(fact)[1:], first, period)].append(fact)
    closed = dates is not None and high != date.max
    end = min(TODAY, high) if closed else min(TODAY, last, high)
    rows = []
    for key in {(*who[1:], first) for who, first in begun.items()}:
        size = sum(1 for who, first in begun.items() if (*who[1:], first) == key)
        since, period = 0, key[-1]
        while period <= end:
            after = next_of(unit, period)
            if after > low:
                complete = period >= low and after - timedelta(days=1) <= min(end, TODAY - timedelta(days=1))
                values = told(counted[(*key, period)])
                retention = values["active_customers"] / size if complete else None
                rows.append((*key, since, complete, size, values["active_customers"], retention, values))
            since, period = since + 1, after
    facts = [fact for group in counted.values() for fact in group]
    whole = {"cohort_size": len({who[0] for who in begun}), **told(facts), "retention": None}
    return whole, rows


@pytest.fixture(scope="module")
def opened(server: Server, admin: Callable[[str], None]) -> Iterator[dict[str, Engine]]:
    with engines(server, admin, "ways_of_cohorts", ROWS) as found:
        yield found


class TestRandomCohorts:
    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(asked=questions)
    def test_every_row_is_that_of_plain_python(self, opened: dict[str, Engine], asked: Asked) -> None:
        wanted = aggregate_request(SALES, asked.texts, now=NOW, language="en")

        found = {name: ask.aggregate(each, SALES, wanted, asked.row_filter) for name, each in opened.items()}

        summary, rows = expected(asked)
        near = sorted(map(_near, rows), key=str)
        for name, result in found.items():
            keyed = [
                (
                    *(row[ref] for ref in result.attributes[: -len(("cohort", "period", "complete"))]),
                    row["cohort"],
                    row["period"],
                    row["complete"],
                    row["cohort_size"],
                    row["active_customers"],
                    row["retention"],
                    {each: row[each] for each in ("active_customers", *AGGREGATES)},
                )
                for row in result.records
            ]
            assert (name, sorted(map(_near, keyed), key=str)) == (name, near)
            assert (name, _rounded(result.summary)) == (name, _rounded(summary))
            assert result.total == len(rows)


def _rounded(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value if value is None else Near(float(value)) for name, value in values.items()}


def _near(given: tuple[Any, ...]) -> tuple[Any, ...]:
    *key, retention, values = given
    return (*key, None if retention is None else Near(retention), sorted(_rounded(values).items()))
