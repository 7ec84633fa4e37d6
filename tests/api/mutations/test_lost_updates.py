"""Fifty callers change one row that all have seen: one change is made, the others hear that they saw an old one."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from tests.api.graphql.asking import Api
from tests.api.mutations.asking import id_of, mutate
from tests.api.mutations.conftest import Rows

CALLERS = 50

MADE = {
    "Customer": {"name": "고객"},
    "Task": {"title": "전화하기", "customerId": id_of("Customer", 1)},
    "Case": {"kind": "ENQUIRY", "channel": "WEB", "subject": "s", "customerId": id_of("Customer", 1)},
    "Offer": {"code": "SPRING", "name": "봄", "kind": "CORE"},
}
CHANGED = {"Customer": "name", "Task": "title", "Case": "subject", "Offer": "name"}


class TestLostUpdates:
    @pytest.mark.parametrize("kind", MADE)
    async def test_of_fifty_at_once_one_is_made_and_the_others_are_stale(
        self, api: Api, rows: Rows, kind: str
    ) -> None:
        shown, field = kind.lower(), CHANGED[kind]
        made = await mutate(api, f"create{kind}", f"{shown} {{ id version }}", MADE[kind])
        seen = made[shown]

        async def change(caller: int) -> Any:
            told = {"id": seen["id"], "expectedVersion": seen["version"], field: f"caller {caller}"}
            return await mutate(api, f"update{kind}", f"{shown} {{ version {field} }}", told)

        payloads = await asyncio.gather(*map(change, range(CALLERS)))

        outcomes = Counter(
            payload["userErrors"][0]["code"] if payload["userErrors"] else "done" for payload in payloads
        )
        assert outcomes == {"done": 1, "STALE_VERSION": CALLERS - 1}
        [winner] = [payload[shown] for payload in payloads if not payload["userErrors"]]
        assert await rows(f"SELECT version, {field} FROM {shown}s WHERE {field} LIKE 'caller %'") == [
            (seen["version"] + 1, winner[field])
        ]
        assert {payload[shown]["version"] for payload in payloads} == {seen["version"] + 1}
