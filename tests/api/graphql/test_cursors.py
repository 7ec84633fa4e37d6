"""Cursors: what is no cursor is refused, and an altered one shows nothing that may not be seen."""

import base64
import json
from typing import Any

import pytest

from domain.selection import ids
from tests.api.graphql.asking import Api

PAGE = "query($after: String) { customers(first: 5, after: $after) { nodes { id name } } }"


def made(*parts: Any) -> str:
    """A cursor as SQL would have made it of these parts."""
    return base64.b64encode(json.dumps(parts, ensure_ascii=False).encode()).decode()


BAD = [
    "",
    "x",
    "====",
    "bm90IGpzb24=",
    "김",
    made(),
    made("1"),
    made("1", "Customer name id"),
    made("1", "Customer name id", "a"),
    made("1", "Customer name id", "a", "b"),
    made("1", "Customer name id", "a", "1", "2"),
    made("1", "Customer name id", "a", "9223372036854775808"),
    made("1", "Customer name id", "a", "1e3"),
    made("1", "Customer name id", None, "1"),
    made("1", "Customer name id", "a\0", "1"),
    made("1", "Customer name id", {"a": 1}, "1"),
    made("1", "Customer -name -id", "a", "1"),
    made("1", "Customer created_at id", "2026-01-01T00:00:00Z", "1"),
    made("1", "Touchpoint name id", "a", "1"),
    made("2", "Customer name id", "a", "1"),
    base64.b64encode(b'["1","Customer name id","\\ud800","1"]').decode(),
    base64.b64encode(b"[" * 5000).decode(),
    base64.b64encode(b"\xff\xfe").decode(),
]


class TestCursorsThatAreRefused:
    @pytest.mark.parametrize("cursor", BAD)
    async def test_each_is_a_refusal_that_names_the_argument(self, api: Api, cursor: str) -> None:
        response = await api.post(PAGE, {"after": cursor})

        assert response.status_code == 400
        [error] = response.json()["errors"]
        assert error["extensions"]["code"] == "VALIDATION"
        assert error["message"].startswith("customers.after: ")

    @pytest.mark.parametrize(
        "time", ["2026-01-01", "2026-01-01T00:00:00", "0000-01-01T00:00:00Z", "infinity", ""]
    )
    async def test_a_time_in_a_cursor_must_be_one(self, api: Api, time: str) -> None:
        cursor = made("1", "Touchpoint -occurred_at -id", time, "1")

        [error] = await api.errors(
            "query($a: String) { touchpoints(first: 1, after: $a) { totalCount nodes { id } } }",
            {"a": cursor},
        )

        assert error["extensions"]["code"] == "VALIDATION"


class TestCursorsThatWereAltered:
    @pytest.mark.parametrize("name", ["", "\u0001", "가", "힣", "'; DROP TABLE customers --", "\U0010ffff"])
    async def test_none_shows_a_customer_that_the_asker_may_not_see(self, api: Api, name: str) -> None:
        cursor = made("1", "Customer name id", name, "-5")

        data = await api.data(
            PAGE, {"after": cursor}, as_={"role": "AGENT", "scope": "OWN", "subject": "kim"}
        )

        owned = {ids.made("Customer", key) for key in range(1, 15) if key % 4 == 0}
        assert {node["id"] for node in data["customers"]["nodes"]} <= owned

    async def test_a_cursor_is_one_line_however_long_its_values_are(self, api: Api) -> None:
        data = await api.data("{ customers(first: 100) { edges { cursor } } }")

        cursors = [edge["cursor"] for edge in data["customers"]["edges"]]
        assert max(map(len, cursors)) > 76
        assert not any("\n" in cursor for cursor in cursors)
