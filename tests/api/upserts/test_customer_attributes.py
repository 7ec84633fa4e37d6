"""Custom attributes of upserted customers."""

from typing import Any

import asyncpg
import pytest

from tests.api.graphql.asking import Api
from tests.api.mutations.conftest import Rows
from tests.api.upserts.sending import erp, errors, send, statuses

DECLARED = """
    INSERT INTO customer_attributes (name, type, label_en, label_ko, choices, personal, retired_at) VALUES
        ('pets', 'CHOICE', 'Pets', '반려동물', '{cat,dog}', 'BASIC', NULL),
        ('size', 'NUMBER', 'Size', '치수', '{}', 'BASIC', NULL),
        ('height', 'NUMBER', 'Height', '키', '{}', 'BASIC', NULL),
        ('vip', 'BOOLEAN', 'VIP', '우수', '{}', 'NONE', NULL),
        ('diet', 'TEXT', 'Diet', '식단', '{}', 'SENSITIVE', NULL),
        ('moved_on', 'DATE', 'Moved on', '이사한 날', '{}', 'BASIC', NULL),
        ('gone', 'TEXT', 'Gone', '폐지', '{}', 'BASIC', '2026-01-01 00:00:00+00')
"""
ALL: dict[str, str | None] = {
    "pets": "cat",
    "size": "12.50",
    "vip": "false",
    "diet": "채식",
    "moved_on": "2026-02-01",
}
VALUES = """
    SELECT c.name, v.attribute, coalesce(v.text_value, trim_scale(v.number_value)::text, v.boolean_value::text,
                                         v.date_value::text)
    FROM customer_attribute_values v JOIN customers c ON c.id = v.customer_id ORDER BY c.id, v.attribute
"""
HISTORY = "SELECT field, old_value, new_value, personal FROM customer_history ORDER BY field, id"


def given(values: dict[str, str | None]) -> list[dict[str, Any]]:
    return [{"name": name, "value": value} for name, value in values.items()]


def kim(values: dict[str, str | None] | None) -> dict[str, Any]:
    return {"key": erp("C-1"), "attributes": None if values is None else given(values)}


@pytest.fixture(autouse=True)
async def declared(database: str) -> None:
    connection = await asyncpg.connect(database)
    await connection.execute(DECLARED)
    await connection.close()


async def upsert(api: Api, *rows: dict[str, Any], **options: Any) -> Any:
    return await send(api, "upsertCustomers", rows, **options)


class TestAttributesOfUpsertedCustomers:
    async def test_values_of_each_type_stand_with_new_customers_and_old_ones(
        self, api: Api, rows: Rows
    ) -> None:
        new = {"key": erp("N-1"), "name": "새손님", "attributes": given({"pets": "dog", "vip": "true"})}

        payload = await upsert(api, kim(ALL), new)

        assert statuses(payload) == ["UPDATED", "CREATED"]
        assert await rows(VALUES) == [
            ("김단골", "diet", "채식"),
            ("김단골", "moved_on", "2026-02-01"),
            ("김단골", "pets", "cat"),
            ("김단골", "size", "12.5"),
            ("김단골", "vip", "false"),
            ("새손님", "pets", "dog"),
            ("새손님", "vip", "true"),
        ]

    @pytest.mark.parametrize("again", [ALL, {**ALL, "size": "12.5"}, {"pets": "cat"}, {}])
    async def test_the_same_values_change_nothing(
        self, api: Api, rows: Rows, again: dict[str, str | None]
    ) -> None:
        await upsert(api, kim(ALL))
        before = await rows("SELECT count(*) FROM change")

        payload = await upsert(api, kim(again), {"key": erp("C-2"), "attributes": None})

        assert statuses(payload) == ["UNCHANGED", "UNCHANGED"]
        assert await rows("SELECT count(*) FROM change") == before

    async def test_what_changes_is_in_the_history_as_personal_as_it_is(self, api: Api, rows: Rows) -> None:
        await upsert(api, kim({"pets": "cat", "diet": "채식", "size": "1"}))

        payload = await upsert(api, kim({"pets": "dog", "diet": None, "vip": None}))

        assert statuses(payload) == ["UPDATED"]
        assert await rows(VALUES) == [("김단골", "pets", "dog"), ("김단골", "size", "1")]
        assert (await rows(HISTORY)) == [
            ("attributes.diet", None, "채식", "SENSITIVE"),
            ("attributes.diet", "채식", None, "SENSITIVE"),
            ("attributes.pets", None, "cat", "BASIC"),
            ("attributes.pets", "cat", "dog", "BASIC"),
            ("attributes.size", None, "1", "BASIC"),
        ]
        assert await rows("SELECT version FROM customers WHERE id = 1") == [(3,)]

    async def test_absent_leaves_all_values_and_null_clears_them(self, api: Api, rows: Rows) -> None:
        await upsert(api, kim(ALL), {"key": erp("C-2"), "attributes": given({"size": "3"})})

        left = await upsert(api, {"key": erp("C-1"), "region": "대전"})
        cleared = await upsert(api, kim(None))

        assert (statuses(left), statuses(cleared)) == (["UPDATED"], ["UPDATED"])
        assert await rows(VALUES) == [("이손님", "size", "3")]

    @pytest.mark.parametrize(
        ("attribute", "code", "place", "words"),
        [
            ({"name": "pets", "value": "cow"}, "VALIDATION", "value", ["'pets'", "cat, dog"]),
            ({"name": "size", "value": "big"}, "VALIDATION", "value", ["'size'", "number"]),
            ({"name": "vip", "value": "yes"}, "VALIDATION", "value", ["'vip'", "true or false"]),
            (
                {"name": "moved_on", "value": "2026-02-30"},
                "VALIDATION",
                "value",
                ["'moved_on'", "YYYY-MM-DD"],
            ),
            (
                {"name": "hue", "value": "red"},
                "VALIDATION",
                "name",
                ["'hue'", "diet, height, moved_on, pets, size, vip"],
            ),
            ({"name": "diet", "value": "x" * 501}, "VALIDATION", "value", ["500"]),
            ({"name": "gone", "value": "x"}, "ATTRIBUTE_RETIRED", "name", ["'gone'"]),
            ({"name": "height", "value": "2"}, "VALIDATION", "name", ["'height'", "twice"]),
        ],
        ids=["choice", "number", "boolean", "date", "unknown", "long", "retired", "twice"],
    )
    async def test_a_bad_value_costs_its_row_alone(
        self, api: Api, rows: Rows, attribute: dict[str, str], code: str, place: str, words: list[str]
    ) -> None:
        bad = {"key": erp("C-1"), "attributes": [{"name": "height", "value": "1"}, attribute]}

        payload = await upsert(api, bad, {"key": erp("C-2"), "attributes": given({"size": "2"})})

        assert statuses(payload) == ["REJECTED", "UPDATED"]
        assert errors(payload) == [(0, code, ["rows", "0", "attributes", "1", place])]
        assert all(word in payload["rows"][0]["userErrors"][0]["message"] for word in words)
        assert await rows(VALUES) == [("이손님", "size", "2")]

    async def test_a_retired_attribute_takes_no_value_again_but_is_cleared(
        self, api: Api, rows: Rows, database: str
    ) -> None:
        await upsert(api, kim({"size": "1"}))
        connection = await asyncpg.connect(database)
        await connection.execute("UPDATE customer_attributes SET retired_at = now() WHERE name = 'size'")
        await connection.close()

        again, cleared = await upsert(api, kim({"size": "1"})), await upsert(api, kim({"size": None}))

        assert [code for _, code, _ in errors(again)] == ["ATTRIBUTE_RETIRED"]
        assert statuses(cleared) == ["UPDATED"]
        assert await rows(VALUES) == []

    async def test_a_value_that_another_hand_changed_is_set_back(
        self, api: Api, rows: Rows, database: str
    ) -> None:
        await upsert(api, kim({"pets": "cat"}))
        connection = await asyncpg.connect(database)
        await connection.execute("UPDATE customer_attribute_values SET text_value = 'dog'")
        await connection.close()

        assert statuses(await upsert(api, kim({"pets": "cat"}))) == ["UPDATED"]
        assert await rows(VALUES) == [("김단골", "pets", "cat")]
