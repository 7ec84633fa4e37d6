"""Which cells a rule over customers can say, and why not the others."""

from datetime import UTC, datetime
from typing import Any

import pytest

from olap.errors import RequestError
from olap.mining.cell_rules import rule_of
from olap.request import Texts, facts_request
from olap.vocabulary import model_of

NOW = datetime(2011, 9, 14, 9, 30, tzinfo=UTC)


def rule(cut: str, *, cube: str = "sales", asof: str | None = "now") -> Any:
    model = model_of(cube)
    wanted = facts_request(model, Texts(cut=[cut] if cut else [], asof=asof), now=NOW, language="en")
    return rule_of(model, wanted, NOW.date())


ORDERS = {"orders": {"atLeast": 1}}


class TestSaid:
    @pytest.mark.parametrize(
        ("cut", "said"),
        [
            ("line_kind:sale", [ORDERS]),
            (
                "line_kind:sale|gender:female;male",
                [{"trait": {"name": "GENDER", "in": ["FEMALE", "MALE"]}}, ORDERS],
            ),
            (
                "customer:KR,Seoul;US|line_kind:sale",
                [
                    {
                        "any": [
                            {
                                "all": [
                                    {"trait": {"name": "COUNTRY", "in": ["KR"]}},
                                    {"trait": {"name": "REGION", "in": ["Seoul"]}},
                                ]
                            },
                            {"trait": {"name": "COUNTRY", "in": ["US"]}},
                        ]
                    },
                    ORDERS,
                ],
            ),
            ("lifecycle_stage:active|line_kind:sale", [{"lifecycle": ["ACTIVE"]}, ORDERS]),
            (
                "date@ymd:89daysago-today|line_kind:sale",
                [{"orders": {"atLeast": 1, "days": 90}}],
            ),
            ("date@ymd:2011,9,1-|line_kind:sale", [{"orders": {"atLeast": 1, "days": 14}}]),
        ],
    )
    def test_what_customers_are_and_that_they_bought(self, cut: str, said: list[Any]) -> None:
        assert rule(cut) == {"all": said}

    def test_contacts_by_channels(self) -> None:
        found = rule("channel:digital,web;digital,mobile|date@ymd:today-", cube="touchpoints")

        assert found == {"all": [{"touchpoints": {"atLeast": 1, "days": 1, "channels": ["WEB", "MOBILE"]}}]}


class TestRefused:
    @pytest.mark.parametrize(
        ("cut", "more", "why"),
        [
            ("line_kind:sale", {"asof": None}, "give asof now"),
            ("line_kind:sale", {"asof": "2011-01-01"}, "give asof now"),
            ("", {"cube": "offers"}, "no rule says a cell of the cube offers; known: sales, touchpoints"),
            ("", {}, "cut line_kind by sale"),
            ("line_kind:sale;return", {}, "cut line_kind by sale"),
            ("line_kind:sale|product:Home", {}, "no rule says the cut of product; known of sales"),
            ("line_kind:sale|!gender:male", {}, "no rule says the cut of gender turned round"),
            ("line_kind:sale|gender:__null__", {}, "of whom gender is unknown"),
            ("line_kind:sale|customer:KR-US", {}, "no rule says a range of customer"),
            ("line_kind:sale|date:2010", {}, "a rule's window ends today"),
            ("line_kind:sale|date@ymd:2010,1,1-2010,2,1", {}, "a rule's window ends today"),
            ("line_kind:sale|date@ymd:2010-", {}, "a rule's window ends today"),
            ("line_kind:sale|date@ymd:2011,9,15-", {}, "a rule's window ends today"),
            ("channel:digital", {"cube": "touchpoints"}, "names channels, not groups"),
        ],
    )
    def test_what_no_rule_says_is_named(self, cut: str, more: dict[str, Any], why: str) -> None:
        with pytest.raises(RequestError, match=why):
            rule(cut, **more)
