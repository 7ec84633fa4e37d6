"""Products and categories are renamed and move: the past stays where it was."""

from tests.olap.store.shop import Cube, Shop, order


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
