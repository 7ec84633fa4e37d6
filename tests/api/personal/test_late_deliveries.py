"""What other systems send late or twice of an erased person stays away, and nothing of it is remembered."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.graphql.asking import Api
from tests.api.mutations.asking import id_of, mutate
from tests.api.upserts.sending import erp, errors, send, statuses
from tests.domain.personal.person import MARK

Rows = Callable[..., Any]

NAME = "canary-C-1"
HIM = {"key": erp(NAME), "sourceVersion": 7, "name": "back"}
OTHER = {"key": erp("C-2"), "sourceVersion": 7, "name": "other"}
ORDER = {
    "key": erp("O-9"),
    "orderedAt": "2026-03-01T09:30:00+09:00",
    "currency": "KRW",
    "lines": [{"product": {"code": "TEA"}, "quantity": "1", "unitPrice": "1500"}],
    "sourceVersion": 3,
}
VERSIONS = "SELECT aggregate, system, external_id, number FROM source_versions ORDER BY 1, 2, 3"


@pytest.fixture(autouse=True)
async def erased(api: Api) -> None:
    """The ERP counted the person up to 7 and his order up to 3; the shop knew him too. Then he was erased."""
    shop = {"external": {"system": "shop", "id": "canary-W-1"}}
    assert (
        statuses(await send(api, "upsertCustomers", [HIM, {**OTHER, "sourceVersion": 5}])) == ["UPDATED"] * 2
    )
    assert statuses(await send(api, "upsertCustomers", [{**HIM, "key": shop, "name": "again"}])) == [
        "UPDATED"
    ]
    assert statuses(await send(api, "upsertOrders", [{**ORDER, "customer": erp(NAME)}])) == ["CREATED"]
    payload = await mutate(
        api, "eraseSubject", "", {"customerId": id_of("Customer", 1), "reason": "asked by letter"}
    )
    assert payload["userErrors"] == []


class TestVersions:
    async def test_those_of_his_names_go_and_those_of_amounts_and_of_others_stay(self, rows: Rows) -> None:
        assert await rows(VERSIONS) == [("customer", "erp", "C-2", 5), ("order", "erp", "O-9", 3)]

    async def test_no_digest_of_what_named_him_stays(self, rows: Rows) -> None:
        assert await rows("SELECT external_id FROM source_versions WHERE said IS NOT NULL") == [("C-2",)]

    @pytest.mark.parametrize("version", [1, 7, 8, None])
    async def test_his_row_is_refused_whatever_its_version_and_leaves_none(
        self, api: Api, rows: Rows, version: int | None
    ) -> None:
        before = await rows(VERSIONS)

        for _ in range(2):
            payload = await send(api, "upsertCustomers", [{**HIM, "sourceVersion": version}])

            assert statuses(payload) == ["REJECTED"]
            assert MARK not in payload["rows"][0]["userErrors"][0]["message"]
        assert await rows(VERSIONS) == before
        assert await rows("SELECT name FROM customers ORDER BY id") == [("(erased)",), ("other",)]

    async def test_another_name_of_his_and_one_beside_a_stranger_are_refused_too(self, api: Api) -> None:
        shop = {"external": {"system": "shop", "id": "canary-W-1"}}
        beside = {"key": erp("new"), "name": "new", "alsoKnownAs": [{"system": "erp", "id": NAME}]}

        payload = await send(api, "upsertCustomers", [{**HIM, "key": shop}, beside])

        assert statuses(payload) == ["REJECTED", "REJECTED"]

    async def test_others_in_the_same_batch_are_counted_on(self, api: Api, rows: Rows) -> None:
        payload = await send(api, "upsertCustomers", [HIM, OTHER])

        assert statuses(payload) == ["REJECTED", "UNCHANGED"]
        assert (await rows(VERSIONS))[0] == ("customer", "erp", "C-2", 7)


class TestWhatBelongedToHim:
    async def test_a_touchpoint_that_names_him_is_refused(self, api: Api, rows: Rows) -> None:
        before = await rows("SELECT count(*) FROM touchpoints")
        call = {
            "key": erp("m-1"),
            "customer": erp(NAME),
            "channel": "INBOUND_CALL",
            "direction": "INBOUND",
            "occurredAt": "2026-03-01T09:30:00+09:00",
        }

        payload = await send(api, "upsertTouchpoints", [call])

        assert statuses(payload) == ["REJECTED"]
        assert await rows("SELECT count(*) FROM touchpoints") == before

    async def test_his_order_comes_late_and_twice_as_an_amount_of_nobody_known(
        self, api: Api, rows: Rows
    ) -> None:
        older = await send(api, "upsertOrders", [{**ORDER, "sourceVersion": 2}])
        doubled = await send(api, "upsertOrders", [ORDER])

        assert (statuses(older), statuses(doubled)) == (["STALE"], ["UNCHANGED"])
        assert await rows("SELECT customer_id FROM orders WHERE source_id = 'O-9'") == [(1,)]

    async def test_orders_that_name_him_are_taken_as_amounts_of_nobody(self, api: Api, rows: Rows) -> None:
        new = {**ORDER, "key": erp("O-10"), "customer": erp(NAME)}

        first = await send(api, "upsertOrders", [new])
        again = await send(api, "upsertOrders", [new, {**ORDER, "customer": erp(NAME)}])
        unknown = await send(api, "upsertOrders", [{**new, "customer": erp("nobody ever")}])

        assert (statuses(first), statuses(again)) == (["CREATED"], ["UNCHANGED", "UNCHANGED"])
        assert await rows(
            "SELECT customer_id FROM orders WHERE source_id IN ('O-9', 'O-10') ORDER BY id"
        ) == [
            (1,),
            (None,),
        ]
        assert [code for _, code, _ in errors(unknown)] == ["UNKNOWN_REFERENCE"]


class TestUnlinked:
    async def test_a_name_that_is_taken_from_a_customer_leaves_no_version(self, api: Api, rows: Rows) -> None:
        (version,) = (await rows("SELECT version FROM customers WHERE id = 2"))[0]

        payload = await mutate(
            api,
            "unlinkExternalId",
            "",
            {
                "id": id_of("Customer", 2),
                "expectedVersion": version,
                "system": "erp",
                "externalId": "C-2",
            },
        )

        assert payload["userErrors"] == []
        assert await rows(VERSIONS) == [("order", "erp", "O-9", 3)]
