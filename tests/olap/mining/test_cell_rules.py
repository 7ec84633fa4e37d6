"""Which cells a rule over customers can say, and why not the others."""

from datetime import UTC, datetime
from typing import Any

import pytest

from olap.mining.saying import Names, NotSayable, names_of, rule_of
from olap.request import Texts, facts_request
from olap.vocabulary import model_of

NOW = datetime(2011, 9, 14, 9, 30, tzinfo=UTC)
NAMES = Names(
    categories={("Home",): "C1", ("Home", "Tea"): "C2"},
    products={("Home", "Tea", None, "cup"): "P1", (None, None, None, "loose"): "P2"},
    branches={("Seoul", "S1"): "B1", (None, "S2"): "B2"},
    scheme="ours",
    attributes=("pets", "size"),
)


def rule(cut: str, *, cube: str = "sales", asof: str | None = "now") -> Any:
    model = model_of(cube)
    wanted = facts_request(model, Texts(cut=[cut] if cut else [], asof=asof), now=NOW, language="en")
    names_of(model, wanted)
    return rule_of(model, wanted, NAMES, NOW.date())


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
            ("known:yes|line_kind:sale", [ORDERS]),
            (
                "line_kind:sale|age_band:0\\-19;30\\-39;70+",
                [
                    {
                        "any": [
                            {"age": {"atMost": 19}},
                            {"age": {"atLeast": 30, "atMost": 39}},
                            {"age": {"atLeast": 70}},
                        ]
                    },
                    ORDERS,
                ],
            ),
            ("line_kind:sale|consent_survey:yes", [{"consents": ["SURVEY"]}, ORDERS]),
            ("line_kind:sale|!consent_survey:yes", [{"not": {"consents": ["SURVEY"]}}, ORDERS]),
            ("line_kind:sale|!has_phone:no", [{"contactPoints": ["PHONE"]}, ORDERS]),
            ("line_kind:sale|home_branch:Seoul,S1;__null__,S2", [{"homeBranches": ["B1", "B2"]}, ORDERS]),
            (
                "line_kind:sale|attribute_2:size,1.5;size,2",
                [{"attribute": {"name": "size", "in": ["1.5", "2"]}}, ORDERS],
            ),
            (
                "line_kind:sale|rfm_cell:133;331",
                [
                    {
                        "any": [
                            {"rfm": {"scheme": "ours", "recency": [1], "frequency": [3], "monetary": [3]}},
                            {"rfm": {"scheme": "ours", "recency": [3], "frequency": [3], "monetary": [1]}},
                        ]
                    },
                    ORDERS,
                ],
            ),
            ("line_kind:sale|rfm_monetary:2;3", [{"rfm": {"scheme": "ours", "monetary": [2, 3]}}, ORDERS]),
            (
                "date@ymd:2011,9,1-|line_kind:sale|product:Home,Tea;__null__,__null__,__null__,loose",
                [
                    {
                        "any": [
                            {"bought": {"categoryId": "C2", "atLeast": 1, "days": 14}},
                            {"bought": {"productId": "P2", "atLeast": 1, "days": 14}},
                        ]
                    }
                ],
            ),
        ],
    )
    def test_what_customers_are_and_that_they_bought(self, cut: str, said: list[Any]) -> None:
        assert rule(cut) == {"all": said}

    @pytest.mark.parametrize(
        ("cut", "said"),
        [
            (
                "channel:digital,web;digital,mobile|date@ymd:today-",
                {"days": 1, "channels": ["WEB", "MOBILE"]},
            ),
            ("channel:shop;digital,web;digital", {"channels": ["STORE", "WEB", "MOBILE"]}),
            ("kind:view;review", {"kinds": ["VIEW", "REVIEW"]}),
        ],
    )
    def test_contacts_by_channels_and_kinds(self, cut: str, said: dict[str, Any]) -> None:
        assert rule(cut, cube="touchpoints") == {"all": [{"touchpoints": {"atLeast": 1, **said}}]}

    @pytest.mark.parametrize("time", ["month_ended:no", "date:2011,3,9", "date:2011,3,9|month_ended:no"])
    def test_customers_as_they_stand_in_the_running_month(self, time: str) -> None:
        assert rule(f"{time}|rfm_monetary:3", cube="customers") == {
            "all": [{"rfm": {"scheme": "ours", "monetary": [3]}}]
        }


RUNNING = "a rule speaks of customers as they stand in the running month: cut month_ended by no, or date by 2011,3,9"


class TestRefused:
    @pytest.mark.parametrize(
        ("cut", "more", "why"),
        [
            ("line_kind:sale", {"asof": None}, "give asof now"),
            ("line_kind:sale", {"asof": "2011-01-01"}, "give asof now"),
            (
                "",
                {"cube": "offers"},
                "no rule says a cell of the cube offers; known: sales, touchpoints, customers",
            ),
            ("rfm_cell:331", {"cube": "customers"}, RUNNING),
            ("rfm_cell:331|month_ended:yes", {"cube": "customers"}, RUNNING),
            ("rfm_cell:331|month_ended:yes;no", {"cube": "customers"}, RUNNING),
            ("rfm_cell:331|date:2011,3,8", {"cube": "customers"}, RUNNING),
            ("rfm_cell:331|date:2010,3,9", {"cube": "customers"}, RUNNING),
            ("rfm_cell:331|date:2011", {"cube": "customers"}, RUNNING),
            ("rfm_cell:331|date:2011,3,9-", {"cube": "customers"}, RUNNING),
            ("rfm_cell:331|date:2011,3,8|month_ended:no", {"cube": "customers"}, RUNNING),
            ("month_ended:no", {"cube": "customers"}, "every customer is in the cell"),
            (
                "month_ended:no|stage:loyal",
                {"cube": "customers"},
                "no rule says the cut of stage; known of customers: month_ended, date, customer",
            ),
            (
                "month_ended:no|rfm_cell_before:331",
                {"cube": "customers"},
                "the cut of rfm_cell_before; known",
            ),
            ("", {}, "cut line_kind by sale"),
            ("line_kind:sale;return", {}, "cut line_kind by sale"),
            (
                "line_kind:sale|branch:Seoul",
                {},
                "no rule says the cut of branch; known of sales: line_kind, product",
            ),
            ("line_kind:sale|currency:KRW", {}, "no rule says the cut of currency; known of sales"),
            ("line_kind:sale|segment:VIP", {}, "no rule says the cut of segment; known of sales"),
            ("line_kind:sale|owner:1", {}, "no rule says the cut of owner"),
            ("line_kind:sale|household_size:2", {}, "no rule says the cut of household_size"),
            ("line_kind:sale|!gender:male", {}, "no rule says the cut of gender turned round"),
            ("line_kind:sale|!product:Home", {}, "no rule says the cut of product turned round"),
            ("line_kind:sale|gender:Male", {}, "no gender is 'Male': its members are written small"),
            ("line_kind:sale|occupation: cook ", {}, "a member of occupation with spaces around it"),
            ("line_kind:sale|age_band:25\\-34", {}, "there is no age_band '25-34'; bands go from 0-19"),
            ("line_kind:sale|age_band:20\\-39", {}, "there is no age_band '20-39'"),
            ("line_kind:sale|consent_survey:yes;no", {}, "by everybody or by nobody"),
            ("line_kind:sale|consent_survey:maybe", {}, "consent_survey is yes or no"),
            ("line_kind:sale|home_branch:Seoul", {}, "names branches, not their regions"),
            ("line_kind:sale|home_branch:Busan,S1", {}, "there is no home_branch 'Busan,S1' now"),
            ("line_kind:sale|attribute_1:size,1.5", {}, "it is cut by 'pets' and a value"),
            ("line_kind:sale|attribute_1:pets", {}, "it is cut by 'pets' and a value"),
            ("line_kind:sale|attribute_9:x,y", {}, "no attribute has its place"),
            ("line_kind:sale|rfm_cell:6", {}, "three scores of 1 to 5"),
            ("line_kind:sale|product:Food", {}, "there is no product 'Food' now"),
            ("line_kind:sale|product:Home,__null__,__null__,cup", {}, "there is no product 'Home,__null__"),
            ("line_kind:sale|product:Home,__null__", {}, "of whom product is unknown"),
            ("line_kind:sale|product:Home|product:Home,Tea", {}, "product is cut several times"),
            ("line_kind:sale|known:no", {}, "cut known by yes"),
            ("line_kind:sale|gender:__null__", {}, "of whom gender is unknown"),
            ("line_kind:sale|customer:KR-US", {}, "no rule says a range of customer"),
            ("line_kind:sale|date:2010", {}, "a rule's window ends today"),
            ("line_kind:sale|date@ymd:2010,1,1-2010,2,1", {}, "a rule's window ends today"),
            ("line_kind:sale|date@ymd:2010-", {}, "a rule's window ends today"),
            ("line_kind:sale|date@ymd:2011,9,15-", {}, "a rule's window ends today"),
            ("channel:call,web", {"cube": "touchpoints"}, "there is no channel 'call,web'"),
            ("channel:shop|channel:shop,store", {"cube": "touchpoints"}, "channel is cut several times"),
            ("kind:View", {"cube": "touchpoints"}, "no kind is 'View'"),
            (
                "direction:inbound",
                {"cube": "touchpoints"},
                "no rule says the cut of direction; known of touchpoints",
            ),
        ],
    )
    def test_what_no_rule_says_is_named(self, cut: str, more: dict[str, Any], why: str) -> None:
        with pytest.raises(NotSayable, match=why):
            rule(cut, **more)
