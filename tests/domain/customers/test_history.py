"""The history of customers: every change, whoever makes it, and nothing for what is new."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from domain.customers.model import Customer
from domain.db import run

BASE = """
    INSERT INTO branches (id, code, name, kind) VALUES (7, 'GN', '강남점', 'SHOP');
    INSERT INTO customers (id, name, region) VALUES (1, '김단골', '서울'), (2, '이손님', '서울');
    INSERT INTO contact_points (id, customer_id, position, kind, value) VALUES (100, 1, 1, 'EMAIL', 'a@example.com');
    INSERT INTO customer_external_ids (system, external_id, customer_id) VALUES ('erp', 'C-1', 1);
    INSERT INTO customer_attributes (name, type, label_en, label_ko, personal) VALUES
        ('pets', 'NUMBER', 'Pets', '반려동물', 'SENSITIVE');
    INSERT INTO households (id, name) VALUES (1, '김씨네')
"""


class Store:
    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    async def run(self, *statements: str, origin: str = "user:kim") -> None:
        async def work(session: AsyncSession) -> None:
            for statement in statements:
                await session.execute(text(statement))

        await run(self.engine, work, origin=origin)

    async def history(self, columns: str = "field, old_value, new_value") -> list[tuple[Any, ...]]:
        async with self.engine.connect() as connection:
            found = await connection.execute(text(f"SELECT {columns} FROM customer_history ORDER BY id"))
            return [tuple(row) for row in found]


@pytest.fixture
async def store(engine: AsyncEngine) -> Store:
    made = Store(engine)
    await made.run(*BASE.split(";"))
    return made


class TestWhatIsNew:
    async def test_a_customer_with_all_its_parts_leaves_no_history(self, store: Store) -> None:
        assert await store.history() == []

    async def test_nor_does_what_the_same_transaction_changes(self, store: Store) -> None:
        await store.run(
            "INSERT INTO customers (id, name) VALUES (9, 'x')",
            "UPDATE customers SET name = 'y' WHERE id = 9",
            "INSERT INTO contact_points (customer_id, position, kind, value) VALUES (9, 1, 'EMAIL', 'x@example.com')",
            "UPDATE contact_points SET verified = true WHERE customer_id = 9",
        )

        assert await store.history() == []


class TestFields:
    async def test_each_changed_field_is_told_with_who_and_when(self, store: Store) -> None:
        await store.run(
            "UPDATE customers SET name = '김새날', region = NULL, birth_on = '1990-01-01' WHERE id = 1"
        )

        assert await store.history("field, old_value, new_value, personal, origin, changed_at <= now()") == [
            ("name", "김단골", "김새날", "BASIC", "user:kim", True),
            ("birthOn", None, "1990-01-01", "BASIC", "user:kim", True),
            ("region", "서울", None, "BASIC", "user:kim", True),
        ]

    async def test_a_branch_and_an_owner_are_told_by_their_opaque_ids(self, store: Store) -> None:
        await store.run("UPDATE customers SET home_branch_id = 7 WHERE id = 1")

        assert await store.history() == [("homeBranchId", None, "QnJhbmNoOjc=")]

    async def test_what_is_as_it_was_is_not_told(self, store: Store) -> None:
        await store.run("UPDATE customers SET name = name", "UPDATE customers SET lifecycle_stage = 'NEW'")

        assert await store.history() == []

    async def test_one_statement_tells_of_many_customers(self, store: Store) -> None:
        await store.run("UPDATE customers SET region = '부산'")

        assert await store.history("customer_id, new_value") == [(1, "부산"), (2, "부산")]

    async def test_an_erasure_writes_down_nothing(self, store: Store) -> None:
        await store.run(
            "SELECT set_config('dangol.erasing', 'on', true)",
            "UPDATE customers SET name = '-' WHERE id = 1",
            "DELETE FROM contact_points",
        )

        assert await store.history() == []

    async def test_a_deleted_customer_takes_its_history_along(self, store: Store) -> None:
        await store.run("UPDATE customers SET region = '부산'")

        await store.run("DELETE FROM customers WHERE id = 1")

        assert await store.history("customer_id") == [(2,)]

    @pytest.mark.parametrize("column", Customer.__table__.columns, ids=lambda column: column.name)
    async def test_every_field_is_told_or_known_not_to_be(self, store: Store, column: Any) -> None:
        kept_by_others = {
            "id",
            "version",
            "changed_xid",
            "created_at",
            "updated_at",
            "erased_at",
            "sought",
            "grams",
        }
        if column.name in kept_by_others or column.name.startswith("lifecycle_"):
            return
        value = {
            "kind": "'ORGANISATION'",
            "gender": "'OTHER'",
            "acquired_channel": "'WEB'",
            "home_branch_id": "7",
            "owner_id": "5",
            "birth_on": "'2000-01-01'",
            "joined_on": "'2000-01-01'",
        }.get(column.name, "'other'")
        await store.run("INSERT INTO users (id, subject, name, role) VALUES (5, 's', 'n', 'AGENT')")

        await store.run(f"UPDATE customers SET {column.name} = {value} WHERE id = 1")

        first, *others = column.name.split("_")
        assert await store.history("field") == [(first + "".join(word.capitalize() for word in others),)]


class TestParts:
    async def test_a_contact_point_comes_changes_and_goes(self, store: Store) -> None:
        await store.run(
            "INSERT INTO contact_points (customer_id, position, kind, value) VALUES (1, 2, 'PHONE', '02-1234')"
        )
        await store.run("UPDATE contact_points SET verified = true, preferred = true WHERE id = 100")
        await store.run("UPDATE contact_points SET position = 5 WHERE id = 100")
        await store.run("DELETE FROM contact_points WHERE kind = 'PHONE'")

        assert await store.history() == [
            ("contactPoints.PHONE", None, "02-1234"),
            ("contactPoints.EMAIL", "a@example.com", "a@example.com (verified, preferred)"),
            ("contactPoints.PHONE", "02-1234", None),
        ]

    async def test_an_external_id_comes_and_goes(self, store: Store) -> None:
        await store.run(
            "INSERT INTO customer_external_ids (system, external_id, customer_id) VALUES ('shop', '7', 1)"
        )
        await store.run("DELETE FROM customer_external_ids WHERE system = 'erp'")

        assert await store.history("field, old_value, new_value, personal") == [
            ("externalIds.shop", None, "7", "UNIQUE"),
            ("externalIds.erp", "C-1", None, "UNIQUE"),
        ]

    async def test_a_custom_attribute_is_as_personal_as_it_is_declared(self, store: Store) -> None:
        await store.run(
            "INSERT INTO customer_attribute_values (customer_id, attribute, number_value) VALUES (1, 'pets', 2)"
        )
        await store.run("UPDATE customer_attribute_values SET number_value = 2.50")

        assert await store.history("field, old_value, new_value, personal") == [
            ("attributes.pets", None, "2", "SENSITIVE"),
            ("attributes.pets", "2", "2.5", "SENSITIVE"),
        ]

    async def test_a_household_is_joined_and_left(self, store: Store) -> None:
        await store.run(
            "INSERT INTO household_members (household_id, customer_id, since_on) VALUES (1, 1, '2020-01-01')"
        )
        await store.run("UPDATE household_members SET until_on = '2021-01-01'")

        assert await store.history() == [("household", None, "김씨네"), ("household", "김씨네", None)]
