"""What stands beside the aggregates is the same from a rollup as from the facts."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from olap import ask
from olap.bind import bind_aggregate
from olap.engines.duckdb import DuckDB
from olap.plan import NONE, RowFilter
from olap.request import Texts, aggregate_request
from olap.rollups.choice import Choice, choose
from olap.rollups.declared import every
from tests.olap.cube.asking import SALES, rows
from tests.olap.cube.beside_questions import NOW, ROWS, Asked, questions
from tests.olap.cube.calendar_star import engine_of
from tests.olap.rollups.conftest import roll_up
from tests.olap.rollups.preferring import Preferring
from tests.olap.rollups.test_choice import ROWS as SIZES
from tests.olap.rollups.test_choice import why_not

ADDED = ["net_revenue", "margin", "lines", "orders", "customers", "units"]
RATIOS = ["aov", "margin_rate", "frequency"]
ROW_FILTERS = [NONE, NONE, RowFilter(owner_id=7), RowFilter(frozenset({1}))]
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


@pytest.fixture(scope="module")
def dated() -> Iterator[DuckDB]:
    """Random facts on a calendar of every day, with all rollups."""
    with engine_of(ROWS) as opened:
        roll_up(opened)
        yield opened


def texts_of(asked: Asked, aggregates: list[str]) -> Texts:
    """The question for these aggregates alone."""
    having = [] if asked.having is None or asked.having[0] not in aggregates else asked.texts.having
    order = [] if asked.by is None or asked.by[0] not in aggregates else asked.texts.order
    return replace(asked.texts, aggregates=[",".join(aggregates)], having=having, order=order)


class TestRandomQuestions:
    @settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
    @given(
        asked=questions(),
        added=st.lists(st.sampled_from(ADDED), min_size=1, max_size=2, unique=True),
        ratios=st.lists(st.sampled_from(RATIOS), max_size=1),
        first=st.permutations([each.table.name for each in every()]),
        row_filter=st.sampled_from(ROW_FILTERS),
    )
    def test_every_rollup_that_is_taken_answers_as_the_facts_do(
        self,
        dated: DuckDB,
        asked: Asked,
        added: list[str],
        ratios: list[str],
        first: list[str],
        row_filter: RowFilter,
    ) -> None:
        wanted = aggregate_request(SALES, texts_of(asked, added + ratios), now=NOW, language="en")

        over = ask.aggregate(Preferring(dated, tuple(first)), SALES, wanted, row_filter)
        facts = ask.aggregate(Preferring(dated, ()), SALES, wanted, row_filter)

        event(f"rollup: {over.rollup}")
        assert facts.rollup is None
        assert (over.summary, over.total) == (facts.summary, facts.total)
        assert over.cells.schema == facts.cells.schema
        assert over.records == facts.records


MONTHLY = tuple(each.table.name for each in every() if each.name.startswith("month_"))
TIMES = ["date:year", "date:quarter", "date:month", "date@ymd:month"]
OTHERS = ["", "channel:channel", "product:category", "customer:country", "gender", "age_at_event"]
CUTS = [
    "",
    "date:2010",
    "date:2011",
    "date:2010;2012",
    "date:2011,1-2011,2",
    "date:-2011,2",
    "date@ymd:2011,2",
]
BACK = ["previous", "year_ago", "2 months", "1 quarter", "40 days"]
WINDOWS = ["rolling 2 months", "rolling 1 quarter", "rolling 40 days", "to_date", "cumulative"]
DAYS = [NOW, NOW.replace(month=6, day=30), NOW.replace(month=7, day=1), NOW.replace(year=2013)]


@st.composite
def of_months(draw: st.DrawFn) -> tuple[Texts, datetime]:
    """A question by months or longer, with other times beside it, and when it is asked."""
    times, other = draw(st.sampled_from(TIMES)), draw(st.sampled_from(OTHERS))
    once: dict[str, Any] = {"compare": draw(st.sampled_from(BACK)), "window": draw(st.sampled_from(WINDOWS))}
    once = {name: once[name] for name in draw(st.sets(st.sampled_from(sorted(once)), min_size=1))}
    once |= dict.fromkeys(draw(st.sets(st.sampled_from(["fill", "totals"]))), "yes")
    if other and "fill" not in once and draw(st.booleans()):
        once["top"] = draw(st.sampled_from(["2", "2,others"]))
    texts = Texts(
        cut=[draw(st.sampled_from(CUTS)), "currency:GBP"],
        drilldown=[each for each in (times, other) if each],
        aggregates=draw(st.sampled_from([["net_revenue", "lines"], ["customers"], ["orders", "frequency"]])),
        **once,
    )
    return texts, draw(st.sampled_from(DAYS))


class TestMonths:
    @settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
    @given(asked=of_months(), first=st.permutations(MONTHLY))
    def test_they_tell_other_times_as_the_facts_do(
        self, dated: DuckDB, asked: tuple[Texts, datetime], first: list[str]
    ) -> None:
        wanted = aggregate_request(SALES, asked[0], now=asked[1], language="en")

        over = ask.aggregate(Preferring(dated, tuple(first)), SALES, wanted, NONE)
        facts = ask.aggregate(Preferring(dated, ()), SALES, wanted, NONE)

        event(f"rollup: {over.rollup}")
        assert (over.summary, over.total) == (facts.summary, facts.total)
        assert over.cells.schema == facts.cells.schema
        assert over.records == facts.records

    def test_a_quarter_beside_the_one_before_it(self, dated: DuckDB) -> None:
        cut = ["date:2011,2", "currency:GBP"]
        texts = question("date:month", "net_revenue", compare="1 quarter", cut=cut)
        wanted = aggregate_request(SALES, texts, now=NOW, language="en")
        of_months = """SELECT month, sum(net_revenue) AS net FROM sales JOIN date USING (date_key)
                       WHERE year = 2011 AND currency_key = 826 GROUP BY 1"""
        sql = f"""
            SELECT coalesce(n.month, b.month + 3), coalesce(n.net, 0), coalesce(b.net, 0)
            FROM ({of_months}) n FULL JOIN ({of_months}) b ON b.month = n.month - 3
            WHERE coalesce(n.month, b.month + 3) BETWEEN 4 AND 6 ORDER BY 1
        """

        found = ask.aggregate(Preferring(dated, MONTHLY), SALES, wanted, NONE)

        names = ("date.month", "net_revenue", "net_revenue__compared")
        assert found.rollup in {name.removeprefix("sales_by_") for name in MONTHLY}
        assert [tuple(each[name] for name in names) for each in found.records] == rows(dated, sql)


def chosen(texts: Texts, row_filter: RowFilter = NONE) -> Choice:
    wanted = aggregate_request(SALES, texts, now=NOW, language="en")
    return choose(bind_aggregate(wanted, SALES, row_filter), SIZES)


def question(drilldown: str, aggregates: str, **once: Any) -> Texts:
    return Texts(drilldown=[drilldown], aggregates=[aggregates], **once)


class TestTaken:
    @pytest.mark.parametrize(
        ("texts", "rollup"),
        [
            (question("date:year|customer:region", "net_revenue|orders", totals="yes"), "month_place"),
            (question("channel:channel", "orders", share="total"), "month_channel"),
            (question("channel:channel", "orders", having=["orders>=2"]), "month_channel"),
            (question("product:category", "net_revenue", top="3,others"), "month_category"),
            (question("date:year|gender", "customers", top="1,others"), "month_customer"),
            (question("date:month", "net_revenue", compare="year_ago"), "day_channel"),
            (question("date:month", "net_revenue", compare="year_ago", cut=["date:-2011"]), "day_channel"),
            (question("date:month", "net_revenue", compare="year_ago", cut=["date:-2010"]), "month_place"),
            (
                question("date:quarter", "net_revenue", compare="previous", cut=["date:2010;2009"]),
                "month_place",
            ),
            (question("channel", "orders", compare="previous", cut=["date:2011,3,7"]), "month_channel"),
            (question("channel", "orders", compare="previous", cut=["date:2011,3,8"]), "day_channel"),
            (question("date:month", "net_revenue", compare="30 days", cut=["date:2010"]), "day_channel"),
            (
                question("date@iso:iso_week", "net_revenue", compare="previous", cut=["date:2010"]),
                "day_channel",
            ),
            (question("date:month", "customers", compare="previous"), "day_customer"),
            (question("date:month", "customers", compare="previous", cut=["date:2010"]), "month_customer"),
            (question("date:month", "lines", window="rolling 3 months"), "month_place"),
            (question("date:month", "lines", window="rolling 90 days"), "day_channel"),
            (question("date:day", "lines", window="rolling 3 months"), "day_channel"),
            (question("date:month", "customers", window="to_date"), "month_customer"),
            (question("date:month|product:category", "net_revenue", window="cumulative"), "month_category"),
            (question("date:month", "lines", fill="yes"), "month_place"),
            (question("date:year|customer:country", "net_revenue", top="2", asof="now"), "month_customer"),
        ],
    )
    def test_the_smallest_that_can(self, texts: Texts, rollup: str) -> None:
        assert chosen(texts).rollup == rollup

    @pytest.mark.parametrize(
        ("once", "why"),
        [
            ({"compare": "year_ago"}, "it keeps months, and parts of them may be compared"),
            (
                {"compare": "9 days", "cut": ["date:2010"]},
                "it keeps months, and parts of them may be compared",
            ),
            ({"window": "rolling 9 days"}, "it keeps months, and the window begins within one"),
        ],
    )
    def test_parts_of_months_are_told_by_single_days(self, once: dict[str, Any], why: str) -> None:
        choice = chosen(question("date:month", "net_revenue", **once))

        assert why_not("month_channel", choice) == why

    def test_years_do_not_tell_other_times(self) -> None:
        choice = chosen(question("date:year", "customers", window="cumulative"))

        assert why_not("year_customer", choice).startswith("it keeps periods, and other times are told by")

    def test_a_ranking_needs_what_it_ranks_by(self) -> None:
        choice = chosen(question("product:category", "net_revenue", top="3", order=["net_revenue:desc"]))
        others = chosen(question("product:category", "net_revenue|orders", top="3", order=["orders:desc"]))

        assert (choice.rollup, others.rollup) == ("month_category", None)
