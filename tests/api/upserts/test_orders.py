"""Upserting orders with their lines."""

from typing import Any

import pytest

from tests.api.graphql.asking import Api
from tests.api.mutations.asking import id_of
from tests.api.mutations.conftest import Rows
from tests.api.upserts.sending import erp, errors, send, statuses

LINE = {"product": {"code": "TEA"}, "quantity": "2", "unitPrice": "1500"}
ORDER = {
    "key": {"external": {"system": "erp", "id": "O-1"}},
    "orderedAt": "2026-03-01T09:30:00+09:00",
    "currency": "KRW",
    "channel": "STORE",
    "customer": {"external": {"system": "erp", "id": "C-1"}},
    "branch": {"code": "GN"},
    "lines": [LINE, {**LINE, "kind": "RETURN", "quantity": "-1", "discount": "0.5"}],
}
LINES = """
    SELECT l.kind, l.quantity::text, l.unit_price::text, l.discount::text FROM order_lines l
    JOIN orders o ON o.id = l.order_id WHERE o.source_id = 'O-1' ORDER BY l.position
"""


async def upsert(api: Api, *rows: dict[str, Any], **options: Any) -> Any:
    return await send(api, "upsertOrders", rows, **options)


class TestUpsertOrders:
    async def test_the_node_is_told_as_it_stands(self, api: Api) -> None:
        payload = await upsert(
            api,
            ORDER,
            asked="""rows { status order { number sourceSystem sourceId orderedAt channel netRevenue { amount currency }
                customer { name } branch { code } lines(first: 5) { nodes { kind quantity product { code } } } } }""",
        )

        assert payload["rows"] == [
            {
                "status": "CREATED",
                "order": {
                    "number": "O-1",
                    "sourceSystem": "erp",
                    "sourceId": "O-1",
                    "orderedAt": "2026-03-01T00:30:00.000000Z",
                    "channel": "STORE",
                    "netRevenue": {"amount": "1500", "currency": "KRW"},
                    "customer": {"name": "김단골"},
                    "branch": {"code": "GN"},
                    "lines": {
                        "nodes": [
                            {"kind": "SALE", "quantity": "2.000", "product": {"code": "TEA"}},
                            {"kind": "RETURN", "quantity": "-1.000", "product": {"code": "TEA"}},
                        ]
                    },
                },
            }
        ]

    async def test_the_same_lines_in_another_order_change_nothing(self, api: Api, rows: Rows) -> None:
        await upsert(api, ORDER)
        before = await rows("SELECT count(*) FROM change")

        payload = await upsert(api, {**ORDER, "lines": list(reversed(ORDER["lines"]))})  # type: ignore[call-overload]

        assert statuses(payload) == ["UNCHANGED"]
        assert await rows("SELECT count(*) FROM change") == before

    async def test_lines_that_are_given_replace_those_that_were(self, api: Api, rows: Rows) -> None:
        await upsert(api, ORDER)

        payload = await upsert(api, {"key": ORDER["key"], "lines": [LINE, {**LINE, "quantity": "5"}]})

        assert statuses(payload) == ["UPDATED"]
        assert await rows(LINES) == [
            ("SALE", "2.000", "1500.0000", "0.0000"),
            ("SALE", "5.000", "1500.0000", "0.0000"),
        ]
        assert await rows("SELECT version FROM orders WHERE source_id = 'O-1'") == [(2,)]

    async def test_a_changed_sign_is_a_change(self, api: Api) -> None:
        await upsert(api, {**ORDER, "lines": [{**LINE, "kind": "ADJUSTMENT", "quantity": "1"}]})

        payload = await upsert(api, {**ORDER, "lines": [{**LINE, "kind": "ADJUSTMENT", "quantity": "-1"}]})

        assert statuses(payload) == ["UPDATED"]

    async def test_lines_that_are_not_given_stay(self, api: Api, rows: Rows) -> None:
        await upsert(api, ORDER)

        payload = await upsert(api, {"key": ORDER["key"], "channel": "WEB", "customer": None})

        assert statuses(payload) == ["UPDATED"]
        assert len(await rows(LINES)) == 2
        assert await rows("SELECT channel, customer_id, branch_id FROM orders WHERE source_id = 'O-1'") == [
            ("WEB", None, 1)
        ]

    async def test_an_order_may_lose_all_its_lines(self, api: Api, rows: Rows) -> None:
        await upsert(api, ORDER)

        assert statuses(await upsert(api, {"key": ORDER["key"], "lines": []})) == ["UPDATED"]
        assert await rows(LINES) == []

    async def test_a_credit_note_names_its_order(self, api: Api, rows: Rows) -> None:
        await upsert(api, ORDER)

        payload = await upsert(
            api,
            {
                **ORDER,
                "key": erp("O-2"),
                "original": ORDER["key"],
                "lines": [{**LINE, "kind": "RETURN", "quantity": "-2"}],
            },
        )

        assert statuses(payload) == ["CREATED"]
        assert await rows(
            "SELECT o.source_id FROM orders n JOIN orders o ON o.id = n.original_id WHERE n.source_id = 'O-2'"
        ) == [("O-1",)]

    @pytest.mark.parametrize(
        ("change", "code", "path"),
        [
            ({"customer": erp("nobody")}, "UNKNOWN_REFERENCE", ["customer"]),
            (
                {"lines": [LINE, {**LINE, "product": {"code": "NONE"}}]},
                "UNKNOWN_REFERENCE",
                ["lines", "1", "product"],
            ),
            ({"currency": "XXY"}, "UNKNOWN_REFERENCE", ["currency"]),
            ({"orderedAt": None}, "VALIDATION", ["orderedAt"]),
            ({"orderedAt": "2999-01-01T00:00:00Z"}, "VALIDATION", ["orderedAt"]),
            ({"lines": [{**LINE, "quantity": "0.0001"}]}, "VALIDATION", ["lines", "0", "quantity"]),
            ({"lines": [{**LINE, "quantity": "999999999999"}] * 2}, "VALIDATION", ["lines", "0", "quantity"]),
            (
                {"lines": [{**LINE, "quantity": "99999999", "unitPrice": "1", "unitCost": "99999999"}]},
                "VALIDATION",
                ["lines", "0", "unitCost"],
            ),
            ({"lines": [{**LINE, "kind": "RETURN"}]}, "VALIDATION", ["lines", "0", "quantity"]),
            (
                {"lines": [{**LINE, "unitPrice": "9999999999999999"}]},
                "VALIDATION",
                ["lines", "0", "unitPrice"],
            ),
            ({"branch": {"id": id_of("Customer", 1)}}, "VALIDATION", ["branch", "id"]),
        ],
    )
    async def test_what_is_wrong_is_told_with_its_place(
        self, api: Api, rows: Rows, change: dict[str, Any], code: str, path: list[str]
    ) -> None:
        before = await rows("SELECT count(*) FROM change")

        payload = await upsert(api, {**ORDER, **change})

        assert errors(payload) == [(0, code, ["rows", "0", *path])]
        assert await rows("SELECT count(*) FROM change") == before

    async def test_an_agent_sees_and_books_for_his_customers_only(self, api: Api, rows: Rows) -> None:
        payload = await upsert(
            api,
            ORDER,
            {**ORDER, "key": erp("O-2"), "customer": erp("C-2")},
            {**ORDER, "key": erp("O-3"), "customer": None},
            {"key": erp("2"), "channel": "WEB"},
            as_={"role": "AGENT", "scope": "OWN", "subject": "kim"},
        )

        assert statuses(payload) == ["CREATED", "REJECTED", "REJECTED", "REJECTED"]
        assert [code for _, code, _ in errors(payload)] == ["UNKNOWN_REFERENCE", "OUT_OF_SIGHT", "NOT_FOUND"]
        assert await rows("SELECT count(*) FROM orders WHERE source_id LIKE 'O-%'") == [(1,)]
