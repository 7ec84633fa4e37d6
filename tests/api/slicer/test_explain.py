"""`explain=yes`: how a question would be answered, over HTTP, GraphQL and Python alike."""

from collections.abc import Iterator
from typing import Any

import pytest

from olap.client import Cube
from olap.engines.duckdb import DuckDB
from olap.rollups import kept
from tests.api.slicer.conftest import Client
from tests.olap.small_star import SmallCube

ASKED = {"drilldown": "date:year", "aggregates": "orders", "cut": "customer:France"}

DOCUMENT = """
    query ($input: CubeAggregateInput!) { cube(name: "sales") {
        explain(input: $input) { plan sql values rollup refused { rollup reason } }
        aggregate(input: $input) { rollup }
    } }
"""


@pytest.fixture
def rolled_up(star_engine: DuckDB) -> Iterator[DuckDB]:
    """The cube has its rollups for the time of a test."""
    with star_engine.transaction() as cursor:
        rows = kept.build(cursor)
    # So few facts have as many cells in every rollup; the one to be taken is said here.
    star_engine.rollups = {**rows, "sales_by_month_place": 1}
    yield star_engine
    star_engine.rollups = {}


class TestHttp:
    def test_the_plan_the_statement_and_its_values_are_told_and_nothing_is_computed(
        self, analyst: Client
    ) -> None:
        answer = analyst.get("/slicer/cube/sales/aggregate", {**ASKED, "explain": "yes"}).json()

        told = answer.pop("explain")
        assert answer == {}
        assert "France" in told["values"]
        assert f"customer.country = ${told['values'].index('France') + 1}" in told["sql"]
        assert told["plan"]["attributes"] == [{"is": "Attribute", "ref": "date.year", "column": "date.year"}]
        assert (told["rollup"], told["refused"]) == (None, [])

    def test_the_caller_s_restriction_stands_in_the_statement(self, client_as: Any) -> None:
        own = client_as(scope="BRANCH", branches=())

        told = own.get("/slicer/cube/sales/aggregate", {"explain": "yes"}).json()["explain"]

        assert "WHERE" in told["sql"]

    def test_an_answer_names_the_rollup_that_it_was_read_from(
        self, analyst: Client, rolled_up: DuckDB
    ) -> None:
        answer = analyst.get("/slicer/cube/sales/aggregate", ASKED).json()
        told = analyst.get("/slicer/cube/sales/aggregate", {**ASKED, "explain": "yes"}).json()["explain"]

        assert answer["freshness"]["rollup"] == "month_place"
        assert told["rollup"] == "month_place"
        assert told["plan"]["star"]["fact"] == "sales_by_month_place"
        assert {"rollup": "month_channel", "reason": "it keeps no customer.country"} in told["refused"]

    def test_what_the_question_itself_is_refused_for_is_said(self, analyst: Client) -> None:
        refused = analyst.get("/slicer/cube/sales/aggregate", {"cut": "colour:red", "explain": "yes"})

        assert refused.status_code == 404
        assert "colour" in refused.text

    def test_it_is_not_told_without_a_right_to_ask(self, anybody: Client) -> None:
        assert anybody.get("/slicer/cube/sales/aggregate", {"explain": "yes"}).status_code == 401


class TestGraphQL:
    def test_the_same_is_told(self, analyst: Client) -> None:
        asked = {
            "cut": [{"dimension": "customer", "members": {"point": ["France"]}}],
            "drilldown": [{"dimension": "date", "level": "year"}],
            "aggregates": ["orders"],
        }

        cube = analyst.post(DOCUMENT, {"input": asked})["data"]["cube"]

        told = cube["explain"]
        assert "France" in told["values"]
        assert '"ref": "date.year"' in told["plan"]
        assert (told["rollup"], told["refused"], cube["aggregate"]["rollup"]) == (None, [], None)


class TestPython:
    def test_the_same_is_told(self, star_engine: DuckDB) -> None:
        cube: Any = SmallCube(star_engine)

        told = Cube("sales", store=cube).where(country="France").by("year").explain("orders")

        assert "France" in told["values"]
        assert told["rollup"] is None
