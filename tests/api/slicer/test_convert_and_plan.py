"""One currency and targets over HTTP and GraphQL alike; a star without rates and targets says so."""

from typing import Any

import pytest

from tests.api.slicer.conftest import Client
from tests.api.slicer.test_graphql import AGGREGATE, same_rows

PATH = "/slicer/cube/sales/aggregate"
WON = {"dimension": "currency", "members": {"point": ["KRW"]}}


class TestConvert:
    def test_both_ways_give_the_same(self, analyst: Client) -> None:
        asked = {"cut": "currency:KRW", "drilldown": "date", "convert": "KRW"}
        slicer = analyst.get(PATH, asked).json()
        plain = analyst.get(PATH, {**asked, "convert": ""}).json()

        found = analyst.post(
            AGGREGATE,
            {
                "input": {
                    "cut": [WON],
                    "drilldown": [{"dimension": "date"}],
                    "convert": "KRW",
                    "pageSize": 1000,
                }
            },
        )

        assert same_rows(found["data"]["cube"]["aggregate"]["cells"], slicer["cells"])
        # What is in won already stays as it is.
        assert slicer["cells"] == plain["cells"]

    @pytest.mark.parametrize(
        ("asked", "told"),
        [
            ({"convert": "KRW"}, "no exchange rate is known for GBP"),
            ({"convert": "XTS"}, "unknown currency 'XTS' in convert; known: GBP, KRW"),
            ({"convert": "won; DROP TABLE sales"}, "a code of ISO 4217 has three letters"),
        ],
    )
    def test_what_cannot_be_is_a_400_that_says_why(
        self, analyst: Client, asked: dict[str, str], told: str
    ) -> None:
        answer = analyst.get(PATH, {**asked, "aggregates": "net_revenue"})

        assert answer.status_code == 400
        assert told in answer.json()["message"]

    def test_explain_shows_the_rates_and_why_rollups_do_not_answer(self, analyst: Client) -> None:
        asked = {"convert": "KRW", "aggregates": "net_revenue", "drilldown": "date", "explain": "yes"}

        told = analyst.get(PATH, asked).json()["explain"]

        assert "exchange_rate" in told["sql"]
        assert {each["reason"] for each in told["refused"]} <= {
            "each fact is converted at the rate of its own day"
        }


class TestPlan:
    def test_without_targets_the_answer_is_as_ever(self, analyst: Client) -> None:
        asked = {"cut": "currency:GBP", "drilldown": "date", "aggregates": "lines"}
        plain = analyst.get(PATH, asked).json()

        found: dict[str, Any] = analyst.post(
            AGGREGATE,
            {
                "input": {
                    "cut": [{"dimension": "currency", "members": {"point": ["GBP"]}}],
                    "drilldown": [{"dimension": "date"}],
                    "aggregates": ["lines"],
                    "plan": True,
                    "pageSize": 1000,
                }
            },
        )

        assert analyst.get(PATH, {**asked, "plan": "yes"}).json()["cells"] == plain["cells"]
        assert same_rows(found["data"]["cube"]["aggregate"]["cells"], plain["cells"])

    def test_a_word_that_is_neither_yes_nor_no_is_a_400(self, analyst: Client) -> None:
        answer = analyst.get(PATH, {"plan": "perhaps"})

        assert (answer.status_code, answer.json()["message"]) == (
            400,
            "unknown plan 'perhaps'; known: yes, no",
        )
