"""Contact points and external ids of a customer through the API."""

from typing import Any

import pytest

from tests.api.graphql.asking import Api
from tests.api.mutations.asking import id_of, mutate, refusals
from tests.api.mutations.conftest import Rows

KIM = id_of("Customer", 1)


class TestParts:
    async def test_a_contact_point_is_added_verified_and_removed(self, api: Api) -> None:
        asked = "customer { version contactPoints { id kind value verified preferred } }"
        added = await mutate(
            api,
            "addContactPoint",
            asked,
            {"id": KIM, "expectedVersion": 1, "kind": "EMAIL", "value": "new@example.com", "preferred": True},
        )
        old, new = added["customer"]["contactPoints"]
        changed = await mutate(
            api,
            "updateContactPoint",
            asked,
            {
                "id": KIM,
                "expectedVersion": 2,
                "contactPointId": old["id"],
                "verified": True,
                "preferred": True,
            },
        )
        removed = await mutate(
            api, "removeContactPoint", asked, {"id": KIM, "expectedVersion": 3, "contactPointId": new["id"]}
        )

        assert (new["value"], new["preferred"], old["preferred"]) == ("new@example.com", True, False)
        assert [(each["verified"], each["preferred"]) for each in changed["customer"]["contactPoints"]] == [
            (True, True),
            (False, False),
        ]
        assert [each["id"] for each in removed["customer"]["contactPoints"]] == [old["id"]]

    async def test_another_value_is_not_verified(self, api: Api, rows: Rows) -> None:
        [(key,)] = await rows("SELECT id FROM contact_points")
        told = {"id": KIM, "contactPointId": id_of("ContactPoint", key)}
        await mutate(api, "updateContactPoint", "", {**told, "expectedVersion": 1, "verified": True})

        await mutate(api, "updateContactPoint", "", {**told, "expectedVersion": 2, "value": "b@example.com"})

        assert await rows("SELECT value, verified FROM contact_points") == [("b@example.com", False)]

    @pytest.mark.parametrize(
        ("name", "told", "code", "path"),
        [
            ("addContactPoint", {"kind": "EMAIL", "value": "kim@example.com"}, "VALIDATION", ["value"]),
            ("addContactPoint", {"kind": "EMAIL", "value": "kim"}, "VALIDATION", ["value"]),
            (
                "removeContactPoint",
                {"contactPointId": id_of("ContactPoint", 999)},
                "CONTACT_POINT_NOT_FOUND",
                ["contactPointId"],
            ),
            (
                "linkExternalId",
                {"system": "erp", "externalId": "C-2"},
                "EXTERNAL_ID_TAKEN",
                ["externalIds", "0"],
            ),
            (
                "unlinkExternalId",
                {"system": "erp", "externalId": "C-2"},
                "EXTERNAL_ID_NOT_FOUND",
                ["externalId"],
            ),
            (
                "unlinkExternalId",
                {"system": "erp", "externalId": "C-1", "expectedVersion": 9},
                "STALE_VERSION",
                ["expectedVersion"],
            ),
        ],
    )
    async def test_what_is_refused(
        self, api: Api, rows: Rows, name: str, told: dict[str, Any], code: str, path: list[str]
    ) -> None:
        payload = await mutate(api, name, "", {"id": KIM, "expectedVersion": 1, **told})

        assert refusals(payload) == [(code, path)]
        assert await rows("SELECT version FROM customers WHERE id = 1") == [(1,)]

    async def test_an_external_id_is_linked_and_unlinked(self, api: Api) -> None:
        asked = "customer { externalIds { system id } }"
        linked = await mutate(
            api,
            "linkExternalId",
            asked,
            {"id": KIM, "expectedVersion": 1, "system": "shop", "externalId": "7"},
        )
        unlinked = await mutate(
            api,
            "unlinkExternalId",
            asked,
            {"id": KIM, "expectedVersion": 2, "system": "erp", "externalId": "C-1"},
        )

        assert linked["customer"]["externalIds"] == [
            {"system": "erp", "id": "C-1"},
            {"system": "shop", "id": "7"},
        ]
        assert unlinked["customer"]["externalIds"] == [{"system": "shop", "id": "7"}]
