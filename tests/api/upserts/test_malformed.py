"""A scalar that is malformed in one row is that row's error, as any other that its values have."""

import json
from typing import Any

import pytest

from tests.api.graphql.asking import Api
from tests.api.mutations.conftest import Rows
from tests.api.upserts.sending import erp, errors, send, statuses

PRODUCT = {"product": {"code": "TEA"}}
AT = "2026-03-01T09:30:00+09:00"
LINE = {**PRODUCT, "quantity": "2", "unitPrice": "1500"}
ORDER = {"orderedAt": AT, "currency": "KRW"}
LEVEL = {**PRODUCT, "warehouse": {"code": "SEOUL"}}
POUND = {"fromCurrency": "GBP", "toCurrency": "KRW", "rate": "1843.125"}


class TestMalformed:
    @pytest.mark.parametrize("count", [2, 20])
    async def test_a_day_that_does_not_exist_costs_its_row_alone(
        self, api: Api, rows: Rows, count: int
    ) -> None:
        sent: list[dict[str, Any]] = [
            {"key": erp(f"M{n}"), "name": "하나", "birthOn": "1985-03-14"} for n in range(count)
        ]
        sent[1]["birthOn"] = "2025-02-30"

        payload = await send(api, "upsertCustomers", sent)

        assert statuses(payload) == ["CREATED", "REJECTED", *["CREATED"] * (count - 2)]
        assert errors(payload) == [(1, "VALIDATION", ["rows", "1", "birthOn"])]
        [error] = payload["rows"][1]["userErrors"]
        assert (
            error["message"] == "Date cannot represent '2025-02-30': give YYYY-MM-DD, in the years 1 to 9999"
        )
        assert payload["rows"][1]["key"]["external"] == {"system": "erp", "id": "M1"}
        assert await rows("SELECT count(*) FROM customer_external_ids WHERE external_id LIKE 'M%'") == [
            (count - 1,)
        ]

    async def test_under_reject_all_nothing_is_written(self, api: Api, rows: Rows) -> None:
        sent = [{"key": erp("N1"), "name": "하나"}, {"key": erp("N2"), "name": "둘", "sourceVersion": "soon"}]

        payload = await send(api, "upsertCustomers", sent, policy="REJECT_ALL")

        assert errors(payload) == [
            (0, "NOT_WRITTEN", ["rows", "0"]),
            (1, "VALIDATION", ["rows", "1", "sourceVersion"]),
        ]
        assert await rows("SELECT count(*) FROM customer_external_ids WHERE external_id LIKE 'N%'") == [(0,)]

    @pytest.mark.parametrize(
        ("name", "row", "path"),
        [
            ("upsertOrders", {**ORDER, "orderedAt": "2026-03-01T09:30:00"}, ["orderedAt"]),
            (
                "upsertOrders",
                {**ORDER, "lines": [LINE, {**LINE, "quantity": "1e5"}]},
                ["lines", "1", "quantity"],
            ),
            ("upsertProducts", {"listPrice": {"amount": 5, "currency": "KRW"}}, ["listPrice", "amount"]),
            ("upsertShipments", {"stateAt": "2026-13-01T00:00:00Z"}, ["stateAt"]),
        ],
    )
    async def test_its_place_is_told_however_deep_it_lies(
        self, api: Api, name: str, row: dict[str, Any], path: list[str]
    ) -> None:
        payload = await send(api, name, [{"key": erp("P1"), **row}])

        assert errors(payload) == [(0, "VALIDATION", ["rows", "0", *path])]

    async def test_stock_and_touchpoints_tell_it_too(self, api: Api) -> None:
        asked = "rows { index status userErrors { code path } }"
        touchpoint = {
            "key": erp("T1"),
            "channel": "INBOUND_CALL",
            "direction": "INBOUND",
            "occurredAt": "today",
        }

        stock = await send(
            api, "upsertStock", [{**LEVEL, "quantity": "few", "asOf": AT}], asked=asked, system="wms"
        )
        contact = await send(api, "upsertTouchpoints", [touchpoint], asked=asked)

        assert errors(stock) == [(0, "VALIDATION", ["rows", "0", "quantity"])]
        assert errors(contact) == [(0, "VALIDATION", ["rows", "0", "occurredAt"])]

    async def test_a_row_that_no_answer_could_name_refuses_the_call(self, api: Api, rows: Rows) -> None:
        payload = await send(
            api,
            "upsertExchangeRates",
            [{**POUND, "validOn": "2026-03-02"}, {**POUND, "validOn": "2026-02-30"}],
            asked="rows { index }",
            system="erp",
        )

        assert payload["rows"] == []
        assert [error["path"] for error in payload["userErrors"]] == [["rows", "1", "validOn"]]
        assert await rows("SELECT count(*) FROM exchange_rates WHERE valid_on >= '2026-01-01'") == [(0,)]

    async def test_it_is_told_in_korean(self, api: Api) -> None:
        document = """mutation ($input: UpsertCustomersInput!) {
            upsertCustomers(input: $input) { rows { userErrors { message } } } }"""
        told = {"policy": "REJECT_ALL", "rows": [{"key": erp("K1"), "birthOn": "어제"}]}

        answer = await api.send(
            json.dumps({"query": document, "variables": {"input": told}}).encode(),
            headers={"accept-language": "ko"},
        )

        [row] = answer.json()["data"]["upsertCustomers"]["rows"]
        [error] = row["userErrors"]
        assert "YYYY-MM-DD" in error["message"]
        assert "cannot represent" not in error["message"]
