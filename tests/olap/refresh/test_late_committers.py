"""A transaction that is open over a refresh is lost by none."""

from tests.olap.store.activity import ACTIVITY
from tests.olap.store.shop import Cube, Shop, order

STAR = ("touchpoints", "topics", "grants", "cases", "opportunities", "shipments")


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
