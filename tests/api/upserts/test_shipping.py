"""Upserting payments, shipments, stock and touchpoints."""

from typing import Any

import pytest

from tests.api.graphql.asking import Api
from tests.api.mutations.conftest import Rows
from tests.api.upserts.sending import erp, errors, send, statuses

PAYMENT = {
    "key": {"external": {"system": "erp", "id": "PAY-1"}},
    "order": {"external": {"system": "erp", "id": "1"}},
    "method": "CARD",
    "amount": {"amount": "5000", "currency": "KRW"},
    "state": "PAID",
    "stateAt": "2026-03-01T00:00:00Z",
}
SHIPMENT = {
    "key": {"external": {"system": "scm", "id": "S-1"}},
    "order": {"external": {"system": "erp", "id": "1"}},
    "warehouse": {"code": "W1"},
    "carrier": "CJ",
    "state": "SHIPPED",
    "stateAt": "2026-03-02T00:00:00Z",
    "lines": [{"product": {"code": "TEA"}, "quantity": "2"}],
}
CALL = {
    "key": {"external": {"system": "callcentre", "id": "m-1"}},
    "channel": "INBOUND_CALL",
    "direction": "INBOUND",
    "occurredAt": "2026-03-01T09:30:00+09:00",
    "customer": {"external": {"system": "erp", "id": "C-1"}},
    "agent": {"subject": "kim"},
    "branch": {"code": "GN"},
    "topics": ["delivery"],
}


@pytest.fixture
async def warehouse(rows: Rows) -> None:
    await rows("INSERT INTO warehouses (code, name) VALUES ('W1', '이천'), ('W2', '김해')")


class TestUpsertPayments:
    async def test_a_payment_is_booked_refunded_and_found_again(self, api: Api, rows: Rows) -> None:
        refund = {**PAYMENT, "state": "REFUNDED", "stateAt": "2026-03-05T00:00:00Z"}

        made = [
            statuses(await send(api, "upsertPayments", [row])) for row in (PAYMENT, PAYMENT, refund, refund)
        ]

        assert made == [["CREATED"], ["UNCHANGED"], ["UPDATED"], ["UNCHANGED"]]
        assert await rows(
            "SELECT state, amount::text, refunded_amount::text, currency, paid_at::date::text, booked_at::date::text"
            " FROM payments"
        ) == [("REFUNDED", "5000.00", "5000.00", "KRW", "2026-03-01", "2026-03-01")]
        assert await rows("SELECT state FROM payment_states ORDER BY id") == [("PAID",), ("REFUNDED",)]

    @pytest.mark.parametrize(
        ("change", "code", "path"),
        [
            ({"order": erp("none")}, "UNKNOWN_REFERENCE", ["order"]),
            ({"amount": {"amount": "5", "currency": "USD"}}, "VALIDATION", ["amount", "currency"]),
            ({"amount": {"amount": "0.5", "currency": "KRW"}}, "VALIDATION", ["amount", "amount"]),
            ({"amount": {"amount": "0", "currency": "KRW"}}, "VALIDATION", ["amount", "amount"]),
            ({"refundedAmount": {"amount": "5000", "currency": "KRW"}}, "VALIDATION", ["refundedAmount"]),
            ({"refundedAmount": {"amount": "6000", "currency": "KRW"}}, "VALIDATION", ["refundedAmount"]),
            (
                {"state": "FAILED", "refundedAmount": {"amount": "5", "currency": "KRW"}},
                "VALIDATION",
                ["refundedAmount"],
            ),
            ({"stateAt": "2999-01-01T00:00:00Z"}, "VALIDATION", ["stateAt"]),
        ],
    )
    async def test_what_is_wrong_is_told_with_its_place(
        self, api: Api, change: dict[str, Any], code: str, path: list[str]
    ) -> None:
        payload = await send(api, "upsertPayments", [{**PAYMENT, **change}])

        assert errors(payload) == [(0, code, ["rows", "0", *path])]

    async def test_payments_of_others_orders_are_out_of_sight(self, api: Api) -> None:
        await send(api, "upsertPayments", [{**PAYMENT, "order": erp("2")}])

        payload = await send(
            api,
            "upsertPayments",
            [PAYMENT, {**PAYMENT, "key": erp("PAY-2")}, {**PAYMENT, "key": erp("PAY-3"), "order": erp("2")}],
            as_={"role": "INTEGRATION", "scope": "OWN", "subject": "kim"},
        )

        assert [(place, code) for place, code, _ in errors(payload)] == [
            (0, "NOT_FOUND"),
            (2, "UNKNOWN_REFERENCE"),
        ]
        assert statuses(payload) == ["REJECTED", "CREATED", "REJECTED"]


@pytest.mark.usefixtures("warehouse")
class TestUpsertShipments:
    async def test_a_shipment_moves_and_its_lines_are_replaced(self, api: Api, rows: Rows) -> None:
        await rows("INSERT INTO products (code, name) VALUES ('CUP', '잔')")
        moved = {"key": SHIPMENT["key"], "state": "DELIVERED", "stateAt": "2026-03-04T00:00:00Z"}
        relined = {
            "key": SHIPMENT["key"],
            "lines": [
                {"product": {"code": "CUP"}, "quantity": "1"},
                {"product": {"code": "TEA"}, "quantity": "3"},
            ],
        }

        made = [
            statuses(await send(api, "upsertShipments", [row]))
            for row in (SHIPMENT, SHIPMENT, moved, moved, relined, relined)
        ]

        assert made == [["CREATED"], ["UNCHANGED"], ["UPDATED"], ["UNCHANGED"], ["UPDATED"], ["UNCHANGED"]]
        assert await rows(
            "SELECT state, carrier, shipped_at::date::text, delivered_at::date::text FROM shipments"
        ) == [("DELIVERED", "CJ", "2026-03-02", "2026-03-04")]
        assert await rows(
            "SELECT p.code, l.quantity::int FROM shipment_lines l JOIN products p ON p.id = l.product_id ORDER BY 1"
        ) == [("CUP", 1), ("TEA", 3)]

    @pytest.mark.parametrize(
        ("change", "code", "path"),
        [
            ({"warehouse": {"code": "NONE"}}, "UNKNOWN_REFERENCE", ["warehouse"]),
            ({"stateAt": None}, "VALIDATION", ["stateAt"]),
            (
                {"lines": [{"product": {"code": "TEA"}, "quantity": "0"}]},
                "VALIDATION",
                ["lines", "0", "quantity"],
            ),
            (
                {"lines": [{"product": {"code": "TEA"}, "quantity": "1"}] * 2},
                "VALIDATION",
                ["lines", "1", "product"],
            ),
        ],
    )
    async def test_what_is_wrong_is_told_with_its_place(
        self, api: Api, change: dict[str, Any], code: str, path: list[str]
    ) -> None:
        payload = await send(api, "upsertShipments", [{**SHIPMENT, **change}])

        assert errors(payload) == [(0, code, ["rows", "0", *path])]

    async def test_a_state_needs_its_time(self, api: Api) -> None:
        await send(api, "upsertShipments", [SHIPMENT])

        payload = await send(api, "upsertShipments", [{"key": SHIPMENT["key"], "state": "LOST"}])

        assert errors(payload) == [(0, "VALIDATION", ["rows", "0", "stateAt"])]


@pytest.mark.usefixtures("warehouse")
class TestUpsertStock:
    async def test_the_later_count_wins(self, api: Api, rows: Rows) -> None:
        level = {
            "product": {"code": "TEA"},
            "warehouse": {"code": "W1"},
            "quantity": "10",
            "asOf": "2026-03-02T00:00:00Z",
        }
        late = {**level, "quantity": "99", "asOf": "2026-03-01T00:00:00Z"}
        wrong = {**level, "warehouse": {"code": "NONE"}}

        asked = """rows { index status key { product { code id } warehouse { code } } userErrors { code path } }"""
        payloads = [
            await send(api, "upsertStock", batch, system="wms", asked=asked)
            for batch in ([level, wrong, level], [level], [late])
        ]
        made = [statuses(payload) for payload in payloads]

        assert made == [["CREATED", "REJECTED", "REJECTED"], ["UNCHANGED"], ["STALE"]]
        assert payloads[2]["rows"][0]["key"] == {
            "product": {"code": "TEA", "id": None},
            "warehouse": {"code": "W1"},
        }
        assert await rows("SELECT quantity::int, source_system FROM stock_levels") == [(10, "wms")]

    async def test_reject_all_takes_back_what_was_written(self, api: Api, rows: Rows) -> None:
        level = {
            "product": {"code": "TEA"},
            "warehouse": {"code": "W1"},
            "quantity": "1",
            "asOf": "2026-03-02T00:00:00Z",
        }

        payload = await send(
            api,
            "upsertStock",
            [level, {**level, "product": {"code": "NONE"}}],
            policy="REJECT_ALL",
            system="wms",
            asked="rows { index userErrors { code path } }",
        )

        assert [code for _, code, _ in errors(payload)] == ["NOT_WRITTEN", "UNKNOWN_REFERENCE"]
        assert await rows("SELECT count(*) FROM stock_levels") == [(0,)]


class TestUpsertTouchpoints:
    async def test_what_happened_is_recorded_once(self, api: Api, rows: Rows) -> None:
        batch: list[dict[str, Any]] = [
            CALL,
            {**CALL, "key": erp("m-2"), "customer": erp("not yet")},
            CALL,
            {**CALL, "key": erp("m-3"), "rating": 9},
        ]

        first = await send(api, "upsertTouchpoints", batch)
        again = await send(
            api, "upsertTouchpoints", [CALL, {**CALL, "key": erp("m-2")}, {**CALL, "rating": 1}]
        )

        assert statuses(first) == ["CREATED", "REJECTED", "REJECTED", "REJECTED"]
        assert [(code, path[2:]) for _, code, path in errors(first)] == [
            ("UNKNOWN_REFERENCE", ["customer"]),
            ("DUPLICATE_IN_BATCH", ["key"]),
            ("VALIDATION", ["rating"]),
        ]
        assert statuses(again) == ["UNCHANGED", "CREATED", "REJECTED"]
        assert await rows(
            "SELECT source_system, source_id, customer_id, agent_id, branch_id, topics FROM touchpoints ORDER BY id"
        ) == [("callcentre", "m-1", 1, 1, 1, ["delivery"]), ("erp", "m-2", 1, 1, 1, ["delivery"])]

    async def test_another_content_under_the_same_key_is_told_at_the_key(self, api: Api) -> None:
        await send(api, "upsertTouchpoints", [CALL])

        payload = await send(api, "upsertTouchpoints", [{**CALL, "rating": 1}])

        assert errors(payload) == [(0, "TOUCHPOINT_DIFFERS", ["rows", "0", "key"])]

    async def test_reject_all_takes_back_what_was_written(self, api: Api, rows: Rows) -> None:
        payload = await send(
            api, "upsertTouchpoints", [CALL, {**CALL, "key": erp("x"), "rating": 9}], policy="REJECT_ALL"
        )

        assert [code for _, code, _ in errors(payload)] == ["NOT_WRITTEN", "VALIDATION"]
        assert await rows("SELECT count(*) FROM touchpoints") == [(0,)]
