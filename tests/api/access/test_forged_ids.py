"""Ids and cursors with flipped bits, of other types and orders: refused or nothing, and no row of others is seen."""

import base64
import json
from typing import Any

import pytest

from domain.selection import ids
from tests.api.graphql.asking import Api

BRANCH = {"role": "MARKETER", "scope": "BRANCH", "subject": "gn", "branches": ("GN",)}
"""Sees customer 1 and not customer 2, whose name is 이손님."""

HIDDEN = "이손님"


def flips(text: str) -> list[str]:
    """The text with one bit of each byte of what it encodes flipped, and with each character replaced."""
    raw = base64.b64decode(text)
    bits = [
        base64.b64encode(raw[:at] + bytes([raw[at] ^ bit]) + raw[at + 1 :]).decode()
        for at in range(len(raw))
        for bit in (1, 128)
    ]
    return [*bits, *(text[:at] + "A" + text[at + 1 :] for at in range(len(text)) if text[at] != "A")]


def codes(answer: Any) -> set[str]:
    return {error["extensions"]["code"] for error in answer.get("errors", ())}


class TestIds:
    async def test_flipped_bits_are_refused_or_find_nothing_of_others(self, api: Api) -> None:
        for flipped in flips(ids.made("Customer", 1)):
            answer = (
                await api.post(
                    "query($id: ID!) { node(id: $id) { id ... on Customer { name } } customer(id: $id) { name } }",
                    {"id": flipped},
                    as_=BRANCH,
                )
            ).json()

            assert codes(answer) <= {"VALIDATION", "FORBIDDEN"}, flipped
            assert HIDDEN not in json.dumps(answer, ensure_ascii=False)

    @pytest.mark.parametrize(
        "forged",
        [
            ids.made("User", 1),
            ids.made("Order", 1),
            ids.made("Nothing", 1),
            ids.made("customer", 1),
            ids.made("Customer", 1) + "=",
            ids.made("Customer", 1).rstrip("="),
            ids.made("Customer", 1) + "\n",
            base64.b64encode(b"Customer:01").decode(),
            base64.b64encode(b"Customer:-1").decode(),
            base64.b64encode(b"Customer:1 OR true").decode(),
            base64.b64encode(b"Customer:99999999999999999999").decode(),
            base64.b64encode("Customer:１".encode()).decode(),
            base64.b64encode(b"Customer:1\0").decode(),
            "1",
            "",
            "Customer:1",
        ],
        ids=repr,
    )
    async def test_of_another_type_or_of_none_are_refused(self, api: Api, forged: str) -> None:
        answer = (await api.post("query($id: ID!) { customer(id: $id) { name } }", {"id": forged})).json()

        assert codes(answer) == {"VALIDATION"}
        assert "data" not in answer

    async def test_a_mutation_tells_absent_and_invisible_alike(self, api: Api) -> None:
        document = """mutation($input: UpdateCustomerInput!) {
            updateCustomer(input: $input) { customer { name } userErrors { code message path } } }"""

        found = [
            await api.data(
                document,
                {"input": {"id": ids.made("Customer", key), "expectedVersion": 1, "name": "x"}},
                as_=BRANCH,
            )
            for key in (2, 4711)
        ]

        assert found[0] == found[1]
        assert found[0]["updateCustomer"]["userErrors"][0]["code"] == "NOT_FOUND"


class TestCursors:
    async def test_flipped_bits_are_refused_or_show_only_visible_rows(self, api: Api) -> None:
        document = """query($after: String) { customers(first: 9, after: $after) {
            totalCount nodes { name } pageInfo { hasNextPage hasPreviousPage } edges { cursor } } }"""
        everything = await api.data(document)
        for edge in everything["customers"]["edges"]:
            for flipped in [edge["cursor"], *flips(edge["cursor"])]:
                answer = (await api.post(document, {"after": flipped}, as_=BRANCH)).json()

                assert codes(answer) <= {"VALIDATION"}, flipped
                if "data" in answer:
                    page = answer["data"]["customers"]
                    assert page["totalCount"] == 1
                    assert HIDDEN not in json.dumps(page, ensure_ascii=False)
                    assert page["pageInfo"]["hasNextPage"] is False

    @pytest.mark.parametrize(
        "told",
        [
            [],
            {},
            ["1"],
            ["2", "Customer name id", "x", "1"],
            ["1", "Order name id", "x", "1"],
            ["1", "Customer name id", "x"],
            ["1", "Customer name id", "x", "1", "1"],
            ["1", "Customer name id", "x", "one"],
            ["1", "Customer name id", "x", 1],
            ["1", "Customer name id", "x\0", "1"],
            ["1", "Customer name id", "x", "9" * 30],
            [["1"]] * 2,
            "1",
            None,
        ],
        ids=repr,
    )
    async def test_made_up_ones_are_refused(self, api: Api, told: Any) -> None:
        cursor = base64.b64encode(json.dumps(told).encode()).decode()

        answer = (
            await api.post(
                "query($after: String) { customers(first: 9, after: $after) { nodes { name } } }",
                {"after": cursor},
                as_=BRANCH,
            )
        ).json()

        assert codes(answer) == {"VALIDATION"}
        assert "data" not in answer
