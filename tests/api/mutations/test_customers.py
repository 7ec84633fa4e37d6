"""Creating and updating customers."""

import asyncio
import unicodedata
from collections import Counter
from typing import Any

import pytest

from tests.api.graphql.asking import Api
from tests.api.mutations.asking import id_of, mutate, refusals
from tests.api.mutations.conftest import Rows

KIM = id_of("Customer", 1)
AGENT = {"role": "AGENT", "scope": "OWN", "subject": "kim"}


class TestCreateCustomer:
    async def test_the_customer_is_told_as_it_stands(self, api: Api) -> None:
        payload = await mutate(
            api,
            "createCustomer",
            """customer {
                name latinName kind gender birthOn region version createdAt: version
                homeBranch { code } owner { name }
                externalIds { system id } contactPoints { kind value verified preferred }
                touchpoints(first: 1) { totalCount }
            }""",
            {
                "name": "박새날",
                "latinName": "Park",
                "gender": "FEMALE",
                "birthOn": "1990-02-28",
                "region": "대구",
                "homeBranchId": id_of("Branch", 1),
                "ownerId": id_of("User", 2),
                "externalIds": [{"system": "shop", "id": "7"}, {"system": "erp", "id": "C-7"}],
                "contactPoints": [
                    {"kind": "PHONE", "value": "010-1234-5678", "verified": True},
                    {"kind": "EMAIL", "value": "park@example.com", "preferred": True},
                ],
            },
        )

        assert payload == {
            "customer": {
                "name": "박새날",
                "latinName": "Park",
                "kind": "PERSON",
                "gender": "FEMALE",
                "birthOn": "1990-02-28",
                "region": "대구",
                "version": 1,
                "createdAt": 1,
                "homeBranch": {"code": "GN"},
                "owner": {"name": "이상담"},
                "externalIds": [{"system": "erp", "id": "C-7"}, {"system": "shop", "id": "7"}],
                "contactPoints": [
                    {"kind": "PHONE", "value": "010-1234-5678", "verified": True, "preferred": False},
                    {"kind": "EMAIL", "value": "park@example.com", "verified": False, "preferred": True},
                ],
                "touchpoints": {"totalCount": 0},
            },
            "userErrors": [],
        }

    async def test_text_is_stored_composed(self, api: Api, rows: Rows) -> None:
        await mutate(api, "createCustomer", "", {"name": unicodedata.normalize("NFD", "박새날")})

        assert await rows("SELECT name FROM customers WHERE id > 100") == [("박새날",)]

    @pytest.mark.parametrize(
        ("change", "code", "path"),
        [
            ({"name": " "}, "VALIDATION", ["name"]),
            ({"name": "Kim\u202e"}, "VALIDATION", ["name"]),
            ({"birthOn": "2999-01-01"}, "VALIDATION", ["birthOn"]),
            ({"homeBranchId": id_of("Branch", 99)}, "VALIDATION", ["homeBranchId"]),
            ({"homeBranchId": id_of("User", 1)}, "VALIDATION", ["homeBranchId"]),
            ({"ownerId": "1"}, "VALIDATION", ["ownerId"]),
            ({"ownerId": id_of("User", 3)}, "VALIDATION", ["ownerId"]),
            (
                {"contactPoints": [{"kind": "EMAIL", "value": "kim"}]},
                "VALIDATION",
                ["contactPoints", "0", "value"],
            ),
            (
                {"externalIds": [{"system": "erp", "id": "new"}, {"system": "erp", "id": "C-1"}]},
                "EXTERNAL_ID_TAKEN",
                ["externalIds", "1"],
            ),
        ],
    )
    async def test_what_is_refused_is_told_with_its_place_and_leaves_nothing(
        self, api: Api, rows: Rows, change: dict[str, Any], code: str, path: list[str]
    ) -> None:
        payload = await mutate(api, "createCustomer", "customer { id }", {"name": "x", **change})

        assert payload["customer"] is None
        assert refusals(payload) == [(code, path)]
        assert await rows("SELECT id FROM customers WHERE id > 100") == []
        assert await rows("SELECT 1 FROM change WHERE aggregate_id > 100") == []

    async def test_an_agent_of_his_own_customers_becomes_the_owner(self, api: Api) -> None:
        payload = await mutate(api, "createCustomer", "customer { owner { name } }", {"name": "x"}, as_=AGENT)

        assert payload["customer"] == {"owner": {"name": "김상담"}}

    async def test_he_creates_none_for_another(self, api: Api) -> None:
        told = {"name": "x", "ownerId": id_of("User", 2)}

        payload = await mutate(api, "createCustomer", "customer { id }", told, as_=AGENT)

        assert refusals(payload) == [("OUT_OF_SIGHT", ["ownerId"])]


class TestUpdateCustomer:
    async def test_what_is_absent_is_left_and_null_clears(self, api: Api) -> None:
        payload = await mutate(
            api,
            "updateCustomer",
            "customer { name region occupation version externalIds { id } contactPoints { value } }",
            {"id": KIM, "expectedVersion": 1, "region": None, "occupation": "의사", "contactPoints": None},
        )

        assert payload["customer"] == {
            "name": "김단골",
            "region": None,
            "occupation": "의사",
            "version": 2,
            "externalIds": [{"id": "C-1"}],
            "contactPoints": [],
        }

    async def test_a_stale_version_is_told_with_the_customer_as_it_stands(self, api: Api) -> None:
        first = {"id": KIM, "expectedVersion": 1, "name": "first"}
        await mutate(api, "updateCustomer", "", first)

        payload = await mutate(
            api, "updateCustomer", "customer { name version }", {**first, "name": "second"}
        )

        assert payload["customer"] == {"name": "first", "version": 2}
        assert refusals(payload) == [("STALE_VERSION", ["expectedVersion"])]

    async def test_of_fifty_updates_with_one_version_one_succeeds(self, api: Api, rows: Rows) -> None:
        async def attempt(number: int) -> str:
            told = {"id": KIM, "expectedVersion": 1, "name": f"n{number}"}
            payload = await mutate(api, "updateCustomer", "customer { version }", told)
            assert payload["customer"] == {"version": 2}
            return payload["userErrors"][0]["code"] if payload["userErrors"] else "DONE"

        outcomes = Counter(await asyncio.gather(*(attempt(number) for number in range(50))))

        assert outcomes == {"DONE": 1, "STALE_VERSION": 49}
        assert await rows("SELECT version FROM customers WHERE id = 1") == [(2,)]

    @pytest.mark.parametrize(
        ("change", "code", "path"),
        [
            ({"id": id_of("Customer", 99)}, "NOT_FOUND", ["id"]),
            ({"id": id_of("Branch", 1)}, "VALIDATION", ["id"]),
            ({"id": "nonsense"}, "VALIDATION", ["id"]),
            ({"name": None}, "VALIDATION", ["name"]),
            ({"kind": None}, "VALIDATION", ["kind"]),
            ({"externalIds": [{"system": "erp", "id": "C-2"}]}, "EXTERNAL_ID_TAKEN", ["externalIds", "0"]),
            ({"expectedVersion": 2}, "STALE_VERSION", ["expectedVersion"]),
        ],
    )
    async def test_what_is_refused_changes_nothing(
        self, api: Api, rows: Rows, change: dict[str, Any], code: str, path: list[str]
    ) -> None:
        told = {"id": KIM, "expectedVersion": 1, "region": "제주", **change}

        payload = await mutate(api, "updateCustomer", "", told)

        assert refusals(payload) == [(code, path)]
        assert await rows("SELECT region, version FROM customers WHERE id = 1") == [("서울", 1)]

    async def test_a_customer_one_may_not_see_is_not_found(self, api: Api) -> None:
        told = {"id": id_of("Customer", 2), "expectedVersion": 1, "name": "x"}

        payload = await mutate(api, "updateCustomer", "customer { id }", told, as_=AGENT)

        assert payload["customer"] is None
        assert refusals(payload) == [("NOT_FOUND", ["id"])]

    async def test_one_cannot_give_a_customer_out_of_ones_own_sight(self, api: Api) -> None:
        told = {"id": KIM, "expectedVersion": 1, "ownerId": id_of("User", 2)}

        payload = await mutate(api, "updateCustomer", "", told, as_=AGENT)

        assert refusals(payload) == [("OUT_OF_SIGHT", ["ownerId"])]
