"""The months of customers and members are level with Postgres after whatever happened."""

from dataclasses import replace

import pytest

from olap import inside, monthly, source
from olap.engines.duckdb import DuckDB
from olap.refresh import refresh
from olap.watermark import Watermark
from tests.olap.store.built import cube, shop
from tests.olap.store.shop import Cube, Shop, order

__all__ = ["cube", "shop"]

MEMBERS = """
    INSERT INTO segments (id, name, kind) VALUES (1, 'one', 'FIXED');
    INSERT INTO segment_members (segment_id, customer_id, entered_at) SELECT 1, id, '2024-01-15+00' FROM customers
"""


def refreshed(engine: DuckDB, connection: source.Connection, mark: Watermark) -> Watermark:
    with source.snapshot(connection):
        return refresh(engine, connection, mark)


class TestOrders:
    def test_an_order_that_passes_to_another_customer_leaves_the_first(self, shop: Shop, cube: Cube) -> None:
        shop.run("UPDATE orders SET customer_id = 3 WHERE id = 1")

        cube.refresh()

        query = (
            "SELECT DISTINCT customer_id FROM customer_month WHERE cohort_year = 2010 AND cohort_month = 12"
        )
        assert cube.rows(query) == [(3,)]
        assert cube.differences() == ()

    def test_only_the_months_of_its_customer_are_read(
        self, shop: Shop, cube: Cube, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(inside, "fill", None)
        shop.run(order(50, customer=2))

        cube.refresh()

        assert cube.differences() == ()


class TestMonth:
    def test_a_month_that_begins_gives_everybody_a_row(self, shop: Shop, cube: Cube) -> None:
        shop.run(MEMBERS)
        cube.refresh()
        newest = "date_key = (SELECT max(date_key) FROM customer_month)"
        with cube.engine.transaction() as cursor:
            cursor.execute(f"DELETE FROM segment_member WHERE {newest}")
            cursor.execute(f"DELETE FROM customer_month WHERE {newest}")

        cube.mark = refreshed(cube.engine, cube.connection, replace(cube.mark, today="2026-01-31"))

        assert cube.differences() == ()
        assert cube.rows(f"SELECT count(*) FROM customer_month WHERE {newest} AND stands = 1") == [(3,)]
        assert cube.rows(f"SELECT sum(member) FROM segment_member WHERE {newest}") == [(3,)]


class TestMany:
    def test_of_many_customers_all_rows_are_computed(
        self, shop: Shop, cube: Cube, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(monthly, "FEW", 1)
        shop.run(MEMBERS, *(order(50 + customer, customer=customer) for customer in (1, 2, 3)))

        cube.refresh()

        assert cube.differences() == ()
        assert cube.rows("SELECT count(*) FROM segment_member WHERE entered = 1") == [(3,)]
