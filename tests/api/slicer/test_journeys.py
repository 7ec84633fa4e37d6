"""Cohorts, funnels, matrices of RFM and migrations over HTTP and GraphQL alike, under the caller's rights."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tests.api.slicer.conftest import Client
from tests.api.slicer.test_graphql import same_rows

DOCUMENT = """
    query ($cube: String!, $input: CubeAggregateInput!) { cube(name: $cube) {
        aggregate(input: $input) { summary { aggregate value } totalCellCount cells { columns { ref } rows } }
        explain(input: $input) { plan sql }
    } }
"""
COHORT = {"cohort": "year", "aggregates": "orders", "cut": "currency:GBP"}
ASKED: dict[str, tuple[str, dict[str, str]]] = {
    "cohort": ("sales", {"cohort": "quarter", "drilldown": "customer"}),
    "funnel": (
        "sales",
        {
            "funnel": "sales.product:home|touchpoints.contacts|sales",
            "within": "30 days",
            "drilldown": "customer",
        },
    ),
    "rfm": ("customers", {"rfm": "latest,monetary", "drilldown": "customer"}),
    "migration": ("customers", {"migration": "rfm_cell,quarter", "drilldown": "customer"}),
    "deciles": ("sales", {"deciles": "4", "drilldown": "customer", "aggregates": "lines"}),
}


def path(cube: str) -> str:
    return f"/slicer/cube/{cube}/aggregate"


def rest(given: dict[str, str]) -> dict[str, Any]:
    """The same parameters as GraphQL has them."""
    named: dict[str, Any] = {name: text for name, text in given.items() if name != "drilldown"}
    named |= {"deciles": int(given["deciles"]), "aggregates": ["lines"]} if "deciles" in given else {}
    return {**named, "drilldown": [{"dimension": given["drilldown"]}], "pageSize": 1000}


class TestHttp:
    def test_a_cohort_is_an_answer_as_any_other(self, analyst: Client) -> None:
        answer = analyst.get(path("sales"), COHORT).json()

        assert answer["aggregates"] == ["cohort_size", "active_customers", "retention", "orders"]
        assert answer["attributes"] == ["cohort", "period", "complete"]
        assert answer["summary"] == {
            "cohort_size": 5,
            "active_customers": 5,
            "retention": None,
            "orders": 8,
        }
        # The calendar of the small star begins there; it has but the days of its facts.
        assert answer["cells"][0] == {
            "cohort": "2010-12-30",
            "period": 0,
            "complete": True,
            "cohort_size": 1,
            "active_customers": 1,
            "retention": 1.0,
            "orders": 1,
        }
        assert answer["total_cell_count"] == len(answer["cells"])
        assert "watermark" in answer["freshness"]

    @pytest.mark.parametrize(
        ("language", "head"),
        [
            ("en", "Cohort,Periods since,Complete,Cohort size"),
            ("ko", "코호트,경과 기간,기간 종료,코호트 크기"),
        ],
    )
    def test_files_have_labels_in_the_asked_language(self, analyst: Client, language: str, head: str) -> None:
        answer = analyst.get(path("sales"), {**COHORT, "format": "csv", "lang": language})

        assert answer.text.startswith(head)

    @pytest.mark.parametrize("format_", ["xlsx", "arrow", "parquet", "json_lines"])
    @pytest.mark.parametrize("asked", list(ASKED))
    def test_every_format_is_written(self, analyst: Client, asked: str, format_: str) -> None:
        cube, given = ASKED[asked]

        answer = analyst.get(path(cube), {**given, "format": format_})

        assert answer.status_code == 200

    def test_pages_hold_every_row_once(self, analyst: Client) -> None:
        whole = analyst.get(path("sales"), COHORT).json()["cells"]

        pages = [
            analyst.get(path("sales"), {**COHORT, "page": str(page), "pagesize": "4"}).json()["cells"]
            for page in range(len(whole) // 4 + 1)
        ]

        assert [row for page in pages for row in page] == whole

    def test_a_report_asks_them_too(self, analyst: Client) -> None:
        query = {"query": "aggregate", "cohort": "year", "aggregates": "orders"}

        answer = analyst.get(
            "/slicer/cube/sales/report?cut=currency:GBP", method="POST", body={"queries": {"c": query}}
        )

        assert answer.json()["c"]["cells"] == analyst.get(path("sales"), COHORT).json()["cells"]

    def test_a_wrong_word_is_a_400_in_the_slicers_shape(self, analyst: Client) -> None:
        answer = analyst.get(path("sales"), {"cohort": "fortnight"})

        assert answer.status_code == 400
        assert answer.json()["message"] == "unknown cohort 'fortnight'; known: week, month, quarter, year"


class TestGraphQL:
    @pytest.mark.parametrize("asked", list(ASKED))
    def test_it_gives_what_the_slicer_gives(self, analyst: Client, asked: str) -> None:
        cube, given = ASKED[asked]
        slicer = analyst.get(path(cube), given).json()

        told = analyst.post(DOCUMENT, {"cube": cube, "input": rest(given)})["data"]["cube"]

        assert told["aggregate"]["totalCellCount"] == slicer["total_cell_count"]
        assert same_rows(told["aggregate"]["cells"], slicer["cells"])
        assert [each["aggregate"] for each in told["aggregate"]["summary"]] == slicer["aggregates"]
        assert f'"is": "{asked.capitalize()}"' in told["explain"]["plan"]


class TestTheCallersRights:
    @pytest.mark.parametrize("asked", list(ASKED))
    def test_who_sees_nothing_is_told_nothing(self, client_as: Callable[..., Client], asked: str) -> None:
        cube, given = ASKED[asked]

        answer = client_as(role="AGENT", scope="OWN", subject="nobody").get(path(cube), given).json()

        numbers = [
            value
            for row in [*answer["cells"], answer["summary"]]
            for name, value in row.items()
            if name in {"cohort_size", "active_customers", "reached", "unknown", "customers", "orders"}
        ]
        assert not any(Decimal(str(value or 0)) for value in numbers)
        assert not any(row.get("customer.country") for row in answer["cells"])
