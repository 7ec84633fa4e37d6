"""What an answer has cost: each object of the schema once, and the work; nothing else that stands in its bytes."""

import json
from typing import Any

import pytest

from api.graphql.cost import Price
from api.graphql.used import used
from tests.api.graphql.asking import Api

RULE = {"all": [{"attribute": {"name": "name", "operator": "EQ", "value": {"text": "x"}}}] * 3}


def body(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


class TestUsed:
    def test_json_inside_a_scalar_is_no_object(self) -> None:
        told = {"data": {"page": {"nodes": [{"rule": RULE}, {"rule": None}]}}}

        assert used(body(told), Price(101, opaque=frozenset({("page", "nodes", "rule")}))) == 3

    def test_the_same_name_elsewhere_is_counted(self) -> None:
        told = {"data": {"page": {"rule": RULE}, "other": {"rule": {"a": {"b": 1}}}}}

        assert used(body(told), Price(101, opaque=frozenset({("page", "rule")}))) == 4

    def test_work_is_used_whatever_came_of_it(self) -> None:
        assert used(body({"data": {"customers": {"nodes": []}}}), Price(5_050, work=5_000)) == 5_001
        assert used(b'{"data":null}', Price(12, work=10)) == 10

    def test_errors_are_no_objects_of_the_schema(self) -> None:
        told = {
            "errors": [{"message": "x", "extensions": {"code": "BUSY"}}],
            "data": {"a": {"b": 1}, "c": None},
        }

        assert used(body(told), Price(5)) == 1

    async def test_introspection_costs_nothing_beside_what_does(self, api: Api) -> None:
        alone = await api.post("{ __schema { types { name } } }")
        beside = await api.post("{ __schema { types { name } } viewer { role } }")

        assert [each.json()["extensions"]["cost"]["actual"] for each in (alone, beside)] == [0, 1]


class TestAnswers:
    @pytest.mark.parametrize("asked", ["rule", "said: rule"])
    async def test_the_rule_of_a_segment_costs_nothing(self, api: Api, asked: str) -> None:
        rule = {"all": [{"age": {"atLeast": n}} for n in range(20)]}
        created = await api.post(
            """mutation ($input: CreateSegmentInput!) {
                createSegment(input: $input) { segment { id rule } userErrors { message code } } }""",
            {"input": {"name": f"Rule {asked}", "rule": rule}},
        )
        node = created.json()["data"]["createSegment"]["segment"]
        assert node is not None, created.json()

        read = await api.post(f'{{ segment(id: "{node["id"]}") {{ {asked} }} }}')

        assert created.json()["extensions"]["cost"]["actual"] == 10 + 1 + 1
        assert read.json()["extensions"]["cost"] | {"remaining": 0} == {
            "requested": 1,
            "actual": 1,
            "limit": 10_000,
            "remaining": 0,
        }

    async def test_a_write_has_used_its_ten_points(self, api: Api) -> None:
        made = await api.post(
            """mutation { createBranch(input: {code: "USED", name: "x", kind: SHOP}) {
                branch { id } userErrors { code } } }"""
        )

        cost = made.json()["extensions"]["cost"]
        assert cost["actual"] == 12
        assert cost["requested"] >= cost["actual"]
