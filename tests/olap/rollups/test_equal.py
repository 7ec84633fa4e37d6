"""Every answer from a rollup is that of the facts, to the last digit."""

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from olap.ask import Engine, MixedCurrencies
from olap.engines.duckdb import DuckDB
from olap.rollups import proof
from olap.rollups.declared import every
from olap.vocabulary import path_text
from tests.olap.cube.asking import aggregated, members, rows
from tests.olap.cube.questions import HIERARCHIES, Path, Question, columns_of, questions
from tests.olap.cube.random_star import flat, random_rows
from tests.olap.rollups.conftest import roll_up
from tests.olap.rollups.preferring import Preferring
from tests.olap.small_star import small_engine

FRAME = flat(random_rows())
KNOWN: dict[tuple[str, str], list[Path]] = {
    (name, along): sorted(set(FRAME[columns_of(name, along)].itertuples(index=False, name=None)), key=str)
    for name, along, _ in HIERARCHIES
}
FIELDS = ("age_at_event", "orders", "net_revenue")
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


class TestRandomQuestions:
    @settings(max_examples=200, deadline=None, suppress_health_check=SLOW)
    @given(question=questions(KNOWN), first=st.permutations([each.table.name for each in every()]))
    def test_every_rollup_that_is_taken_answers_as_the_facts_do(
        self, rolled: DuckDB, facts_alone: DuckDB, question: Question, first: list[str]
    ) -> None:
        preferring = Preferring(rolled, tuple(first))

        assert answered(preferring, question) == answered(facts_alone, question)

    @pytest.mark.parametrize("asof", ["event", "now"])
    @pytest.mark.parametrize(("dimension", "hierarchy", "_"), HIERARCHIES)
    def test_members_from_rollups_are_those_of_the_facts(
        self, rolled: DuckDB, facts_alone: DuckDB, dimension: str, hierarchy: str, _: Any, asof: str
    ) -> None:
        asked: dict[str, Any] = {"cut": f"customer:{path_text([FRAME['customer.country'][0]])}", "asof": asof}

        found = members(rolled, dimension, hierarchy=hierarchy, **asked)

        assert found.table == members(facts_alone, dimension, hierarchy=hierarchy, **asked).table


class TestCounts:
    """Against hand-written SQL on the facts."""

    def test_distinct_customers_of_each_year(self, small_rolled: DuckDB) -> None:
        result = aggregated(small_rolled, drilldown="date:year", aggregates="customers")

        assert result.rollup == "customers_of_year"
        assert [(r["date.year"], r["customers"]) for r in result.records] == rows(
            small_rolled,
            "SELECT d.year, count(DISTINCT nullif(s.customer_id, 0)) FROM sales s JOIN date d USING (date_key)"
            " GROUP BY 1 ORDER BY 1 NULLS LAST",
        )
        assert result.summary == {"customers": 6}

    def test_an_order_of_sales_and_returns_counts_once_and_returns_alone_do_not(
        self, small_rolled: DuckDB
    ) -> None:
        sql = """
            SELECT h.channel, count(DISTINCT s.order_id) FILTER (k.kind = 'sale') FROM sales s
            JOIN channel h USING (channel_key) JOIN line_kind k USING (line_kind_key)
            GROUP BY 1 ORDER BY 1 NULLS LAST
        """

        by_channel = Preferring(small_rolled, ("sales_by_month_channel",))
        result = aggregated(by_channel, drilldown="channel:channel", aggregates="orders")

        assert {r["channel.channel"]: r["orders"] for r in result.records} == dict(rows(small_rolled, sql))
        assert result.summary == {"orders": 13}

    def test_a_customer_with_returns_alone_is_no_buyer(self) -> None:
        with small_engine() as engine:
            with engine.transaction() as cursor:
                cursor.execute("DELETE FROM sales WHERE customer_id = 5 AND line_kind_key = 1")
            roll_up(engine)

            result = aggregated(engine, cut="date:2012", aggregates="frequency|customers|orders")

        # Customers 1, 2, 3 and 4 bought once each; 5 only sent something back.
        assert result.rollup == "year_customer"
        assert result.summary == {"frequency": 1.0, "customers": 5, "orders": 5}

    def test_a_cost_that_nobody_knows_stays_unknown(self, small_rolled: DuckDB) -> None:
        cut = "date:2012|known:no"

        result = aggregated(small_rolled, cut=cut, aggregates="cost|margin_rate|lines")

        assert result.rollup is not None
        assert result.summary == {"cost": None, "margin_rate": None, "lines": 1}

    @pytest.mark.parametrize("rollup", ["month_age", "day_customer"])
    def test_ages_at_the_event_are_kept(self, rollup: str) -> None:
        sql = """
            SELECT a.age_at_event, count(DISTINCT s.order_id) FILTER (k.kind = 'sale'), sum(s.net_revenue)
            FROM sales s JOIN age a USING (age_key) JOIN line_kind k USING (line_kind_key)
            WHERE s.currency_key = 826 GROUP BY 1 ORDER BY 1 NULLS LAST
        """
        asked: dict[str, Any] = {
            "drilldown": "age_at_event",
            "aggregates": "orders|net_revenue",
            "cut": "currency:GBP",
        }
        with small_engine() as engine:
            with engine.transaction() as cursor:
                cursor.execute("INSERT INTO age VALUES (1, '0-19'), (2, '20-29'), (3, '30-39')")
                cursor.execute("UPDATE sales SET age_key = order_id % 4")
            roll_up(engine)

            result = aggregated(Preferring(engine, (f"sales_by_{rollup}",)), **asked)
            found = [tuple(record[name] for name in FIELDS) for record in result.records]

            assert (result.rollup, len(found) > 2) == (rollup, True)
            assert found == rows(engine, sql)

    def test_a_cell_without_facts_has_nothing_and_not_null(self, small_rolled: DuckDB) -> None:
        result = aggregated(small_rolled, cut="date:1999", aggregates="net_revenue|orders|lines|customers")

        assert result.rollup is not None
        assert result.summary == {"net_revenue": 0, "orders": 0, "lines": 0, "customers": 0}


class TestProof:
    def test_rollups_equal_their_facts(self, rolled: DuckDB) -> None:
        with rolled.reading() as cursor:
            assert list(proof.differences(cursor)) == []

    def test_a_cell_that_is_wrong_is_found_on_both_sides(self) -> None:
        with small_engine() as engine, engine.transaction() as cursor:
            roll_up(engine)
            cursor.execute(
                "UPDATE sales_by_month_place SET orders = orders + 1 WHERE customer_country = 'France'"
            )

            found = [each.text() for each in proof.differences(cursor)]

        assert found == [
            "sales_by_month_place all cells: surplus is 5 in the cube and 0 in Postgres",
            "sales_by_month_place all cells: missing is 5 in the cube and 0 in Postgres",
        ]

    def test_an_order_of_two_customers_is_found(self) -> None:
        with small_engine() as engine:
            with engine.transaction() as cursor:
                cursor.execute("UPDATE sales SET customer_id = 5 WHERE line_id = 101")
            roll_up(engine)
            with engine.reading() as cursor:
                found = list(proof.differences(cursor))

        assert found[-1].text() == "sales one order_id: with several keys is 1 in the cube and 0 in Postgres"


def answered(engine: Engine, question: Question) -> Any:
    """Summary, cells with their types, and how many; or the refusal."""
    try:
        result = aggregated(engine, paging=question.paging, row_filter=question.row_filter, **question.texts)
    except MixedCurrencies as refused:
        return str(refused)
    return result.summary, _typed(result.cells), result.total


def _typed(table: pa.Table) -> tuple[str, list[Any]]:
    return str(table.schema), table.to_pylist()
