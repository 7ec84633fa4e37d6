"""Random matrices of RFM and random migrations on three engines, each counted as plain Python counts them."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.postgres import Server
from olap import ask, star
from olap.ask import Engine
from olap.plan import RowFilter
from olap.request import Texts, aggregate_request
from olap.vocabulary import model_of
from tests.olap.cube.calendar_star import FIRST, Rows
from tests.olap.cube.random_star import told_by_days
from tests.olap.engines.stars import engines
from tests.olap.journeys import ways
from tests.olap.journeys.test_cohort import first_of, next_of
from tests.olap.journeys.ways import FILTERS, Fact, row

NOW = datetime(2011, 6, 20, 9, 30, tzinfo=UTC)
TODAY = NOW.date()
MONTHS = [date(2010 + (9 + n) // 12, (9 + n) % 12 + 1, 1) for n in range(9)]
"""October 2010 to the running one."""
STANDING, MEMBERS = star.table_of("customer_month"), star.table_of("segment_member")
SEGMENT, SCORES_OF_DAYS = star.table_of("segment"), star.table_of("customer_rfm")
GBP, KRW = 826, 410


def last_of(month: date) -> date:
    return next_of("month", month) - timedelta(days=1)


def rows(seed: int = 5) -> Rows:
    draw, found = random.Random(seed), dict(ways.ROWS)
    for table in (ways.TOUCHPOINTS, ways.GRANTS):
        found[table] = []
    days = range((MONTHS[0] - FIRST).days + 1, (TODAY - FIRST).days + 1)
    found[SCORES_OF_DAYS] = told_by_days(draw, range(1, 8), days, FIRST)[SCORES_OF_DAYS]
    found[SEGMENT] = [row(SEGMENT)] + [
        row(SEGMENT, segment_key=key, segment=name) for key, name in enumerate("ABC", start=1)
    ]
    found[STANDING] = [line for who in range(1, 8) for line in _months(draw, who)]
    found[MEMBERS] = [line for who in range(1, 8) for line in _segments(draw, who)]
    return found


def _months(draw: random.Random, who: int) -> Iterator[tuple[Any, ...]]:
    scores: list[int | None] = [None, None, None]
    months = MONTHS[draw.randrange(5) :]
    known_on = months[0] + timedelta(days=draw.randrange(28))
    for month in months:
        if draw.random() < 0.5:
            scores = [draw.randrange(1, 4) for _ in range(3)]
        common = {
            "customer_id": who,
            "customer_key": who * 2 - draw.randrange(2),
            "date_key": (last_of(month) - FIRST).days + 1,
            "month_ended": "yes",
            "known_on": known_on,
        }
        stage = draw.choice(["new", "loyal", None])
        named = dict(zip(("rfm_recency", "rfm_frequency", "rfm_monetary"), scores, strict=True))
        cell = None if scores[0] is None else "".join(map(str, scores))
        key = who * 1000 + (month - date(2010, 1, 1)).days
        orders = draw.randrange(3)
        yield row(
            STANDING,
            customer_month_id=key,
            **common,
            currency_key=GBP,
            stands=1,
            orders=orders,
            revenue=orders * draw.randrange(-3, 90),
            rfm_cell=cell,
            stage=stage,
            **named,
        )
        if draw.random() < 0.1:
            yield row(
                STANDING,
                customer_month_id=key + 10**6,
                **common,
                currency_key=KRW,
                stands=0,
                orders=1,
                revenue=1000,
            )


def _segments(draw: random.Random, who: int) -> Iterator[tuple[Any, ...]]:
    for segment in (1, 2, 3):
        for place, month in enumerate(MONTHS):
            if draw.random() < 0.6:
                yield row(
                    MEMBERS,
                    segment_member_id=who * 1000 + segment * 100 + place,
                    segment_key=segment,
                    customer_id=who,
                    customer_key=who * 2 - draw.randrange(2),
                    date_key=(last_of(month) - FIRST).days + 1,
                    month_ended="yes",
                    member=draw.choice([0, 1, 1]),
                )


ROWS = rows()
FACTS = {table.name: ways.records(table, ROWS) for table in (STANDING, MEMBERS, star.sales)}
CUTS: dict[str, Callable[[Fact], bool]] = {
    "": lambda fact: True,
    "customer:France": lambda fact: fact["customer.country"] == "France",
}
DRILLS = {"": (), "gender": ("customer.gender",)}
SCORES = ("rfm_recency", "rfm_frequency", "rfm_monetary")
DATES = {"": (date.min, date.max), "date@ymd:2011": (date(2011, 1, 1), date(2011, 12, 31))}


@dataclass(frozen=True)
class Matrix:
    day: date | None
    monetary: bool
    cut: str
    dates: str
    drilldown: str
    row_filter: RowFilter

    @property
    def texts(self) -> Texts:
        return Texts(
            rfm=f"{self.day or 'latest'}{',monetary' if self.monetary else ''}",
            cut=[each for each in (self.cut, self.dates, "currency:GBP") if each],
            drilldown=[self.drilldown] if self.drilldown else [],
        )


matrices = st.builds(
    Matrix,
    st.none() | st.dates(date(2010, 9, 1), TODAY),
    st.booleans(),
    st.sampled_from(list(CUTS)),
    st.sampled_from(list(DATES)),
    st.sampled_from(list(DRILLS)),
    st.sampled_from(FILTERS),
)


def matrix(asked: Matrix) -> tuple[tuple[Any, ...], list[tuple[Any, ...]]]:
    """The row of the whole, and the others."""
    seen = [fact for fact in FACTS["customer_month"] if ways.sees(fact, "customer_month", asked.row_filter)]
    ends = [fact["date.on_date"] for fact in seen]
    end = max(ends, default=None) if asked.day is None else last_of(first_of("month", asked.day))
    low, high = DATES[asked.dates]
    pounds = [fact for fact in seen if fact["currency.code"] == "GBP"]
    standing = [
        fact
        for fact in pounds
        if fact["date.on_date"] == end and fact["customer_month.stands"] and CUTS[asked.cut](fact)
    ]
    brought = [fact for fact in pounds if low <= fact["date.on_date"] <= min(high, end or date.min)]
    if asked.day is not None and asked.day != end:
        end = asked.day
        standing, brought = _on(asked.day, pounds, asked.cut), _spent(low, min(high, asked.day))
    scores = SCORES[: 3 if asked.monetary else 2]
    refs = DRILLS[asked.drilldown]

    def told(members: list[Fact]) -> tuple[int, int, int]:
        ids = {fact["customer_month.customer_id"] for fact in members}
        facts = [fact for fact in brought if fact["customer_month.customer_id"] in ids]
        revenue = sum(fact["customer_month.revenue"] for fact in facts)
        return len(ids), sum(fact["customer_month.orders"] for fact in facts), revenue

    groups: dict[tuple[Any, ...], list[Fact]] = {} if refs else {(): standing}
    for fact in standing if refs else ():
        groups.setdefault(tuple(fact[ref] for ref in refs), []).append(fact)
    when = (end if standing else None, end < TODAY if standing and end else None)
    found = []
    for member, facts in groups.items():
        whole = told(facts)
        cells = dict.fromkeys(product((1, 2, 3), repeat=len(scores)))
        cells |= dict.fromkeys(tuple(fact[f"customer_month.{name}"] for name in scores) for fact in facts)
        for cell in cells:
            values = told([f for f in facts if tuple(f[f"customer_month.{name}"] for name in scores) == cell])
            found.append((*member, *cell, *when, *_shares(values, whole)))
    total = told(standing)
    return _shares(total, None), found


def _on(day: date, facts: list[Fact], cut: str) -> list[Fact]:
    """Who was known by the day within a month, as he was at its end."""
    month, key = last_of(first_of("month", day)), (day - FIRST).days + 1
    scores = {
        row[1]: dict(zip((f"customer_month.{name}" for name in SCORES), row[7:], strict=False))
        for row in ROWS[SCORES_OF_DAYS]
        if row[5] <= key < row[6]
    }
    none = dict.fromkeys(f"customer_month.{name}" for name in SCORES)
    found = [
        fact
        | _traits(fact["customer_month.customer_id"], day)
        | scores.get(fact["customer_month.customer_id"], none)
        for fact in facts
        if fact["date.on_date"] == month
        and fact["customer_month.stands"]
        and fact["customer_month.known_on"] <= day
    ]
    return [fact for fact in found if CUTS[cut](fact)]


def _traits(customer: int, day: date) -> Fact:
    end = datetime.combine(day + timedelta(days=1), datetime.min.time(), UTC)
    names = [f"customer.{name}" for name in star.customer.columns.keys()]  # noqa: SIM118 (columns iterate as columns)
    rows = (dict(zip(names, given, strict=True)) for given in ROWS[star.customer])
    for version in rows:
        begun, over = version["customer.valid_from"], version["customer.valid_to"]
        then = (begun is None or begun < end) and (over is None or over >= end)
        if then and version["customer.customer_id"] == customer:
            return version
    raise AssertionError("each customer has a version of every moment")


def _spent(low: date, high: date) -> list[Fact]:
    """Sales in pounds as the facts of a month tell them: one for each line, the first of an order with its order."""
    seen, found = set(), []
    for fact in FACTS["sales"]:
        day = fact["date.on_date"]
        if day is None or not low <= day <= high or fact["currency.code"] != "GBP":
            continue
        sold = fact["line_kind.kind"] == "sale" and fact["sales.order_id"] not in seen
        if sold:
            seen.add(fact["sales.order_id"])
        found.append(
            {
                "customer_month.customer_id": fact["sales.customer_id"],
                "customer_month.orders": int(sold),
                "customer_month.revenue": fact["sales.net_revenue"],
            }
        )
    return found


def _shares(values: tuple[int, int, int], of: tuple[int, int, int] | None) -> tuple[Any, ...]:
    customers, orders, revenue = values
    one = (1.0, 1.0) if of is None else (_ratio(customers, of[0]), _ratio(revenue, of[2]))
    return customers, one[0], orders, revenue, one[1], _ratio(revenue, orders)


def _ratio(one: int, other: int) -> float | None:
    return round(one / other, 9) if other else None


@dataclass(frozen=True)
class Moves:
    what: str
    unit: str
    cut: str
    dates: str
    drilldown: str
    row_filter: RowFilter

    @property
    def texts(self) -> Texts:
        return Texts(
            migration=self.what if self.unit == "month" else f"{self.what},{self.unit}",
            cut=[each for each in (self.cut, self.dates) if each],
            drilldown=[self.drilldown] if self.drilldown else [],
        )


migrations = st.builds(
    Moves,
    st.sampled_from(["rfm_cell", "stage", "rfm_frequency", "segment"]),
    st.sampled_from(["month", "quarter", "year"]),
    st.sampled_from(list(CUTS)),
    st.sampled_from(list(DATES)),
    st.sampled_from(list(DRILLS)),
    st.sampled_from(FILTERS),
)


def moves(asked: Moves) -> tuple[int, list[tuple[Any, ...]]]:
    """How many customers are in the rows, and the rows."""
    table, of = ("segment_member", "segment.segment") if asked.what == "segment" else ("customer_month", "")
    place, flag = of or f"customer_month.{asked.what}", {"segment_member": "member"}.get(table, "stands")
    seen = [fact for fact in FACTS[table] if ways.sees(fact, table, asked.row_filter)]
    low, high = DATES[asked.dates]
    last: dict[date, date] = {}
    wanted = set()
    for fact in seen:
        period = first_of(asked.unit, fact["date.on_date"])
        last[period] = max(last.get(period, date.min), fact["date.on_date"])
        if low <= fact["date.on_date"] <= high:
            wanted.add(period)
    refs = DRILLS[asked.drilldown]
    stood = defaultdict(set)
    for fact in seen:
        period = first_of(asked.unit, fact["date.on_date"])
        if CUTS[asked.cut](fact) and fact[f"{table}.{flag}"] and fact["date.on_date"] == last[period]:
            who = (fact[f"{table}.customer_id"], tuple(fact[ref] for ref in refs))
            stood[period, who].add(fact[place])
    counts: dict[tuple[Any, ...], set[int]] = defaultdict(set)
    before: dict[tuple[Any, ...], set[int]] = defaultdict(set)
    for period in last:
        earlier = first_of(asked.unit, period - timedelta(days=1))
        for who in {each for _, each in stood}:
            was, now = stood.get((earlier, who), set()), stood.get((period, who), set())
            for one in was:
                before[who[1], period, one].add(who[0])
            steps = {(one, one, "stayed") for one in was & now}
            steps |= {(a, b, "moved") for a in was - now for b in now - was}
            steps |= {(a, None, "left") for a in was - now if not now - was}
            steps |= {(None, b, "entered") for b in now - was if not was - now}
            for step in steps if period in wanted else ():
                counts[(who[1], period, *step)].add(who[0])
    found = []
    for (member, period, one, other, move), whose in counts.items():
        complete = next_of(asked.unit, period) - timedelta(days=1) < TODAY
        of_before = before.get((member, period, one), set()) if move != "entered" else set()
        share = _ratio(len(whose), len(of_before))
        found.append((*member, period, complete, one, other, move, len(whose), share))
    return len(set().union(*counts.values())), found


@pytest.fixture(scope="module")
def opened(server: Server, admin: Callable[[str], None]) -> Iterator[dict[str, Engine]]:
    with engines(server, admin, "ways_of_standings", ROWS) as found:
        yield found


class TestRandomStandings:
    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    @given(asked=matrices)
    def test_every_cell_of_a_matrix_is_that_of_plain_python(
        self, opened: dict[str, Engine], asked: Matrix
    ) -> None:
        model = model_of("customers")
        wanted = aggregate_request(model, asked.texts, now=NOW, language="en")

        found = {name: ask.aggregate(each, model, wanted, asked.row_filter) for name, each in opened.items()}

        summary, expected = matrix(asked)
        for name, result in found.items():
            assert (name, _near(tuple(result.summary.values()))) == (name, _near(summary))
            got = [_near(tuple(record.values())) for record in result.records]
            assert (name, sorted(got, key=str)) == (name, sorted(map(_near, expected), key=str))

    @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
    @given(asked=migrations)
    def test_every_move_is_that_of_plain_python(self, opened: dict[str, Engine], asked: Moves) -> None:
        model = model_of("segments" if asked.what == "segment" else "customers")
        wanted = aggregate_request(model, asked.texts, now=NOW, language="en")

        found = {name: ask.aggregate(each, model, wanted, asked.row_filter) for name, each in opened.items()}

        customers, expected = moves(asked)
        for name, result in found.items():
            assert (name, result.summary["customers"]) == (name, customers)
            got = [_near(tuple(record.values())) for record in result.records]
            assert (name, sorted(got, key=str)) == (name, sorted(map(_near, expected), key=str))


def _near(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Numbers of one kind, rounded alike."""
    return tuple(
        round(float(value), 9)
        if isinstance(value, float) or hasattr(value, "as_tuple")
        else value
        if isinstance(value, bool) or not isinstance(value, int)
        else float(value)
        for value in values
    )
