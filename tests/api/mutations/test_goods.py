"""Products, the tree, stock, orders, payments and shipments are changed over the API."""

from typing import Any

import pytest

from tests.api.graphql.asking import Api
from tests.api.mutations.asking import id_of, mutate, refusals
from tests.api.mutations.conftest import Rows

TEA = id_of("Product", 1)
KIM = id_of("Customer", 1)
AGENT = {"role": "AGENT", "scope": "OWN", "subject": "kim"}
SALE = {"productId": TEA, "quantity": "3", "unitPrice": "1000", "discount": "100"}
ORDER = {"currency": "KRW", "customerId": KIM, "channel": "STORE", "lines": [SALE]}


def won(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "KRW"}


async def ordered(api: Api, **more: Any) -> str:
    payload = await mutate(api, "createOrder", "order { id }", {**ORDER, **more})
    return str(payload["order"]["id"])


class TestProducts:
    async def test_one_is_created_moved_and_discontinued(self, api: Api) -> None:
        food = (await mutate(api, "createCategory", "category { id path }", {"name": "식품"}))["category"]
        told = {"name": "차", "englishName": "Tea", "parentId": food["id"]}
        tea = (await mutate(api, "createCategory", "category { id path depth }", told))["category"]

        made = await mutate(
            api,
            "createProduct",
            """product { id code englishName category { path } listPrice { amount } unitCost { amount currency }
                active attributes(first: 50) { nodes { name value number } } externalIds { system id } version }""",
            {
                "code": "OOLONG",
                "name": "우롱차",
                "englishName": "Oolong",
                "categoryId": food["id"],
                "listPrice": won("4500"),
                "unitCost": won("1200.5"),
                "attributes": [{"name": "grams", "value": "50"}],
                "externalIds": [{"system": "erp", "id": "M9"}],
            },
        )
        product = made["product"]["id"]
        await mutate(api, "updateProduct", "", {"id": product, "expectedVersion": 1, "categoryId": tea["id"]})
        ended = await mutate(
            api,
            "discontinueProduct",
            "product { active version category { path } history(first: 9) { nodes { field old new } } }",
            {"id": product, "expectedVersion": 2},
        )

        assert tea == {"id": tea["id"], "path": ["식품", "차"], "depth": 1}
        assert made["product"] == {
            "id": product,
            "code": "OOLONG",
            "englishName": "Oolong",
            "category": {"path": ["식품"]},
            "listPrice": {"amount": "4500"},
            "unitCost": {"amount": "1200.5", "currency": "KRW"},
            "active": True,
            "attributes": {"nodes": [{"name": "grams", "value": "50", "number": "50.0000"}]},
            "externalIds": [{"system": "erp", "id": "M9"}],
            "version": 1,
        }
        assert ended["product"] == {
            "active": False,
            "version": 3,
            "category": {"path": ["식품", "차"]},
            "history": {
                "nodes": [
                    {"field": "active", "old": "true", "new": "false"},
                    {"field": "category", "old": "식품", "new": "식품 > 차"},
                ]
            },
        }

    @pytest.mark.parametrize(
        ("name", "told", "code", "path"),
        [
            ("createProduct", {"code": "TEA", "name": "x"}, "CODE_TAKEN", ["code"]),
            ("createProduct", {"code": "X", "name": "x", "categoryId": TEA}, "VALIDATION", ["categoryId"]),
            (
                "updateProduct",
                {"id": TEA, "expectedVersion": 1, "listPrice": won("-1")},
                "VALIDATION",
                ["listPrice"],
            ),
            ("updateProduct", {"id": TEA, "expectedVersion": 5}, "STALE_VERSION", ["expectedVersion"]),
            (
                "discontinueProduct",
                {"id": id_of("Product", 9), "expectedVersion": 1},
                "NOT_FOUND",
                ["id"],
            ),
            ("createCategory", {"name": "x", "parentId": id_of("Category", 9)}, "VALIDATION", ["parentId"]),
        ],
        ids=range(6),
    )
    async def test_what_is_refused_is_told_with_its_place(
        self, api: Api, name: str, told: dict[str, Any], code: str, path: list[str]
    ) -> None:
        assert refusals(await mutate(api, name, "", told)) == [(code, path)]

    async def test_a_category_never_moves_below_itself(self, api: Api) -> None:
        top = (await mutate(api, "createCategory", "category { id }", {"name": "a"}))["category"]["id"]
        below = (await mutate(api, "createCategory", "category { id }", {"name": "b", "parentId": top}))[
            "category"
        ]["id"]

        payload = await mutate(
            api, "updateCategory", "", {"id": top, "expectedVersion": 1, "parentId": below}
        )

        assert refusals(payload) == [("CIRCLE", ["parentId"])]


class TestStock:
    async def test_each_level_tells_what_became_of_it(self, api: Api) -> None:
        place = (await mutate(api, "createWarehouse", "warehouse { id }", {"code": "W", "name": "창고"}))[
            "warehouse"
        ]["id"]
        level = {"productId": TEA, "warehouseId": place, "quantity": "12.5", "asOf": "2026-01-02T00:00:00Z"}
        asked = "results { index status stockLevel { quantity asOf product { totalStock } } }"

        first = await mutate(api, "setStock", asked, {"sourceSystem": "scm", "levels": [level]})
        late = {**level, "quantity": "1", "asOf": "2026-01-01T00:00:00Z"}
        second = await mutate(api, "setStock", asked, {"sourceSystem": "scm", "levels": [late]})

        standing = {
            "quantity": "12.500",
            "asOf": "2026-01-02T00:00:00.000000Z",
            "product": {"totalStock": "12.500"},
        }
        assert first["results"] == [{"index": 0, "status": "CREATED", "stockLevel": standing}]
        assert second["results"] == [{"index": 0, "status": "STALE", "stockLevel": standing}]

    @pytest.mark.parametrize(
        ("levels", "path"),
        [
            ([], ["levels"]),
            ([{"productId": KIM, "warehouseId": KIM, "quantity": "1"}], ["levels", "0", "productId"]),
            (
                [{"productId": TEA, "warehouseId": id_of("Warehouse", 9), "quantity": "1"}],
                ["levels", "0", "warehouseId"],
            ),
        ],
        ids=range(3),
    )
    async def test_a_bad_level_refuses_all(
        self, api: Api, levels: list[dict[str, Any]], path: list[str]
    ) -> None:
        payload = await mutate(
            api, "setStock", "results { index }", {"sourceSystem": "scm", "levels": levels}
        )

        assert payload["results"] == []
        assert refusals(payload) == [("VALIDATION", path)]


class TestOrders:
    async def test_from_the_till_to_the_door_and_back(self, api: Api) -> None:
        order = await ordered(api)
        paid = await mutate(
            api,
            "recordPayment",
            "payment { id state paidAt order { openAmount { amount } } }",
            {"orderId": order, "method": "CARD", "amount": won("2900"), "at": "2026-01-02T00:00:00Z"},
        )
        sent = await mutate(
            api,
            "createShipment",
            "shipment { id state lines(first: 9) { nodes { product { code } quantity } } order { shippedState } }",
            {
                "orderId": order,
                "lines": [{"productId": TEA, "quantity": "3"}],
                "carrier": "CJ",
                "at": "2026-01-02T00:00:00Z",
            },
        )
        moved = await mutate(
            api,
            "moveShipment",
            "shipment { state states(first: 50) { nodes { state } } tracking order { shippedState } }",
            {"id": sent["shipment"]["id"], "expectedVersion": 1, "state": "DELIVERED", "tracking": "T-1"},
        )
        back = await mutate(
            api,
            "returnOrderLines",
            """order { version netRevenue { amount } openAmount { amount } returnedQuantity hasReturns
                lines(first: 9) { nodes { position kind quantity returnedQuantity returnedLine { position } } } }""",
            {"id": order, "expectedVersion": 1, "lines": [{"position": 1, "quantity": "1"}]},
        )
        refund = await mutate(
            api,
            "refundPayment",
            """payment { state refundedAmount { amount } states(first: 50) { nodes { state amount { amount } } }
                order { openAmount { amount } } }""",
            {"id": paid["payment"]["id"], "expectedVersion": 1, "amount": won("967")},
        )

        assert paid["payment"] == {
            "id": paid["payment"]["id"],
            "state": "PAID",
            "paidAt": "2026-01-02T00:00:00.000000Z",
            "order": {"openAmount": {"amount": "0"}},
        }
        assert sent["shipment"] == {
            "id": sent["shipment"]["id"],
            "state": "PREPARING",
            "lines": {"nodes": [{"product": {"code": "TEA"}, "quantity": "3.000"}]},
            "order": {"shippedState": "NOT_SHIPPED"},
        }
        assert moved["shipment"] == {
            "state": "DELIVERED",
            "states": {"nodes": [{"state": "PREPARING"}, {"state": "DELIVERED"}]},
            "tracking": "T-1",
            "order": {"shippedState": "DELIVERED"},
        }
        assert back["order"] == {
            "version": 2,
            "netRevenue": {"amount": "1933"},
            "openAmount": {"amount": "-967"},
            "returnedQuantity": "1.000",
            "hasReturns": True,
            "lines": {
                "nodes": [
                    {
                        "position": 1,
                        "kind": "SALE",
                        "quantity": "3.000",
                        "returnedQuantity": "1.000",
                        "returnedLine": None,
                    },
                    {
                        "position": 2,
                        "kind": "RETURN",
                        "quantity": "-1.000",
                        "returnedQuantity": "0",
                        "returnedLine": {"position": 1},
                    },
                ]
            },
        }
        assert refund["payment"] == {
            "state": "PAID",
            "refundedAmount": {"amount": "967"},
            "states": {
                "nodes": [
                    {"state": "PAID", "amount": {"amount": "2900"}},
                    {"state": "REFUNDED", "amount": {"amount": "967"}},
                ]
            },
            "order": {"openAmount": {"amount": "0"}},
        }

    async def test_more_than_was_bought_does_not_come_back_and_numbers_say_why(self, api: Api) -> None:
        order = await ordered(api)

        payload = await mutate(
            api,
            "returnOrderLines",
            "",
            {"id": order, "expectedVersion": 1, "lines": [{"position": 1, "quantity": "4"}]},
        )

        assert refusals(payload) == [("RETURN_TOO_LARGE", ["lines", "0", "quantity"])]
        assert payload["userErrors"][0]["message"] == (
            "3 were bought and 0 of them returned: 4 cannot be returned, at most 3"
        )

    async def test_a_cancelled_order_comes_to_nothing(self, api: Api) -> None:
        order = await ordered(api)
        told = {"id": order, "expectedVersion": 1}

        payload = await mutate(api, "cancelOrder", "order { cancelledAt netRevenue { amount } }", told)
        again = await mutate(api, "cancelOrder", "", {**told, "expectedVersion": 2})

        assert payload["order"]["netRevenue"] == {"amount": "0"}
        assert payload["order"]["cancelledAt"]
        assert refusals(again) == [("CANCELLED", ["id"])]

    async def test_an_agent_takes_orders_for_his_own_customers(self, api: Api, rows: Rows) -> None:
        mine = await mutate(api, "createOrder", "order { agent { name } number }", ORDER, as_=AGENT)
        other = await mutate(
            api, "createOrder", "order { id }", {**ORDER, "customerId": id_of("Customer", 2)}, as_=AGENT
        )

        assert mine["order"]["agent"] == {"name": "김상담"}
        assert mine["order"]["number"].startswith("D-")
        assert refusals(other) == [("NOT_FOUND", ["customerId"])]
        assert await rows("SELECT agent_id FROM orders WHERE id > 100") == [(1,)]

    @pytest.mark.parametrize(
        ("change", "code", "path"),
        [
            ({"lines": []}, "VALIDATION", ["lines"]),
            ({"lines": [{**SALE, "productId": KIM}]}, "VALIDATION", ["lines", "0", "productId"]),
            ({"lines": [{**SALE, "kind": "RETURN"}]}, "VALIDATION", ["lines", "0", "kind"]),
            ({"lines": [SALE, {**SALE, "discount": "5000"}]}, "VALIDATION", ["lines", "1", "discount"]),
            ({"currency": "XXXX"}, "VALIDATION", ["currency"]),
            ({"orderedAt": "2999-01-01T00:00:00Z"}, "VALIDATION", ["orderedAt"]),
        ],
        ids=range(6),
    )
    async def test_what_is_refused_leaves_nothing(
        self, api: Api, rows: Rows, change: dict[str, Any], code: str, path: list[str]
    ) -> None:
        payload = await mutate(api, "createOrder", "order { id }", {**ORDER, **change})

        assert refusals(payload) == [(code, path)]
        assert await rows("SELECT id FROM orders WHERE id > 100") == []

    async def test_a_payment_of_a_system_is_booked_once(self, api: Api) -> None:
        told = {
            "orderId": await ordered(api),
            "method": "CARD",
            "amount": won("1"),
            "externalId": {"system": "pg", "id": "T-1"},
        }
        await mutate(api, "recordPayment", "", told)

        assert refusals(await mutate(api, "recordPayment", "", told)) == [
            ("EXTERNAL_ID_TAKEN", ["externalId"])
        ]
