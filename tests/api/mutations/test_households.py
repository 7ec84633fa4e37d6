"""Households through the API: who lives together, and since when."""

from typing import Any

import pytest

from tests.api.graphql.asking import Api
from tests.api.mutations.asking import id_of, mutate, refusals

KIM, LEE = id_of("Customer", 1), id_of("Customer", 2)
AGENT = {"role": "AGENT", "scope": "OWN", "subject": "kim"}


class TestHouseholds:
    FOUND = {"name": "김씨네", "members": [{"customerId": KIM, "sinceOn": "2020-01-01"}]}  # noqa: RUF012

    async def _found(self, api: Api) -> str:
        payload = await mutate(api, "createHousehold", "household { id }", self.FOUND)
        assert payload["userErrors"] == []
        key: str = payload["household"]["id"]
        return key

    async def test_members_join_and_leave(self, api: Api) -> None:
        key = await self._found(api)
        asked = "household { members(first: 9) { nodes { customer { name } sinceOn untilOn } } }"

        await mutate(
            api,
            "joinHousehold",
            asked,
            {"id": key, "expectedVersion": 1, "customerId": LEE, "sinceOn": "2021-01-01"},
        )
        left = await mutate(
            api,
            "leaveHousehold",
            asked,
            {"id": key, "expectedVersion": 2, "customerId": KIM, "untilOn": "2022-01-01"},
        )
        data = await api.data(
            "{ customers(first: 9, orderBy: {field: ID}) { nodes { household { name } } } }"
        )

        assert left["household"]["members"]["nodes"] == [
            {"customer": {"name": "김단골"}, "sinceOn": "2020-01-01", "untilOn": "2022-01-01"},
            {"customer": {"name": "이손님"}, "sinceOn": "2021-01-01", "untilOn": None},
        ]
        assert data["customers"]["nodes"] == [{"household": None}, {"household": {"name": "김씨네"}}]

    @pytest.mark.parametrize(
        ("name", "told", "code", "path"),
        [
            ("joinHousehold", {"customerId": KIM, "sinceOn": "2025-01-01"}, "ALREADY_MEMBER", ["customerId"]),
            ("joinHousehold", {"customerId": LEE, "sinceOn": "2999-01-01"}, "VALIDATION", ["sinceOn"]),
            ("leaveHousehold", {"customerId": LEE, "untilOn": "2025-01-01"}, "NOT_A_MEMBER", ["customerId"]),
            ("leaveHousehold", {"customerId": KIM, "untilOn": "2019-01-01"}, "VALIDATION", ["untilOn"]),
        ],
    )
    async def test_what_is_refused(
        self, api: Api, name: str, told: dict[str, Any], code: str, path: list[str]
    ) -> None:
        key = await self._found(api)

        payload = await mutate(api, name, "", {"id": key, "expectedVersion": 1, **told})

        assert refusals(payload) == [(code, path)]

    async def test_an_agent_sees_the_household_of_his_customer_and_not_its_other_members(
        self, api: Api
    ) -> None:
        key = await self._found(api)
        await mutate(
            api,
            "joinHousehold",
            "",
            {"id": key, "expectedVersion": 1, "customerId": LEE, "sinceOn": "2021-01-01"},
        )

        data = await api.data(
            "{ households(first: 9) { nodes { name members(first: 9) { totalCount } } } }", as_=AGENT
        )

        assert data["households"]["nodes"] == [{"name": "김씨네", "members": {"totalCount": 1}}]
