"""The refresh follows every kind of change that the star shows."""

import dataclasses
from datetime import date
from decimal import Decimal

import pytest

from olap import changes, source
from olap.changes import CannotFollow
from tests.olap.store.activity import ACTIVITY
from tests.olap.store.shop import Cube, Shop, order

CONTENT = "INSERT INTO contents (title, body, language, valid_from) VALUES ('t', 'b', 'ko', now())"
"""A change of something that no view of the star reads."""

STAR = ("touchpoints", "topics", "grants", "cases", "opportunities", "shipments")

REVENUE = "SELECT sum(net_revenue) FROM sales WHERE order_id = {}"


class TestOrders:
    def test_a_new_order_comes_in(self, shop: Shop, cube: Cube) -> None:
        shop.run(order(50, lines=["(1, 'SALE', 1, 2, 3.50)", "(2, 'RETURN', 2, -1, 1.25)"]))

        cube.refresh()

        assert cube.rows(REVENUE.format(50)) == [(Decimal("5.75"),)]
        assert cube.differences() == ()

    def test_a_line_that_changes_is_replaced(self, shop: Shop, cube: Cube) -> None:
        shop.run("UPDATE order_lines SET discount = 5 WHERE id = 1")

        cube.refresh()

        assert cube.rows("SELECT net_revenue FROM sales WHERE line_id = 1") == [(Decimal("10.3"),)]
        assert cube.differences() == ()

    def test_a_line_that_goes_is_gone(self, shop: Shop, cube: Cube) -> None:
        shop.run("DELETE FROM order_lines WHERE id = 3")

        cube.refresh()

        assert cube.rows("SELECT line_id FROM sales WHERE order_id = 1 ORDER BY 1") == [(1,), (2,)]
        assert cube.differences() == ()

    def test_an_order_that_goes_is_gone_with_its_lines(self, shop: Shop, cube: Cube) -> None:
        shop.run("DELETE FROM orders WHERE id = 1")

        cube.refresh()

        assert cube.rows("SELECT count(*) FROM sales WHERE order_id = 1") == [(0,)]
        assert cube.differences() == ()

    def test_an_order_finds_its_customer_later(self, shop: Shop, cube: Cube) -> None:
        shop.run("UPDATE orders SET customer_id = 2 WHERE id = 3")

        cube.refresh()

        assert cube.rows("SELECT customer_id, known_key FROM sales WHERE order_id = 3") == [(2, 1)]
        assert cube.differences() == ()

    def test_a_line_moved_to_another_order_is_there_once(self, shop: Shop, cube: Cube) -> None:
        shop.run("UPDATE order_lines SET order_id = 2, position = 9 WHERE id = 1")

        cube.refresh()

        assert cube.rows("SELECT order_id FROM sales WHERE line_id = 1") == [(2,)]
        assert cube.differences() == ()

    def test_the_same_refresh_twice_changes_nothing(self, shop: Shop, cube: Cube) -> None:
        before = cube.mark
        shop.run(order(50))
        cube.refresh()
        once = cube.rows("SELECT COLUMNS(*)::text FROM sales ORDER BY sales.line_id")

        cube.mark = before
        cube.refresh()

        assert cube.rows("SELECT COLUMNS(*)::text FROM sales ORDER BY sales.line_id") == once


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


class TestProducts:
    def test_a_product_that_moves_leaves_the_past_in_its_category(self, shop: Shop, cube: Cube) -> None:
        shop.run(order(50, at="2030-01-01 00:00+00"))
        cube.refresh()

        shop.run("UPDATE products SET category_id = 4 WHERE id = 1")
        cube.refresh()

        departments = cube.rows(
            "SELECT DISTINCT s.order_id, p.department FROM sales s JOIN product p USING (product_key)"
            " WHERE p.product_id = 1 ORDER BY s.order_id"
        )
        assert departments == [(1, "Home"), (2, "Home"), (50, "Garden")]
        assert cube.differences() == ()

    def test_a_product_renamed_is_renamed_in_every_version(self, shop: Shop, cube: Cube) -> None:
        shop.run("UPDATE products SET category_id = 4 WHERE id = 1")
        shop.run("UPDATE products SET name = 'Snow cup' WHERE id = 1")

        cube.refresh()

        assert cube.rows("SELECT name FROM product WHERE product_id = 1") == [("Snow cup",), ("Snow cup",)]
        assert cube.differences() == ()

    def test_a_category_renamed_is_renamed_in_the_paths_below_it(self, shop: Shop, cube: Cube) -> None:
        shop.run("UPDATE categories SET name = 'House' WHERE id = 1")

        cube.refresh()

        paths = cube.rows("SELECT department, category FROM product WHERE product_id IN (1, 2)")
        assert paths == [("House", "Kitchen"), ("House", "Kitchen")]
        assert cube.differences() == ()

    def test_a_category_hung_elsewhere_takes_its_products_along(self, shop: Shop, cube: Cube) -> None:
        shop.run("UPDATE categories SET parent_id = 4 WHERE id = 2")

        cube.refresh()

        assert cube.rows("SELECT department FROM product WHERE product_id = 1") == [("Garden",)]
        assert cube.differences() == ()


class TestGoods:
    PAID = """INSERT INTO payments (source_system, source_id, order_id, method, amount, currency, state, state_at,
                                    booked_at, paid_at)
              VALUES ('pg', '1', 1, 'CARD', 5, 'GBP', 'PAID', now(), now(), now())"""
    SENT = """INSERT INTO shipments (id, source_system, source_id, order_id, state, state_at, booked_at)
              VALUES (1, 'scm', '1', 1, 'SHIPPED', now(), now())"""
    CARRIED = "INSERT INTO shipment_lines (shipment_id, product_id, quantity) VALUES (1, 1, 2)"
    HELD = """INSERT INTO warehouses (id, code, name) VALUES (1, 'W', 'w');
              INSERT INTO stock_levels (product_id, warehouse_id, quantity, as_of, source_system)
              VALUES (1, 1, 5, now(), 'scm')"""

    def test_payments_shipments_and_stock_leave_the_order_alone(self, shop: Shop, cube: Cube) -> None:
        """They are roots of their own: an event of the order would have its lines read again."""
        cube.refresh()

        shop.run(self.PAID, self.SENT, self.CARRIED, self.HELD)
        shop.run("UPDATE payments SET refunded_amount = 1", "UPDATE shipments SET state = 'DELIVERED'")

        assert "order" not in changes.since(cube.connection, cube.mark, most=99)

    def test_a_new_price_is_no_new_version_of_the_product(self, shop: Shop, cube: Cube) -> None:
        shop.run("UPDATE products SET list_price = 9.5, currency = 'GBP' WHERE id = 1")

        cube.refresh()

        assert cube.rows("SELECT count(*) FROM product WHERE product_id = 1") == [(1,)]
        assert cube.differences() == ()

    def test_a_return_that_names_its_line_comes_in(self, shop: Shop, cube: Cube) -> None:
        shop.run(
            "INSERT INTO order_lines (order_id, position, kind, product_id, quantity, unit_price, returned_line_id,"
            " booked_at) VALUES (1, 9, 'RETURN', 1, -2, 2.55, 1, now())"
        )

        cube.refresh()

        assert cube.rows("SELECT sum(quantity) FROM sales WHERE order_id = 1 AND product_key > 0") == [
            (Decimal(6),)
        ]
        assert cube.differences() == ()


class TestBranches:
    def test_a_branch_renamed_and_a_new_one(self, shop: Shop, cube: Cube) -> None:
        shop.run(
            "UPDATE branches SET name = 'Hongdae' WHERE id = 1",
            "INSERT INTO branches (id, code, name, region, kind) VALUES (9, 'J1', 'Aewol', 'Jeju', 'SHOP')",
        )

        cube.refresh()

        assert cube.rows("SELECT branch_key, name FROM branch WHERE branch_key IN (1, 9) ORDER BY 1") == [
            (1, "Hongdae"),
            (9, "Aewol"),
        ]
        assert cube.differences() == ()


class TestLateCommitter:
    def test_a_transaction_open_over_a_refresh_is_in_after_the_next_one(self, shop: Shop, cube: Cube) -> None:
        with shop.unfinished(order(50, customer=None)):
            shop.run(order(51))
            cube.refresh()
            during = cube.rows("SELECT DISTINCT order_id FROM sales WHERE order_id >= 50")
        cube.refresh()

        assert during == []
        assert cube.rows(
            "SELECT order_id, count(*) FROM sales WHERE order_id >= 50 GROUP BY ALL ORDER BY 1"
        ) == [
            (50, 1),
            (51, 1),
        ]
        assert cube.differences() == ()

    def test_a_transaction_open_over_a_build_is_in_after_the_next_refresh(
        self, shop: Shop, cube: Cube
    ) -> None:
        with shop.unfinished(order(50, customer=None)):
            shop.run(order(51))
            cube.rebuild()
            built = cube.rows("SELECT DISTINCT order_id FROM sales WHERE order_id >= 50")
        cube.refresh()

        # What is committed is seen by the build, although the older one holds the horizon back.
        assert built == [(51,)]
        assert cube.rows("SELECT count(*) FROM sales WHERE order_id = 50") == [(1,)]
        assert cube.differences() == ()

    def test_one_rolled_back_leaves_nothing(self, shop: Shop, cube: Cube) -> None:
        with shop.undone(order(50, customer=None)):
            cube.refresh()
        cube.refresh()

        assert cube.rows("SELECT count(*) FROM sales WHERE order_id = 50") == [(0,)]
        assert cube.differences() == ()


class TestOtherFacts:
    def test_a_late_committer_of_each_is_not_lost(self, shop: Shop, cube: Cube) -> None:
        with shop.unfinished(ACTIVITY):
            shop.run(order(51))
            cube.refresh()
            before = cube.rows("SELECT count(*) FROM touchpoints")
        cube.refresh()

        assert before == [(0,)]
        assert [cube.rows(f"SELECT count(*) FROM {fact}")[0][0] for fact in (*STAR, "stock")] == [
            3,
            3,
            3,
            2,
            3,
            2,
            6,
        ]
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


class TestWhatIsRead:
    def test_events_that_the_star_does_not_show_are_passed_over(self, shop: Shop, cube: Cube) -> None:
        shop.run(CONTENT)

        seen = changes.since(cube.connection, cube.mark, most=10)

        assert seen == {}
        assert not changes.pending(cube.connection, cube.mark)

    def test_transactions_that_leave_nothing_do_not_move_the_watermark(self, shop: Shop, cube: Cube) -> None:
        """Their ids may be given out again after a crash, which forgets them."""
        before = cube.mark.last_event
        for _ in range(3):
            with shop.undone("PERFORM pg_current_xact_id()"):
                pass

        cube.refresh()

        assert cube.mark.last_event == before
        assert source.position(cube.connection).horizon > before + 3

    def test_an_aggregate_changed_often_is_read_once(self, shop: Shop, cube: Cube) -> None:
        for price in range(5):
            shop.run(f"UPDATE order_lines SET unit_price = {price} WHERE id = 1")

        seen = changes.since(cube.connection, cube.mark, most=10)

        assert seen == {"order": frozenset({1})}

    def test_too_many_changes_ask_for_a_rebuild(self, shop: Shop, cube: Cube) -> None:
        shop.run(*(order(number) for number in range(50, 53)))

        with pytest.raises(CannotFollow, match="more than 2 aggregates changed"):
            changes.since(cube.connection, cube.mark, most=2)

    def test_every_partition_is_read_by_its_index(self, shop: Shop, cube: Cube) -> None:
        shop.run(
            "INSERT INTO change (at, aggregate, aggregate_id, version, operation, origin)"
            " SELECT now() + n % 20 * interval '1 day', 'user', n, 1, 'UPDATED', 'test'"
            " FROM generate_series(1, 20000) n"
        )
        source.execute(cube.connection, "ANALYZE change")

        beyond = dataclasses.replace(cube.mark, last_event=4_000_000_000)
        with cube.connection.cursor() as cursor:
            cursor.adbc_statement.set_options(**{"adbc.postgresql.use_copy": "false"})
            cursor.execute(f"EXPLAIN {changes._shown('changes', beyond)}")
            plan = [row["QUERY PLAN"] for row in cursor.fetch_arrow_table().to_pylist()]

        assert sum("Index Cond" in line and "xid > '4000000000'" in line for line in plan) == 20, "\n".join(
            plan
        )


class TestCalendar:
    def test_a_holiday_comes_moves_and_goes(self, shop: Shop, cube: Cube) -> None:
        query = "SELECT date_key, holiday_ko FROM date WHERE holiday_ko LIKE '창립%' ORDER BY 1"
        shop.run("INSERT INTO holidays (day, name, name_ko) VALUES ('2011-06-07', 'Founded', '창립일')")
        cube.refresh()
        came = cube.rows(query)

        shop.run("UPDATE holidays SET day = '2011-06-08' WHERE name = 'Founded'")
        cube.refresh()
        moved = cube.rows(query)

        shop.run("DELETE FROM holidays WHERE name = 'Founded'")
        cube.refresh()

        assert (came, moved, cube.rows(query)) == ([(20110607, "창립일")], [(20110608, "창립일")], [])
        assert cube.rows("SELECT day_kind FROM date WHERE date_key = 20110608") == [("working_day",)]
        assert cube.differences() == ()

    def test_the_fiscal_year_begins_with_another_month(self, shop: Shop, cube: Cube) -> None:
        shop.run("UPDATE company SET fiscal_year_month = 4")

        cube.refresh()

        days = cube.rows(
            "SELECT fiscal_year, fiscal_quarter, fiscal_month FROM date WHERE date_key IN (20110331, 20110401)"
            " ORDER BY date_key"
        )
        assert days == [(2011, 4, 12), (2012, 1, 1)]
        assert cube.differences() == ()


class TestRatesAndTargets:
    def test_a_rate_comes_changes_and_goes(self, shop: Shop, cube: Cube) -> None:
        query = (
            "SELECT currency_key, to_currency_key, date_key, rate FROM exchange_rate WHERE rate IS NOT NULL"
        )
        shop.run(
            "INSERT INTO exchange_rates (from_currency, to_currency, valid_on, rate, source_system)"
            " VALUES ('GBP', 'KRW', '2011-06-07', 1750.5, 'erp')"
        )
        cube.refresh()
        came = cube.rows(query)

        shop.run("UPDATE exchange_rates SET rate = 1800.1234567891")
        cube.refresh()
        changed = cube.rows(query)

        shop.run("DELETE FROM exchange_rates")
        cube.refresh()

        assert came == [(826, 410, 20110607, Decimal("1750.5"))]
        assert changed == [(826, 410, 20110607, Decimal("1800.1234567891"))]
        assert cube.rows(query) == []
        assert cube.differences() == ()

    def test_a_target_is_set_and_withdrawn(self, shop: Shop, cube: Cube) -> None:
        query = "SELECT aggregate, cut, from_on, to_on, value FROM target WHERE cube = 'sales'"
        shop.run(
            "INSERT INTO targets (cube, aggregate, cut, period_from, period_to, value)"
            " VALUES ('sales', 'lines', 'currency:GBP', '2011-01-01', '2012-01-01', 12.5)"
        )
        cube.refresh()
        came = cube.rows(query)

        shop.run("UPDATE targets SET withdrawn_at = now()")
        cube.refresh()

        assert came == [("lines", "currency:GBP", date(2011, 1, 1), date(2012, 1, 1), Decimal("12.5"))]
        assert cube.rows(query) == []
        assert cube.differences() == ()
