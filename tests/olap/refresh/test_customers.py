"""Customers move, grow older and change hands: the past stays where it was."""

import dataclasses

import pytest

from tests.olap.store.shop import Cube, Shop, order


class TestCustomers:
    def test_a_move_leaves_the_past_where_it_was(self, shop: Shop, cube: Cube) -> None:
        shop.run("UPDATE customers SET region = 'Jeju', district = 'Aewol' WHERE id = 1")
        shop.run(order(50, customer=1, at="2030-01-01 00:00+00"))

        cube.refresh()

        regions = cube.rows(
            "SELECT DISTINCT s.order_id, c.region FROM sales s JOIN customer c USING (customer_key)"
            " WHERE s.customer_id = 1 ORDER BY s.order_id"
        )
        assert regions == [(1, "Seoul"), (4, "Seoul"), (50, "Jeju")]
        assert cube.differences() == ()

    def test_an_order_already_in_the_cube_gets_the_traits_of_its_time(self, shop: Shop, cube: Cube) -> None:
        shop.run(order(50, customer=1, at="2030-01-01 00:00+00"))
        cube.refresh()
        before = cube.rows("SELECT customer_key FROM sales WHERE order_id = 50")

        shop.run("UPDATE customers SET region = 'Jeju' WHERE id = 1")
        cube.refresh()

        assert cube.rows("SELECT customer_key FROM sales WHERE order_id = 50") != before
        assert cube.differences() == ()

    def test_an_order_outside_the_calendar_gets_them_too(self, shop: Shop, cube: Cube) -> None:
        shop.run(order(50, customer=1, at="2200-01-01 00:00+00"))
        cube.refresh()

        shop.run("UPDATE customers SET region = 'Jeju' WHERE id = 1")
        cube.refresh()

        assert cube.rows("SELECT date_key FROM sales WHERE order_id = 50") == [(0,)]
        assert cube.differences() == ()

    @pytest.mark.parametrize(
        ("born", "bands"),
        [
            ("1980-12-01", ["30-39"]),  # thirty on the day of the first order
            ("1980-12-02", ["20-29", "30-39"]),
            ("1981-05-04", ["20-29"]),  # thirty on the day after the last one
            ("1890-01-01", ["70+"]),
            ("2011-05-03", ["0-19"]),
        ],
    )
    def test_a_birthday_told_late_moves_the_facts_of_the_past(
        self, shop: Shop, cube: Cube, born: str, bands: list[str]
    ) -> None:
        shop.run(f"UPDATE customers SET birth_on = '{born}' WHERE id = 1")

        cube.refresh()

        found = cube.rows(
            "SELECT DISTINCT a.age_at_event FROM sales JOIN age a USING (age_key) WHERE customer_id = 1 ORDER BY 1"
        )
        assert [band for (band,) in found] == bands
        assert cube.differences() == ()

    def test_a_new_owner_is_the_owner_of_every_version(self, shop: Shop, cube: Cube) -> None:
        shop.run("UPDATE customers SET region = 'Jeju' WHERE id = 1")
        shop.run("UPDATE customers SET owner_id = 1, home_branch_id = 2 WHERE id = 1")

        cube.refresh()

        owners = cube.rows("SELECT owner_id, home_branch_id FROM customer WHERE customer_id = 1")
        assert owners == [(1, 2), (1, 2)]
        assert cube.differences() == ()

    def test_a_customer_without_orders_comes_and_goes(self, shop: Shop, cube: Cube) -> None:
        shop.run("INSERT INTO customers (id, name) VALUES (50, '정하윤')")
        cube.refresh()
        came = cube.rows("SELECT count(*) FROM customer WHERE customer_id = 50")

        shop.run("DELETE FROM customers WHERE id = 50")
        cube.refresh()

        assert came == [(1,)]
        assert cube.rows("SELECT count(*) FROM customer WHERE customer_id = 50") == [(0,)]
        assert cube.differences() == ()

    def test_a_new_day_renews_the_bands_of_ages(self, shop: Shop, cube: Cube) -> None:
        """No event tells of a birthday."""
        shop.run("UPDATE customers SET birth_on = current_date - 12000 WHERE id = 1")
        cube.refresh()
        with cube.engine.transaction() as cursor:
            cursor.execute("UPDATE customer SET age_band = '20-29' WHERE customer_id = 1")

        cube.refresh()
        within_the_day = cube.rows("SELECT age_band FROM customer WHERE customer_id = 1")
        cube.mark = dataclasses.replace(cube.mark, today="2020-01-01")
        cube.refresh()

        assert within_the_day == [("20-29",)]
        assert cube.rows("SELECT age_band FROM customer WHERE customer_id = 1") == [("30-39",)]
        assert cube.differences() == ()
