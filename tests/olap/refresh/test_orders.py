"""Orders and their lines come, change and go, and so do the goods paid and sent beside them."""

from decimal import Decimal

from olap import changes
from tests.olap.store.shop import Cube, Shop, order

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

    def test_stock_and_orders_beyond_what_the_cube_holds_are_worth_nothing_known(
        self, shop: Shop, cube: Cube
    ) -> None:
        """Postgres could not tell their worth as money, and nothing came into the cube any more."""
        shop.run(
            "UPDATE products SET unit_cost = 99999999, currency = 'GBP' WHERE id = 1",
            "INSERT INTO warehouses (id, code, name) VALUES (1, 'W', 'w')",
            "INSERT INTO stock_levels (product_id, warehouse_id, quantity, as_of, source_system)"
            " VALUES (1, 1, 99999999999, now(), 'scm')",
            "INSERT INTO offers (id, code, name, kind) VALUES (1, 'TEN', 'Ten off', 'CORE')",
            "INSERT INTO order_lines (order_id, position, kind, product_id, quantity, unit_price)"
            " SELECT 1, 90 + i, 'SALE', 1, 1, 999999999999999 FROM generate_series(1, 2) i",
            "INSERT INTO offer_grants (offer_id, customer_id, granted_at, state, order_id)"
            " SELECT 1, customer_id, now(), 'REDEEMED', id FROM orders WHERE id = 1",
        )

        cube.refresh()

        assert cube.rows("SELECT DISTINCT value FROM stock") == [(None,)]
        assert cube.rows("SELECT DISTINCT revenue FROM grants") == [(None,)]

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
