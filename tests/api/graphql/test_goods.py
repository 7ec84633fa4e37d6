"""Products, stock, orders, payments and shipments as they are read, against hand-written SQL."""

import json
from typing import Any

import pytest

from api.backend import Backend
from domain.selection import ids
from tests.api.graphql.asking import Api, Counted

FIGURES = """{ orders(first: 100, orderBy: {field: ID}) { nodes {
    id gross { amount } netRevenue { amount } paidAmount { amount } openAmount { amount }
    returnedQuantity hasReturns shippedState
} } }"""

BY_HAND = """
    SELECT o.id, cu.scale,
           coalesce((SELECT sum(quantity * unit_price) FROM order_lines WHERE order_id = o.id), 0) AS gross,
           coalesce((SELECT sum(net_revenue) FROM order_lines WHERE order_id = o.id), 0) AS net,
           coalesce((SELECT sum(amount - refunded_amount) FROM payments
                     WHERE order_id = o.id AND state IN ('PAID', 'REFUNDED')), 0) AS paid,
           coalesce((SELECT -sum(l.quantity) FROM order_lines l JOIN orders n ON n.id = l.order_id
                     WHERE l.kind = 'RETURN' AND o.id IN (n.id, n.original_id)), 0) AS returned
    FROM orders o JOIN currencies cu ON cu.code = o.currency ORDER BY o.id
"""

DUE = """
    SELECT order_id, product_id, sum(quantity) AS due FROM order_lines
    WHERE kind IN ('SALE', 'FREE', 'CANCELLATION') AND product_id IS NOT NULL GROUP BY 1, 2 HAVING sum(quantity) > 0
"""
SENT = """
    SELECT order_id, product_id, sum(quantity) FILTER (WHERE state = 'DELIVERED') AS there,
           sum(quantity) FILTER (WHERE state IN ('SHIPPED', 'DELIVERED')) AS away
    FROM shipment_lines l JOIN shipments s ON s.id = l.shipment_id GROUP BY 1, 2
"""


def _state(due: dict[int, Any], there: dict[int, Any], away: dict[int, Any]) -> str:
    if not due:
        return "NOTHING_TO_SHIP"
    for state, sent in (("DELIVERED", there), ("SHIPPED", away)):
        if all(sent.get(product, 0) >= quantity for product, quantity in due.items()):
            return state
    return "PARTLY_SHIPPED" if any(away.get(product, 0) > 0 for product in due) else "NOT_SHIPPED"


async def keys(api: Api, root: str, type_name: str, narrowed: dict[str, Any]) -> list[int]:
    page = f"{root}(first: 100, orderBy: {{field: ID}}, filter: $f) {{ nodes {{ id }} }}"
    document = f"query($f: {type_name}Filter) {{ {page} }}"
    data = await api.data(document, {"f": narrowed})
    return [ids.read(node["id"]).key for node in data[root]["nodes"]]


class TestFigures:
    async def test_amounts_and_returns_are_those_of_the_tables(self, api: Api, backend: Backend) -> None:
        Counted.statements.clear()

        nodes = (await api.data(FIGURES))["orders"]["nodes"]

        assert len(Counted.statements) == 1
        expected = await backend.reads.fetch(BY_HAND)
        assert len(nodes) == len(expected) == 20
        for node, row in zip(nodes, expected, strict=True):
            shown = {name: round(row[name], row["scale"]) for name in ("gross", "net", "paid")}
            assert node["gross"]["amount"] == str(shown["gross"])
            assert node["netRevenue"]["amount"] == str(shown["net"])
            assert node["paidAmount"]["amount"] == str(shown["paid"])
            assert node["returnedQuantity"] == str(row["returned"])
            assert node["hasReturns"] == (row["returned"] > 0)
            assert node["openAmount"]["amount"] == str(round(row["net"] - row["paid"], row["scale"]))

    async def test_how_far_it_is_shipped_is_by_product(self, api: Api, backend: Backend) -> None:
        due, there, away = {}, {}, {}  # type: ignore[var-annotated]  # three dicts of dicts
        for row in await backend.reads.fetch(DUE):
            due.setdefault(row["order_id"], {})[row["product_id"]] = row["due"]
        for row in await backend.reads.fetch(SENT):
            there.setdefault(row["order_id"], {})[row["product_id"]] = row["there"] or 0
            away.setdefault(row["order_id"], {})[row["product_id"]] = row["away"] or 0

        nodes = (await api.data(FIGURES))["orders"]["nodes"]

        shown = {ids.read(node["id"]).key: node["shippedState"] for node in nodes}
        assert shown == {
            key: _state(due.get(key, {}), there.get(key, {}), away.get(key, {})) for key in range(1, 21)
        }
        assert len(set(shown.values())) >= 4


class TestFilters:
    @pytest.mark.parametrize(
        ("narrowed", "by_hand"),
        [
            ({"number": {"eq": "N3"}}, "number = 'N3'"),
            (
                {"netRevenue": {"gte": "4500"}},
                "id IN (SELECT order_id FROM order_lines GROUP BY 1 HAVING sum(net_revenue) >= 4500)",
            ),
            ({"hasReturns": {"eq": True}}, f"id IN (SELECT id FROM ({BY_HAND}) f WHERE returned > 0)"),
            ({"openAmount": {"lt": "0"}}, f"id IN (SELECT id FROM ({BY_HAND}) f WHERE net < paid)"),
            (
                {"payments": {"some": {"state": {"eq": "PAID"}}}},
                "id IN (SELECT order_id FROM payments WHERE state = 'PAID')",
            ),
            ({"payments": {"none": {}}}, "id NOT IN (SELECT order_id FROM payments)"),
            (
                {"lines": {"some": {"product": {"code": {"eq": "P2"}}}}},
                "id IN (SELECT order_id FROM order_lines WHERE product_id = 2)",
            ),
            (
                {"shipments": {"some": {"carrier": {"eq": "CJ"}}}},
                "id IN (SELECT order_id FROM shipments WHERE carrier = 'CJ')",
            ),
            ({"agent": {"name": {"contains": "김"}}}, "agent_id = 1"),
            ({"cancelledAt": {"isNull": False}}, "cancelled_at IS NOT NULL"),
        ],
        ids=range(10),
    )
    async def test_orders_are_found_by(
        self, api: Api, backend: Backend, narrowed: dict[str, Any], by_hand: str
    ) -> None:
        expected = [
            row["id"]
            for row in await backend.reads.fetch(f"SELECT id FROM orders o WHERE {by_hand} ORDER BY id")
        ]

        assert await keys(api, "orders", "Order", narrowed) == expected
        assert expected

    @pytest.mark.parametrize(
        ("narrowed", "expected"),
        [
            ({"inCategory": {"name": {"eq": "식품"}}}, [1, 2]),
            ({"inCategory": {"name": {"eq": "커피"}}}, [1]),
            ({"inCategory": {"id": {"eq": ids.made("Category", 2)}}}, [1, 2]),
            ({"not": {"inCategory": {}}}, [4]),
            ({"category": {"name": {"eq": "식품"}}}, []),
            ({"listPrice": {"gte": "12.5"}}, [1, 2]),
            ({"attributes": {"some": {"name": {"eq": "grams"}, "number": {"gte": "100"}}}}, [1]),
            ({"attributes": {"some": {"name": {"eq": "colour"}, "value": {"eq": 'a"b'}}}}, [3]),
            ({"stock": {"some": {"quantity": {"lt": "0"}, "warehouse": {"code": {"eq": "W1"}}}}}, [2]),
            ({"totalStock": {"isNull": True}}, [4]),
            ({"active": {"eq": True}}, [1, 2, 3, 4]),
        ],
        ids=range(11),
    )
    async def test_products_are_found_by(
        self, api: Api, narrowed: dict[str, Any], expected: list[int]
    ) -> None:
        assert await keys(api, "products", "Product", narrowed) == expected

    @pytest.mark.parametrize(
        ("narrowed", "expected"),
        [
            ({"listPrice": {"gte": "0.0011"}}, [1, 2]),
            ({"listPrice": {"eq": "0.001"}}, [3]),
            ({"listPrice": {"in": ["0.001", "9999999999999999"]}}, [3]),
            ({"totalStock": {"lt": "9999999999999999"}}, [1, 2, 3]),
        ],
        ids=range(4),
    )
    async def test_a_number_is_compared_with_all_its_digits(
        self, api: Api, narrowed: dict[str, Any], expected: list[int]
    ) -> None:
        assert await keys(api, "products", "Product", narrowed) == expected

    async def test_the_tree_is_found_from_the_top(self, api: Api) -> None:
        assert await keys(api, "categories", "Category", {"top": {"eq": True}}) == [1, 4]
        assert await keys(api, "categories", "Category", {"inCategory": {"name": {"eq": "음료"}}}) == [2, 3]
        assert await keys(api, "categories", "Category", {"depth": {"gte": 2}}) == [3]

    async def test_products_are_ordered_by_price_with_those_without_one_last(self, api: Api) -> None:
        for direction, expected in (("ASC", ["P3", "P2", "P1", "P4"]), ("DESC", ["P1", "P2", "P3", "P4"])):
            order = f"[{{field: LIST_PRICE, direction: {direction}}}]"
            data = await api.data(f"{{ products(first: 9, orderBy: {order}) {{ nodes {{ code }} }} }}")

            assert [node["code"] for node in data["products"]["nodes"]] == expected


class TestPast:
    async def test_a_product_tells_what_it_was(self, api: Api) -> None:
        data = await api.data("""{ productBy(key: {code: "P1"}) {
            history(first: 9) { totalCount nodes { field old new origin } }
            categoryHistory(first: 9) { nodes { validFrom validTo category { name } } }
            priceHistory(first: 9) { nodes { validTo listPrice { amount currency } unitCost { amount } } }
            attributes(first: 50) { nodes { name value number } }
        } }""")

        assert data["productBy"] == {
            "history": {
                "totalCount": 4,
                "nodes": [
                    {"field": "name", "old": None, "new": "O'Neil", "origin": "user:kim"},
                    {"field": "list_price", "old": "4200.0000", "new": "4500.0000", "origin": "import:erp"},
                    {"field": "category", "old": None, "new": "생활", "origin": "user:kim"},
                    {"field": "category", "old": "생활", "new": "식품 > 음료 > 커피", "origin": "user:kim"},
                ],
            },
            "categoryHistory": {
                "nodes": [
                    {
                        "validFrom": "2026-01-15T00:00:00.000000Z",
                        "validTo": None,
                        "category": {"name": "커피"},
                    },
                    {
                        "validFrom": "0001-01-01T00:00:00.000000Z",
                        "validTo": "2026-01-15T00:00:00.000000Z",
                        "category": {"name": "생활"},
                    },
                ]
            },
            "priceHistory": {
                "nodes": [
                    {
                        "validTo": None,
                        "listPrice": {"amount": "4500", "currency": "KRW"},
                        "unitCost": {"amount": "1200.5"},
                    },
                    {
                        "validTo": "2026-01-15T00:00:00.000000Z",
                        "listPrice": {"amount": "4200", "currency": "KRW"},
                        "unitCost": None,
                    },
                ]
            },
            "attributes": {
                "nodes": [
                    {"name": "colour", "value": "검정", "number": None},
                    {"name": "grams", "value": "250", "number": "250.0000"},
                ]
            },
        }

    async def test_a_category_tells_its_names_and_places_and_all_below_it(self, api: Api) -> None:
        data = await api.data(
            """query($id: ID!) { category(id: $id) {
                path depth
                history(first: 9) { nodes { name parent { name } validTo } }
                allProducts(first: 9) { nodes { code } } products(first: 9) { nodes { code } }
                children(first: 9) { nodes { name path } }
            } }""",
            {"id": ids.made("Category", 2)},
        )

        assert data["category"] == {
            "path": ["식품", "음료"],
            "depth": 1,
            "history": {
                "nodes": [
                    {"name": "음료", "parent": {"name": "식품"}, "validTo": None},
                    {"name": "마실 것", "parent": None, "validTo": "2026-01-15T00:00:00.000000Z"},
                ]
            },
            "allProducts": {"nodes": [{"code": "P2"}, {"code": "P1"}]},
            "products": {"nodes": [{"code": "P2"}]},
            "children": {"nodes": [{"name": "커피", "path": ["식품", "음료", "커피"]}]},
        }


class TestWhoSees:
    async def test_tracking_numbers_are_for_those_who_reach_people(self, api: Api) -> None:
        asked = "{ shipments(first: 9) { nodes { state tracking } } }"
        found = '{ shipments(first: 9, filter: {tracking: {contains: "CANARY"}}) { nodes { state } } }'

        assert "CANARY" in json.dumps(await api.data(asked, as_={"role": "AGENT"}))
        for document in (asked, found):
            (error,) = await api.errors(document, as_={"role": "ANALYST"})
            assert error["extensions"]["code"] == "FORBIDDEN"

    @pytest.mark.parametrize("root", ["payments", "shipments"])
    async def test_payments_and_shipments_are_seen_with_their_order(
        self, api: Api, backend: Backend, root: str
    ) -> None:
        kim = {"role": "AGENT", "scope": "OWN", "subject": "kim"}
        rows = await backend.reads.fetch(
            f"SELECT p.id FROM {root} p JOIN orders o ON o.id = p.order_id"
            " LEFT JOIN customers c ON c.id = o.customer_id WHERE c.owner_id = 1 OR o.agent_id = 1 ORDER BY 1"
        )

        data = await api.data(
            f"{{ {root}(first: 100, orderBy: {{field: ID}}) {{ totalCount nodes {{ id order {{ id }} }} }} }}",
            as_=kim,
        )

        nodes = data[root]["nodes"]
        assert [ids.read(node["id"]).key for node in nodes] == [row["id"] for row in rows]
        assert 0 < len(nodes) < 12
        assert all(node["order"] for node in nodes)
