"""Upserting products and categories."""

from typing import Any

import pytest

from tests.api.graphql.asking import Api
from tests.api.mutations.conftest import Rows
from tests.api.upserts.sending import erp, errors, send, statuses

PRODUCT = {
    "key": {"external": {"system": "erp", "id": "P-1"}},
    "sourceVersion": 1,
    "name": "보이차",
    "listPrice": {"amount": "15000", "currency": "KRW"},
    "unitCost": {"amount": "0.5", "currency": "KRW"},
    "attributes": [{"name": "weight", "value": "250"}, {"name": "origin", "value": "운남"}],
}
TREE = """
    SELECT e.external_id, c.name, p.name FROM categories c JOIN category_external_ids e ON e.category_id = c.id
    LEFT JOIN categories p ON p.id = c.parent_id ORDER BY 1
"""


async def products(api: Api, *rows: dict[str, Any], **options: Any) -> Any:
    return await send(api, "upsertProducts", rows, **options)


async def categories(api: Api, *rows: dict[str, Any], **options: Any) -> Any:
    return await send(api, "upsertCategories", rows, **options)


def category(name: str, parent: str | None = None, **more: Any) -> dict[str, Any]:
    told = {} if parent is None else {"parent": erp(parent)}
    return {"key": erp(name), "name": name.title(), **told, **more}


class TestUpsertProducts:
    async def test_the_node_is_told_as_it_stands(self, api: Api) -> None:
        payload = await products(
            api,
            PRODUCT,
            asked="""rows { status product { code name active listPrice { amount currency } unitCost { amount }
                externalIds { system id } } }""",
        )

        assert payload["rows"] == [
            {
                "status": "CREATED",
                "product": {
                    "code": "P-1",
                    "name": "보이차",
                    "active": True,
                    "listPrice": {"amount": "15000", "currency": "KRW"},
                    "unitCost": {"amount": "0.5"},
                    "externalIds": [{"system": "erp", "id": "P-1"}],
                },
            }
        ]

    async def test_the_same_again_changes_nothing(self, api: Api, rows: Rows) -> None:
        await products(api, PRODUCT)
        before = await rows("SELECT count(*) FROM change")

        assert statuses(await products(api, PRODUCT)) == ["UNCHANGED"]
        assert await rows("SELECT count(*) FROM change") == before

    async def test_attributes_of_other_names_stay_and_one_without_value_goes(
        self, api: Api, rows: Rows
    ) -> None:
        await products(api, PRODUCT)

        payload = await products(
            api,
            {"key": PRODUCT["key"], "attributes": [{"name": "origin"}, {"name": "colour", "value": "red"}]},
        )

        assert statuses(payload) == ["UPDATED"]
        assert await rows("SELECT name, value FROM product_attributes ORDER BY 1") == [
            ("colour", "red"),
            ("weight", "250"),
        ]

    async def test_a_code_that_is_taken_gets_its_system_before_it(self, api: Api, rows: Rows) -> None:
        payload = await products(
            api, {"key": erp("TEA"), "name": "차"}, {"key": erp("T2"), "name": "차", "code": "NEW"}
        )

        assert statuses(payload) == ["CREATED", "CREATED"]
        assert await rows("SELECT code FROM products ORDER BY 1") == [("NEW",), ("TEA",), ("erp:TEA",)]

    async def test_a_price_goes_and_the_cost_stays(self, api: Api, rows: Rows) -> None:
        await products(api, PRODUCT)

        await products(api, {"key": PRODUCT["key"], "listPrice": None})

        assert await rows(
            "SELECT list_price, unit_cost::text, currency FROM products WHERE code = 'P-1'"
        ) == [(None, "0.5000", "KRW")]

    @pytest.mark.parametrize(
        ("change", "code", "path"),
        [
            ({"code": "OTHER"}, "UNCHANGEABLE", ["code"]),
            ({"listPrice": {"amount": "1", "currency": "USD"}}, "VALIDATION", ["listPrice", "currency"]),
            ({"listPrice": {"amount": "-1", "currency": "KRW"}}, "VALIDATION", ["listPrice"]),
            ({"category": erp("none")}, "UNKNOWN_REFERENCE", ["category"]),
            ({"category": {"path": ["A", "B"]}}, "UNKNOWN_REFERENCE", ["category"]),
            ({"active": None}, "VALIDATION", ["active"]),
            ({"attributes": [{"name": "a", "value": "1"}] * 2}, "VALIDATION", ["attributes", "1", "name"]),
        ],
    )
    async def test_what_is_wrong_is_told_with_its_place(
        self, api: Api, change: dict[str, Any], code: str, path: list[str]
    ) -> None:
        await products(api, PRODUCT)

        payload = await products(api, {"key": PRODUCT["key"], **change})

        assert errors(payload) == [(0, code, ["rows", "0", *path])]

    async def test_a_price_in_another_currency_does_not_reinterpret_the_cost(
        self, api: Api, rows: Rows
    ) -> None:
        await products(api, PRODUCT)

        payload = await products(
            api,
            {
                "key": PRODUCT["key"],
                "listPrice": {"amount": "10", "currency": "USD"},
                "unitCost": {"amount": "5", "currency": "USD"},
            },
        )

        assert statuses(payload) == ["UPDATED"]
        assert await rows("SELECT unit_cost::text, currency FROM products WHERE code = 'P-1'") == [
            ("5.0000", "USD")
        ]


class TestUpsertCategories:
    async def test_parents_come_in_the_same_call_before_or_after(self, api: Api, rows: Rows) -> None:
        batch = [category("apples", "fruit"), category("food"), category("fruit", "food")]

        payload = await categories(api, *batch)
        again = await categories(api, *batch)

        assert (statuses(payload), statuses(again)) == (["CREATED"] * 3, ["UNCHANGED"] * 3)
        assert await rows(TREE) == [
            ("apples", "Apples", "Fruit"),
            ("food", "Food", None),
            ("fruit", "Fruit", "Food"),
        ]

    async def test_a_product_names_its_category_by_path_or_id(self, api: Api, rows: Rows) -> None:
        await categories(api, category("food"), category("fruit", "food"))

        payload = await products(
            api,
            {"key": erp("1"), "name": "a", "category": {"path": ["Food", "Fruit"]}},
            {"key": erp("2"), "name": "b", "category": erp("food")},
        )

        assert statuses(payload) == ["CREATED", "CREATED"]
        assert await rows(
            "SELECT p.name, c.name FROM products p JOIN categories c ON c.id = p.category_id ORDER BY 1"
        ) == [("a", "Fruit"), ("b", "Food")]

    async def test_a_category_moves_to_the_top(self, api: Api, rows: Rows) -> None:
        await categories(api, category("food"), category("fruit", "food"))

        payload = await categories(api, {"key": erp("fruit"), "parent": None})

        assert statuses(payload) == ["UPDATED"]
        assert await rows(TREE) == [("food", "Food", None), ("fruit", "Fruit", None)]

    async def test_rows_that_would_break_the_tree_are_refused_alone(self, api: Api, rows: Rows) -> None:
        await categories(api, category("a"), category("b", "a"))

        payload = await categories(
            api,
            category("a", "b"),
            category("x", "nowhere"),
            category("y", "x"),
            {"key": erp("z"), "name": "B", "parent": erp("a")},
            category("c", "b"),
            category("d", "e"),
            category("e", "d"),
        )

        assert errors(payload) == [
            (0, "CIRCLE", ["rows", "0", "parent"]),
            (1, "UNKNOWN_REFERENCE", ["rows", "1", "parent"]),
            (2, "UNKNOWN_REFERENCE", ["rows", "2", "parent"]),
            (3, "NAME_TAKEN", ["rows", "3", "name"]),
            (5, "UNKNOWN_REFERENCE", ["rows", "5", "parent"]),
            (6, "UNKNOWN_REFERENCE", ["rows", "6", "parent"]),
        ]
        assert await rows(TREE) == [("a", "A", None), ("b", "B", "A"), ("c", "C", "B")]

    async def test_a_stale_move_moves_nothing(self, api: Api, rows: Rows) -> None:
        await categories(api, category("a", sourceVersion=5), category("b", "a", sourceVersion=5))

        payload = await categories(
            api, {**category("b", sourceVersion=4), "name": "Old"}, category("a", "b", sourceVersion=4)
        )

        assert statuses(payload) == ["STALE", "STALE"]
        assert await rows(TREE) == [("a", "A", None), ("b", "B", "A")]
