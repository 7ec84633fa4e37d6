"""A cohort from a rollup is that of the facts, to the last digit; a rollup that cannot tell it says why."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from olap import ask
from olap.bind import bind_aggregate
from olap.engines.duckdb import DuckDB
from olap.plan import NONE
from olap.request import Texts, aggregate_request
from olap.rollups import kept
from olap.rollups.choice import chosen
from olap.rollups.declared import rollups
from tests.olap.cube.asking import SALES
from tests.olap.engines.stars import in_duckdb
from tests.olap.journeys.test_cohort import Asked, questions
from tests.olap.journeys.ways import NOW, ROWS
from tests.olap.rollups.preferring import Preferring
from tests.olap.small_star import whole


@pytest.fixture(scope="module")
def rolled() -> Iterator[DuckDB]:
    with in_duckdb({table: whole(table, given) for table, given in ROWS.items()}) as engine:
        with engine.transaction() as cursor:
            kept.build(cursor)
        yield engine


class TestCohortsFromRollups:
    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
    @given(asked=questions, first=st.permutations([each.table.name for each in rollups()["sales"]]))
    def test_they_are_those_of_the_facts(self, rolled: DuckDB, asked: Asked, first: list[str]) -> None:
        wanted = aggregate_request(SALES, asked.texts, now=NOW, language="en")

        by_rollup = ask.aggregate(Preferring(rolled, tuple(first)), SALES, wanted, asked.row_filter)
        by_facts = ask.aggregate(rolled, SALES, wanted, asked.row_filter)

        assert (by_rollup.summary, by_rollup.records) == (by_facts.summary, by_facts.records)

    @pytest.mark.parametrize(
        ("unit", "rollup"),
        [("year", "year_customer"), ("month", "month_customer"), ("week", "day_customer")],
    )
    def test_the_smallest_that_keeps_customers_and_units_is_read(
        self, rolled: DuckDB, unit: str, rollup: str
    ) -> None:
        sizes = ("year_customer", "month_customer", "day_channel", "day_customer")
        preferring = Preferring(rolled, tuple(f"sales_by_{name}" for name in sizes))
        wanted = aggregate_request(SALES, Texts(cohort=unit), now=NOW, language="en")

        choice = chosen(preferring, bind_aggregate(wanted, SALES, NONE))

        assert choice.rollup == rollup

    def test_what_they_do_not_keep_is_told(self, rolled: DuckDB) -> None:
        texts = Texts(cohort="month", cut=["product:home"])
        preferring = Preferring(rolled, ("sales_by_month_customer",))
        wanted = aggregate_request(SALES, texts, now=NOW, language="en")

        choice = chosen(preferring, bind_aggregate(wanted, SALES, NONE))

        assert choice.rollup is None
        assert choice.refused[0].reason == "it keeps no product.department"
