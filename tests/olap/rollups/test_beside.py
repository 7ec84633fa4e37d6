"""What stands beside the aggregates is the same from a rollup as from the facts."""

from collections.abc import Iterator
from dataclasses import replace
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
from tests.olap.cube.asking import SALES
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
            (question("date:month", "customers", compare="previous"), "day_customer"),
            (question("date:month", "lines", window="rolling 3 months"), "day_channel"),
            (question("date:month", "customers", window="to_date"), "day_customer"),
            (question("date:month", "lines", fill="yes"), "day_channel"),
            (question("date:year|customer:country", "net_revenue", top="2", asof="now"), "month_customer"),
        ],
    )
    def test_the_smallest_that_can(self, texts: Texts, rollup: str) -> None:
        assert chosen(texts).rollup == rollup

    def test_without_single_days_other_times_are_told_by_the_facts(self) -> None:
        choice = chosen(question("date:month", "net_revenue", compare="year_ago"))

        assert why_not("month_channel", choice) == "it keeps periods, and other times are told by single days"

    def test_a_ranking_needs_what_it_ranks_by(self) -> None:
        choice = chosen(question("product:category", "net_revenue", top="3", order=["net_revenue:desc"]))
        others = chosen(question("product:category", "net_revenue|orders", top="3", order=["orders:desc"]))

        assert (choice.rollup, others.rollup) == ("month_category", None)
