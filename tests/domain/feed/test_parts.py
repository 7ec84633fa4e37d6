"""A change of a part is a change of its root: one event and one version a transaction."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.domain.feed.conftest import Events, Sql

ORDERS = (
    "INSERT INTO orders (id, source_system, source_id, number, ordered_at, currency)"
    " SELECT n, 'erp', n, n, now(), 'KRW' FROM generate_series(1, 3) n"
)
LINES = (
    "INSERT INTO order_lines (order_id, position, kind, quantity, unit_price)"
    " SELECT o, p, 'SALE', 1, 1000 FROM generate_series(1, 3) o, generate_series(1, 2) p"
)


async def _changed(events: Events) -> list[tuple[int, int]]:
    """(order, version) of every event after the three that created the orders, in the order of the feed."""
    return [(event.aggregate_id, event.version) for event in (await events())[3:]]


class TestParts:
    async def test_an_order_and_its_lines_in_one_transaction_are_one_event(
        self, sql: Sql, events: Events
    ) -> None:
        await sql(ORDERS, LINES)

        assert await _changed(events) == []

    async def test_new_lines_raise_each_order_once(self, sql: Sql, events: Events) -> None:
        await sql(ORDERS)

        await sql(LINES)

        assert await _changed(events) == [(1, 2), (2, 2), (3, 2)]

    async def test_a_changed_line_raises_its_order(self, sql: Sql, events: Events) -> None:
        await sql(ORDERS, LINES)

        await sql("UPDATE order_lines SET quantity = 2 WHERE order_id = 2")

        assert await _changed(events) == [(2, 2)]

    async def test_a_line_that_is_updated_to_what_it_was_raises_nothing(
        self, sql: Sql, events: Events
    ) -> None:
        await sql(ORDERS, LINES)

        await sql("UPDATE order_lines SET quantity = 1.000, unit_price = 1000, discount = 0, kind = 'SALE'")

        assert await _changed(events) == []

    async def test_a_deleted_line_raises_its_order(self, sql: Sql, events: Events) -> None:
        await sql(ORDERS, LINES)

        await sql("DELETE FROM order_lines WHERE order_id = 3 AND position = 2")

        assert await _changed(events) == [(3, 2)]

    async def test_a_line_that_moves_raises_both_orders(self, sql: Sql, events: Events) -> None:
        await sql(ORDERS, LINES)

        await sql("UPDATE order_lines SET order_id = 2, position = 9 WHERE order_id = 1 AND position = 1")

        assert await _changed(events) == [(1, 2), (2, 2)]

    async def test_lines_and_order_changed_together_are_one_event(self, sql: Sql, events: Events) -> None:
        await sql(ORDERS, LINES)

        await sql(
            "UPDATE order_lines SET discount = 1 WHERE order_id = 1",
            "UPDATE orders SET number = 'x' WHERE id = 1",
            "DELETE FROM order_lines WHERE order_id = 1",
        )

        assert await _changed(events) == [(1, 2)]

    async def test_a_deleted_root_takes_its_parts_along_in_one_event(
        self, sql: Sql, events: Events, engine: AsyncEngine
    ) -> None:
        await sql(ORDERS, LINES)

        await sql("DELETE FROM orders WHERE id = 1")

        async with engine.connect() as connection:
            left = await connection.scalar(text("SELECT count(*) FROM order_lines WHERE order_id = 1"))
        assert left == 0
        last = (await events())[3:]
        assert [(event.aggregate_id, event.version, event.operation.value) for event in last] == [
            (1, 2, "DELETED")
        ]

    async def test_every_part_of_every_aggregate_is_followed(self, sql: Sql, events: Events) -> None:
        await sql(
            "INSERT INTO branches (id, code, name, kind) VALUES (1, 'A', 'a', 'SHOP')",
            "INSERT INTO users (id, subject, name, role) VALUES (1, 'kim', 'Kim', 'AGENT')",
            "INSERT INTO customers (id, name) VALUES (1, 'c')",
            "INSERT INTO products (id, code, name) VALUES (1, 'P', 'p')",
            "INSERT INTO offers (id, code, name, kind) VALUES (1, 'O', 'o', 'CORE')",
            "INSERT INTO offer_grants (id, offer_id, customer_id, granted_at) VALUES (1, 1, 1, now())",
        )

        await sql(
            "INSERT INTO user_branches (user_id, branch_id) VALUES (1, 1)",
            "INSERT INTO customer_external_ids (system, external_id, customer_id) VALUES ('erp', 'c', 1)",
            "INSERT INTO product_external_ids (system, external_id, product_id) VALUES ('erp', 'p', 1)",
            "INSERT INTO offer_grant_states (grant_id, state, reached_at) VALUES (1, 'VIEWED', now())",
        )
        await sql(
            "INSERT INTO contact_points (customer_id, position, kind, value) VALUES (1, 0, 'PHONE', '02')"
        )

        assert [(event.aggregate, event.version) for event in (await events())[6:]] == [
            ("user", 2),
            ("customer", 2),
            ("product", 2),
            ("offer_grant", 2),
            ("customer", 3),
        ]
