"""Which rollup is taken, and a reason for each that is not."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import MetaData

from olap.bind import bind_aggregate, bind_facts
from olap.conditions import AllOf
from olap.engines.duckdb import DuckDB
from olap.errors import ModelError
from olap.physical import CountDistinct, Formula
from olap.plan import NONE, Aggregation, Plan, RowFilter, Star, Whole
from olap.request import FactsRequest, aggregate_request
from olap.rollups.choice import Choice, choose
from olap.rollups.declared import declare, every
from olap.vocabulary import Cell
from tests.olap.cube.asking import SALES, aggregated, texts

NOW = datetime(2011, 3, 5, tzinfo=UTC)
ROWS = {
    "sales_by_day_customer": 1_500_000,
    "sales_by_month_customer": 1_100_000,
    "sales_by_year_customer": 770_000,
    "sales_by_customers_of_year": 768_000,
    "sales_by_customers_ever": 198_000,
    "sales_by_day_channel": 160_000,
    "sales_by_month_age": 2_300,
    "sales_by_month_category": 6_300,
    "sales_by_month_channel": 5_500,
    "sales_by_month_place": 2_200,
}


def chosen(row_filter: RowFilter = NONE, **parameters: Any) -> Choice:
    wanted = aggregate_request(SALES, texts(**parameters), now=NOW, language="en")
    return choose(bind_aggregate(wanted, SALES, row_filter), ROWS)


def why_not(rollup: str, choice: Choice) -> str:
    return next(each.reason for each in choice.refused if each.rollup == rollup)


def aggregation(**parameters: Any) -> tuple[Aggregation, Formula]:
    """The shape that is run, and its first aggregate."""
    shape = chosen(**parameters).plan.shape
    assert isinstance(shape, Aggregation)
    return shape, shape.aggregates[0][1]


class TestOnce:
    """Distinct values that a rollup has once in every group are counted without a look at one another."""

    def test_of_each_group_and_the_summary_from_where_it_is_right(self) -> None:
        shape, formula = aggregation(drilldown="date:year", aggregates="customers")

        assert shape.star.fact == "sales_by_customers_of_year"
        assert is_once(formula)
        assert shape.whole is not None
        assert shape.whole.star.fact == "sales_by_customers_ever"
        assert is_once(shape.whole.aggregates[0][1])

    def test_in_several_years_a_customer_may_be_there_twice(self) -> None:
        shape, formula = aggregation(drilldown="date:year", cut="date:2011-2012", aggregates="customers")

        assert is_once(formula)
        assert shape.whole is not None
        assert shape.whole.star.fact == "sales_by_customers_of_year"
        assert not is_once(shape.whole.aggregates[0][1])

    def test_a_year_that_is_cut_has_each_once(self) -> None:
        shape, formula = aggregation(cut="date:2011", aggregates="customers")

        assert (shape.star.fact, shape.whole) == ("sales_by_customers_of_year", None)
        assert is_once(formula)

    def test_in_several_currencies_he_may_be_there_twice(self) -> None:
        shape, formula = aggregation(drilldown="date:year", cut="currency:826;410", aggregates="customers")

        assert (shape.star.fact, shape.whole) == ("sales_by_year_customer", None)
        assert not is_once(formula)


def is_once(formula: Formula) -> bool:
    assert isinstance(formula, CountDistinct)
    return formula.once


class TestTaken:
    @pytest.mark.parametrize(
        ("drilldown", "aggregates", "rollup"),
        [
            ("date:year", "net_revenue|orders|margin_rate|aov", "month_place"),
            ("date:year|customer:region", "net_revenue|orders", "month_place"),
            ("date:year|channel:channel", "orders", "month_channel"),
            ("channel:channel_group|line_kind", "net_revenue", "month_channel"),
            ("date:day|channel", "net_revenue", "day_channel"),
            ("branch:branch", "orders", "day_customer"),
            ("product:category", "net_revenue|units", "month_category"),
            ("date:year", "customers", "customers_of_year"),
            ("known", "customers", "customers_ever"),
            ("date:year|currency", "customers", "year_customer"),
            ("date:month", "customers|frequency", "month_customer"),
            ("age_at_event", "net_revenue|orders", "month_age"),
            ("date:year|age_at_event", "customers", "day_customer"),
            ("gender", "net_revenue", "month_customer"),
            ("date@iso:iso_week", "customers", "day_customer"),
        ],
    )
    def test_the_one_with_the_fewest_rows_that_can(
        self, drilldown: str, aggregates: str, rollup: str
    ) -> None:
        assert chosen(drilldown=drilldown, aggregates=aggregates).rollup == rollup

    def test_cuts_count_as_much_as_levels(self) -> None:
        assert (
            chosen(cut="gender:female", drilldown="date:year", aggregates="orders").rollup == "month_customer"
        )

    def test_a_split_counts_as_well(self) -> None:
        assert chosen(split="gender:female", aggregates="orders").rollup == "month_customer"

    def test_nothing_is_taken_where_no_rollup_stands(self) -> None:
        plan = bind_aggregate(aggregate_request(SALES, texts(), now=NOW, language="en"), SALES, NONE)

        assert choose(plan, {}) == Choice(plan, None, ())

    def test_traits_as_they_are_now_come_through_the_customer(self) -> None:
        choice = chosen(drilldown="customer:country", aggregates="net_revenue", asof="now")

        assert choice.rollup == "month_customer"
        assert "customer.country as it was at the event" in why_not("month_place", choice)

    def test_what_is_told_by_days_comes_through_the_customer_and_the_day(self) -> None:
        then = chosen(drilldown="rfm_cell", cut="lifecycle_stage:loyal", aggregates="net_revenue")
        now = chosen(
            drilldown="rfm_cell", cut="lifecycle_stage:loyal", aggregates="net_revenue", asof="2011-06-30"
        )

        assert (then.rollup, now.rollup) == ("day_customer", "year_customer")
        assert why_not("month_customer", then) == "it keeps no sales.date_key"


class TestRefused:
    def test_a_level_that_it_does_not_keep(self) -> None:
        choice = chosen(drilldown="date:day", aggregates="orders")

        assert why_not("month_channel", choice) == "it keeps no date.day"

    def test_a_cut_that_it_does_not_keep(self) -> None:
        choice = chosen(cut="customer:France", aggregates="orders")

        assert why_not("month_channel", choice) == "it keeps no customer.country"

    def test_a_distinct_count_that_would_count_twice(self) -> None:
        choice = chosen(drilldown="product:category", aggregates="orders")

        assert choice.rollup is None
        assert why_not("month_category", choice) == (
            "distinct sales.order_id cannot be counted from it: one may lie in several of its cells"
        )

    def test_distinct_customers_where_they_are_not_kept(self) -> None:
        choice = chosen(aggregates="customers")

        assert "distinct sales.customer_id cannot be counted" in why_not("month_channel", choice)

    def test_a_part_of_a_ratio_that_cannot_be_had(self) -> None:
        assert "distinct sales.customer_id" in why_not("month_place", chosen(aggregates="frequency"))

    def test_more_rows_than_the_one_taken(self) -> None:
        choice = chosen(aggregates="net_revenue")

        assert why_not("day_customer", choice) == "it has 1,500,000 rows, more than month_place"

    def test_the_owner_of_the_customer_where_customers_are_not_kept(self) -> None:
        choice = chosen(RowFilter(owner_id=7), aggregates="net_revenue")

        assert choice.rollup == "day_customer"
        assert why_not("month_channel", choice) == "it keeps no sales.agent_key"

    def test_the_branch_that_sold_where_branches_are_not_kept(self) -> None:
        choice = chosen(RowFilter(branch_keys=frozenset({1})), aggregates="net_revenue")

        assert choice.rollup == "day_customer"
        assert why_not("month_customer", choice) == "it keeps no sales.branch_key"

    def test_the_facts_themselves(self) -> None:
        plan = bind_facts(FactsRequest(cell=Cell(SALES.cube())), SALES, NONE)

        assert {each.reason for each in choose(plan, ROWS).refused} == {"it keeps no single facts"}

    def test_a_question_that_rollups_do_not_understand(self) -> None:
        wanted = aggregate_request(SALES, texts(drilldown="date:month"), now=NOW, language="en")
        plan = bind_aggregate(wanted, SALES, NONE)
        shape = plan.shape
        assert isinstance(shape, Aggregation)
        whole = Whole(shape.star, shape.aggregates, None)

        choice = choose(Plan(replace(shape, whole=whole), plan.values), ROWS)

        assert choice.rollup is None
        assert {each.reason for each in choice.refused} == {"whole is computed from the facts"}

    def test_facts_of_another_table(self) -> None:
        wanted = aggregate_request(SALES, texts(), now=NOW, language="en")
        shape = bind_aggregate(wanted, SALES, NONE).shape
        assert isinstance(shape, Aggregation)
        other = Plan(replace(shape, star=Star("stock", (), AllOf(()))), ())

        assert choose(other, ROWS) == Choice(other, None, ())


class TestRowFilters:
    @pytest.mark.parametrize(
        "row_filter",
        [
            RowFilter(owner_id=7),
            RowFilter(frozenset({1})),
            RowFilter(frozenset()),
            RowFilter(frozenset({2}), 8),
        ],
        ids=["own", "branch", "nothing", "both"],
    )
    def test_a_rollup_shows_no_more_than_the_facts(
        self, small_rolled: DuckDB, small: DuckDB, row_filter: RowFilter
    ) -> None:
        asked: dict[str, Any] = {"cut": "currency:GBP", "aggregates": "net_revenue|orders|customers"}

        found = aggregated(small_rolled, row_filter=row_filter, **asked)

        assert found.rollup is not None
        assert found.summary == aggregated(small, row_filter=row_filter, **asked).summary


class TestDeclared:
    def test_tables_and_their_rows_are_those_of_the_model(self) -> None:
        assert {rollup.table.name for rollup in every()} == set(ROWS)

    @pytest.mark.parametrize(
        ("described", "message"),
        [
            ({"keys": ["sales.currency_key", "sales.colour"]}, "column 'sales.colour'"),
            ({"keys": ["sales.date_key"]}, "it lacks sales.currency_key"),
            ({"keys": ["sales.date_key"], "keeps": ["lines", "gross"]}, "it lacks sales.currency_key"),
            (
                {"keys": ["customer_rfm.rfm_cell", "sales.currency_key"]},
                "cannot keep customer_rfm.rfm_cell, which is told by days",
            ),
            ({"keys": ["sales.date_key"], "keeps": ["rows"]}, "cannot keep 'rows'; it could: net_revenue, "),
            ({"keys": ["sales.currency_key"], "of": "nothing"}, "is made of 'nothing'; declared before it: "),
        ],
    )
    def test_one_that_does_not_fit_is_refused(self, described: dict[str, Any], message: str) -> None:
        with pytest.raises(ModelError, match=message):
            declare(SALES, {"name": "odd", **described}, {}, {})

    def test_what_keeps_no_amounts_needs_no_currency(self) -> None:
        found = declare(
            SALES,
            {"name": "odd", "keys": ["sales.date_key"], "keeps": ["lines"]},
            {},
            {},
            metadata=MetaData(),
        )

        assert list(found.stored) == ["lines"]
