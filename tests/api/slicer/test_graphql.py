"""The cube through GraphQL gives what the Slicer gives."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tests.api.slicer.conftest import Client

AGGREGATE = """
    query ($input: CubeAggregateInput!) { cube(name: "sales") { aggregate(input: $input) {
        summary { aggregate value } totalCellCount watermark lagMs
        cells { columns { ref label } rows cutShort }
    } } }
"""
MEMBERS = """
    query ($input: CubeMembersQueryInput!) { cube(name: "sales") { members(input: $input) { columns { ref } rows } } }
"""
FACTS = """
    query ($input: CubeFactsInput!) { cube(name: "sales") { facts(input: $input) { columns { ref } rows } } }
"""


def same(ours: Any, slicers: Any) -> bool:
    """Whether two values are the same; an exact amount is text with us and a number there."""
    if isinstance(slicers, int | float) and not isinstance(slicers, bool) and isinstance(ours, str):
        return Decimal(ours) == Decimal(str(slicers))
    return bool(ours == slicers)


def same_rows(table: Any, records: list[dict[str, Any]]) -> bool:
    """Whether the table holds the records, in their order."""
    names = [column["ref"] for column in table["columns"]]
    return len(table["rows"]) == len(records) and all(
        same(value, record[name])
        for row, record in zip(table["rows"], records, strict=True)
        for name, value in zip(names, row, strict=True)
    )


WON = {"dimension": "currency", "members": {"point": ["KRW"]}}
"""Amounts of several currencies are not added."""

QUESTIONS: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "everything": ({}, []),
    "by year": ({"drilldown": [{"dimension": "date"}]}, [("drilldown", "date")]),
    "by month along another hierarchy": (
        {"drilldown": [{"dimension": "date", "hierarchy": "ymd", "level": "month"}]},
        [("drilldown", "date@ymd:month")],
    ),
    "two dimensions, some aggregates, ordered": (
        {
            "drilldown": [{"dimension": "channel"}, {"dimension": "line_kind"}],
            "aggregates": ["net_revenue", "orders"],
            "order": [{"by": "net_revenue", "direction": "DESC"}],
        },
        [
            ("drilldown", "channel|line_kind"),
            ("aggregates", "net_revenue|orders"),
            ("order", "net_revenue:desc"),
        ],
    ),
    "cut by a point": (
        {"cut": [{"dimension": "line_kind", "members": {"point": ["sale"]}}]},
        [("cut", "line_kind:sale")],
    ),
    "cut by a set, turned round": (
        {"cut": [{"dimension": "line_kind", "invert": True, "members": {"set": [["sale"], ["return"]]}}]},
        [("cut", "!line_kind:sale;return")],
    ),
    "cut by a range that is open": (
        {
            "cut": [{"dimension": "date", "members": {"range": {"from": ["2011"]}}}],
            "drilldown": [{"dimension": "date"}],
        },
        [("cut", "date:2011-"), ("drilldown", "date")],
    ),
    "cut by the Slicer's words": (
        {"cut": [{"dimension": "date", "members": {"text": "2010-2011"}}]},
        [("cut", "date:2010-2011")],
    ),
    "split": (
        {
            "split": [{"dimension": "known", "members": {"point": ["yes"]}}],
            "drilldown": [{"dimension": "line_kind"}],
        },
        [("split", "known:yes"), ("drilldown", "line_kind")],
    ),
    "a page": (
        {"drilldown": [{"dimension": "product", "level": "product"}], "page": 1, "pageSize": 3},
        [("drilldown", "product:product"), ("page", "1"), ("pagesize", "3")],
    ),
    "unknown members": (
        {"cut": [{"dimension": "channel", "members": {"point": [None]}}]},
        [("cut", "channel:__null__")],
    ),
    "a cut turned round that keeps unknown members": (
        {
            "cut": [{"dimension": "channel", "invert": True, "members": {"point": ["store"]}}],
            "drilldown": [{"dimension": "channel"}],
            "nulls": True,
        },
        [("cut", "!channel:store"), ("drilldown", "channel"), ("nulls", "include")],
    ),
    "traits of another time": (
        {"drilldown": [{"dimension": "customer", "level": "region"}], "asof": "now"},
        [("drilldown", "customer:region"), ("asof", "now")],
    ),
    "totals, shares and conditions": (
        {
            "drilldown": [{"dimension": "date"}, {"dimension": "channel"}],
            "totals": True,
            "share": "channel",
            "having": ["lines>=1", "net_revenue>4000"],
        },
        [
            ("drilldown", "date|channel"),
            ("totals", "yes"),
            ("share", "channel"),
            ("having", "lines>=1|net_revenue>4000"),
        ],
    ),
    "the first and others": (
        {"drilldown": [{"dimension": "customer"}], "top": 1, "others": True},
        [("drilldown", "customer"), ("top", "1,others")],
    ),
    "other times": (
        {"drilldown": [{"dimension": "date"}], "compare": "year_ago", "window": "cumulative", "fill": True},
        [("drilldown", "date"), ("compare", "year_ago"), ("window", "cumulative"), ("fill", "yes")],
    ),
}


class TestTheSameAnswers:
    @pytest.mark.parametrize("name", QUESTIONS)
    def test_aggregates_are_the_slicers(self, analyst: Client, name: str) -> None:
        asked, parameters = QUESTIONS[name]
        asked = {**asked, "cut": [*asked.get("cut", []), WON]}
        slicers = analyst.get("/slicer/cube/sales/aggregate", [*parameters, ("cut", "currency:KRW")]).json()

        answer = analyst.post(AGGREGATE, {"input": asked})

        assert "errors" not in answer, answer
        told = answer["data"]["cube"]["aggregate"]
        assert all(same(each["value"], slicers["summary"][each["aggregate"]]) for each in told["summary"])
        assert [each["aggregate"] for each in told["summary"]] == slicers["aggregates"]
        assert told["totalCellCount"] == slicers.get("total_cell_count", 0)
        assert same_rows(told["cells"], slicers["cells"])
        assert told["watermark"] == str(slicers["freshness"]["watermark"])

    def test_members_are_the_slicers(self, analyst: Client) -> None:
        slicers = analyst.get("/slicer/cube/sales/members/product", {"level": "category"}).json()

        answer = analyst.post(MEMBERS, {"input": {"dimension": "product", "level": "category"}})

        assert slicers["data"]
        assert same_rows(answer["data"]["cube"]["members"], slicers["data"])

    def test_facts_are_the_slicers(self, analyst: Client) -> None:
        slicers = analyst.get(
            "/slicer/cube/sales/facts", [("cut", "line_kind:sale"), ("order", "quantity:desc")]
        ).json()

        answer = analyst.post(
            FACTS,
            {
                "input": {
                    "cut": [{"dimension": "line_kind", "members": {"point": ["sale"]}}],
                    "order": [{"by": "quantity", "direction": "DESC"}],
                }
            },
        )

        assert slicers
        assert same_rows(answer["data"]["cube"]["facts"], slicers)

    def test_the_model_is_the_slicers_in_the_callers_language(self, analyst: Client) -> None:
        slicers = analyst.get("/slicer/cube/sales/model", {"lang": "ko"}).json()
        document = """{ cube(name: "sales") { name label aggregates { name label additive }
            dimensions { name label defaultHierarchy hierarchies { name levels { name label key } } } } }"""

        told = analyst.post(document, language="ko")["data"]["cube"]

        assert told["label"] == slicers["label"]
        assert [(each["name"], each["label"]) for each in told["aggregates"]] == [
            (each["name"], each["label"]) for each in slicers["aggregates"]
        ]
        additive = {each["name"]: each["additive"] for each in told["aggregates"]}
        assert (additive["net_revenue"], additive["aov"], additive["customers"]) == (
            "ALL_DIMENSIONS",
            "NO_DIMENSION",
            "NO_DIMENSION",
        )
        assert [
            (
                each["name"],
                each["label"],
                each["defaultHierarchy"],
                [way["name"] for way in each["hierarchies"]],
            )
            for each in told["dimensions"]
        ] == [
            (
                each["name"],
                each["label"],
                each["default_hierarchy_name"],
                [way["name"] for way in each["hierarchies"]],
            )
            for each in slicers["dimensions"]
        ]


class TestWhoMay:
    def test_a_scope_narrows_every_question(self, client_as: Callable[..., Client], analyst: Client) -> None:
        nobody = client_as(role="AGENT", scope="OWN", subject="nobody")
        document = """{ cube(name: "sales") {
            aggregate(input: {aggregates: ["lines"]}) { summary { value } }
            facts(input: {}) { rows } members(input: {dimension: "channel"}) { rows } } }"""

        seen = nobody.post(document)["data"]["cube"]
        all_ = analyst.post(document)["data"]["cube"]

        assert seen["facts"]["rows"] == []
        assert seen["members"]["rows"] == []
        assert [each["value"] for each in seen["aggregate"]["summary"]] == [0]
        assert all_["facts"]["rows"]

    def test_a_machine_that_pushes_rows_in_may_not_ask(self, client_as: Callable[..., Client]) -> None:
        answer = client_as(role="INTEGRATION").post("{ cubes { name } }")

        assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]


class TestBadQuestions:
    @pytest.mark.parametrize(
        ("input", "word"),
        [
            ({"drilldown": [{"dimension": "nothing"}]}, "nothing"),
            ({"drilldown": [{"dimension": "date", "level": "century"}]}, "century"),
            ({"cut": [{"dimension": "date", "hierarchy": "moon", "members": {"point": ["1"]}}]}, "moon"),
            ({"cut": [{"dimension": "date", "members": {"set": []}}]}, "date"),
            ({"cut": [{"dimension": "customer", "members": {"set": [[]]}}]}, "'customer' names no members"),
            (
                {"cut": [{"dimension": "date:2011|customer", "members": {"point": ["France"]}}]},
                "malformed cut 'date:2011|customer:France'",
            ),
            (
                {"cut": [{"dimension": "date", "members": {"range": {"from": ["2011"], "to": ["2010"]}}}]},
                "ends before it begins: 2010 comes before 2011",
            ),
            ({"cut": [{"dimension": "segment", "members": {"point": ["Vip"]}}]}, "unknown segment 'Vip'"),
            ({"aggregates": ["profit"]}, "profit"),
            ({"pageSize": 1001}, "1001"),
            ({"page": -1}, "-1"),
            ({"order": [{"by": "nothing"}]}, "nothing"),
            ({"asof": "then"}, "then"),
            ({"compare": "before"}, "before"),
            ({"drilldown": [{"dimension": "date"}], "window": "sliding"}, "sliding"),
            ({"drilldown": [{"dimension": "date"}], "share": "channel"}, "channel"),
            ({"drilldown": [{"dimension": "date"}], "having": ["orders"]}, "orders"),
            ({"drilldown": [{"dimension": "date"}], "top": -1}, "-1"),
            ({"drilldown": [{"dimension": "date"}], "others": True}, "top"),
        ],
    )
    def test_the_wrong_word_is_named(self, analyst: Client, input: dict[str, Any], word: str) -> None:
        answer = analyst.post(AGGREGATE, {"input": input})

        assert [error["extensions"]["code"] for error in answer["errors"]] == ["VALIDATION"]
        assert word in answer["errors"][0]["message"]

    @pytest.mark.parametrize(
        "member", ["a|b", "x:y", "1;2", "\\", "a,b", "-", "__null__", "'; DROP TABLE sales; --"]
    )
    def test_a_member_is_a_value_whatever_stands_in_it(self, analyst: Client, member: str) -> None:
        asked = {"cut": [{"dimension": "line_kind", "members": {"point": [member]}}], "aggregates": ["lines"]}

        answer = analyst.post(AGGREGATE, {"input": asked})

        assert answer["data"]["cube"]["aggregate"]["summary"] == [{"aggregate": "lines", "value": 0}]

    def test_an_unknown_cube_is_named(self, analyst: Client) -> None:
        answer = analyst.post('{ cube(name: "weather") { name } }')

        assert "weather" in answer["errors"][0]["message"]
