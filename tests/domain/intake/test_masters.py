"""Customers and products under the ids of other systems."""

from typing import Any

from domain.intake.connections import Connection
from domain.intake.counts import Counts
from domain.intake.staging import CUSTOMERS, LINES, PRODUCTS
from tests.domain.intake.staged_rows import LINE, merge, query

JANUARY, MARCH, MAY = "2026-01-01 00:00:00", "2026-03-01 00:00:00", "2026-05-01 00:00:00"


def customer(at: str, **values: Any) -> dict[str, Any]:
    return {"external_id": "C", "at": at, **values}


def product(at: str, name: str) -> dict[str, Any]:
    return {"external_id": "P", "at": at, "name": name}


async def order(intake: Connection, at: str, **named: str) -> None:
    await merge(intake, LINES, [{**LINE, "ordered_at": at, **named}])


class TestMergeCustomers:
    async def test_a_customer_without_a_name_is_called_by_the_id(self, intake: Connection) -> None:
        counts, events = await merge(intake, CUSTOMERS, [{"external_id": "C 7"}])

        assert (counts, events) == (Counts(created=1), 1)
        assert await query(intake, "SELECT name, kind FROM customers") == [("C 7", "PERSON")]

    async def test_each_field_has_the_latest_value_there_is(self, intake: Connection) -> None:
        await merge(
            intake,
            CUSTOMERS,
            [
                customer(MARCH, name="March", country="Korea"),
                customer(MAY, name="May", country=""),
                customer(JANUARY, name="January", country="Japan"),
            ],
        )

        assert await query(intake, "SELECT name, country FROM customers") == [("May", "Korea")]

    async def test_the_later_row_wins_where_rows_have_no_time(self, intake: Connection) -> None:
        await merge(
            intake,
            CUSTOMERS,
            [
                {"external_id": "C", "seq": 2, "name": "second"},
                {"external_id": "C", "seq": 1, "name": "first"},
            ],
        )

        assert await query(intake, "SELECT name FROM customers") == [("second",)]

    async def test_the_same_again_makes_no_event(self, intake: Connection) -> None:
        rows = [customer(MAY, name="May", country="Korea", email="may@example.org")]
        await merge(intake, CUSTOMERS, rows)

        assert await merge(intake, CUSTOMERS, rows) == (Counts(unchanged=1), 0)

    async def test_what_is_not_given_is_left_alone(self, intake: Connection) -> None:
        await merge(intake, CUSTOMERS, [customer(MAY, name="May", country="Korea")])

        counts, _ = await merge(intake, CUSTOMERS, [customer(MAY, region="Seoul")])

        assert counts == Counts(updated=1)
        assert await query(intake, "SELECT name, country, region FROM customers") == [
            ("May", "Korea", "Seoul")
        ]

    async def test_contact_points_are_added_once(self, intake: Connection) -> None:
        await merge(intake, CUSTOMERS, [customer(MAY, email="a@example.org", phone="02-1")])

        counts, _ = await merge(intake, CUSTOMERS, [customer(MAY, email="b@example.org", phone="02-1")])

        assert counts == Counts(updated=1)
        assert await query(intake, "SELECT position, kind, value FROM contact_points ORDER BY 1") == [
            (1, "EMAIL", "a@example.org"),
            (2, "PHONE", "02-1"),
            (3, "EMAIL", "b@example.org"),
        ]

    async def test_older_rows_do_not_undo_what_later_orders_said(self, intake: Connection) -> None:
        await merge(intake, CUSTOMERS, [customer(MAY, country="Korea", region="")])
        await order(intake, MAY, customer="C")

        counts, _ = await merge(intake, CUSTOMERS, [customer(JANUARY, country="Japan", region="Kanto")])

        assert counts == Counts(updated=1)
        assert await query(intake, "SELECT country, region FROM customers") == [("Korea", "Kanto")]

    async def test_a_change_is_dated(self, intake: Connection) -> None:
        await merge(intake, CUSTOMERS, [customer(JANUARY, country="Japan")])

        await merge(intake, CUSTOMERS, [customer(MAY, country="Korea")])

        assert await query(intake, "SELECT country, valid_to IS NULL FROM customer_versions ORDER BY id") == [
            ("Japan", False),
            ("Korea", True),
        ]


class TestMergeProducts:
    async def test_the_code_is_the_id_unless_it_is_taken(self, intake: Connection) -> None:
        await merge(intake, PRODUCTS, [{"external_id": "P"}], system="erp")

        counts, _ = await merge(intake, PRODUCTS, [{"external_id": "P"}], system="shop")

        assert counts == Counts(created=1)
        assert await query(intake, "SELECT code FROM products ORDER BY id") == [("P",), ("shop:P",)]

    async def test_names_come_out_the_same_in_whatever_order_files_come(self, intake: Connection) -> None:
        await merge(intake, PRODUCTS, [product(MAY, "May")])
        await order(intake, MAY, product="P")

        await merge(intake, PRODUCTS, [product(JANUARY, "January")])

        assert await query(intake, "SELECT name FROM products") == [("May",)]

    async def test_a_late_name_fills_an_absent_one(self, intake: Connection) -> None:
        await merge(intake, PRODUCTS, [product(MAY, "")])
        await order(intake, MAY, product="P")

        await merge(intake, PRODUCTS, [product(JANUARY, "January")])

        assert await query(intake, "SELECT name FROM products") == [("January",)]

    async def test_categories_are_made_along_their_paths(self, intake: Connection) -> None:
        rows = [
            {"external_id": "1", "category": "Food\x1fFruit\x1fApples"},
            {"external_id": "2", "category": "Food\x1fFruit"},
            {"external_id": "3", "category": "Toys\x1fFruit"},
            {"external_id": "4", "category": ""},
        ]
        await merge(intake, PRODUCTS, rows)

        again, events = await merge(intake, PRODUCTS, rows)

        assert (again, events) == (Counts(unchanged=4), 0)
        assert await query(
            intake,
            "SELECT code, department, category, subcategory FROM mart.product WHERE product_key > 0 ORDER BY 1",
        ) == [
            ("1", "Food", "Fruit", "Apples"),
            ("2", "Food", "Fruit", None),
            ("3", "Toys", "Fruit", None),
            ("4", None, None, None),
        ]

    async def test_a_dry_run_makes_no_category_and_sees_the_move(self, intake: Connection) -> None:
        await merge(intake, PRODUCTS, [{"external_id": "1", "category": "Food"}])

        counts, events = await merge(
            intake, PRODUCTS, [{"external_id": "1", "category": "Toys"}], dry_run=True
        )

        assert (counts, events) == (Counts(updated=1), 0)
        assert await query(intake, "SELECT name FROM categories") == [("Food",)]
