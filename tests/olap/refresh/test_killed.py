"""A process that is killed while it refreshes, at whatever moment, leaves a cube that goes on without a loss."""

import random
import time
from pathlib import Path

from olap.owner.deeds import rebuild, verify
from olap.store import open_store
from tests.olap.forked import Forking, following
from tests.olap.store.shop import Shop, order

ROUNDS = 6


def trade(shop: Shop, round_: int) -> None:
    """Orders come, change and go, and their customers move."""
    first = 1000 * (round_ + 1)
    for number in range(first, first + 5):
        shop.run(order(number, customer=1 + number % 3, at="2030-01-01 00:00+00"))
        shop.run(f"UPDATE customers SET district = 'district {number}' WHERE id = {1 + number % 3}")
        shop.run(f"UPDATE order_lines SET quantity = {number} WHERE order_id = {number - 1}")
    shop.run(f"DELETE FROM orders WHERE id = {first}")


class TestKilled:
    def test_at_any_moment_every_cell_equals_postgres_afterwards(
        self, forking: Forking, shop: Shop, closed: Path
    ) -> None:
        for round_ in range(ROUNDS):
            with following(forking, "follow", shop.url, closed) as other:
                assert other.said().isdigit()
                trade(shop, round_)
                time.sleep(random.uniform(0, 0.05))

        report = verify(shop.url, closed)

        assert report.differences == ()
        assert report.rows["sales"] == 7 + 4 * ROUNDS

    def test_between_writing_and_committing_nothing_is_written(
        self, forking: Forking, shop: Shop, closed: Path
    ) -> None:
        shop.run(order(50))
        with following(forking, "pause", shop.url, closed) as other:
            assert other.said() == "written"

        with open_store(shop.url, closed) as store:
            report = store.verify()

        assert report.differences == ()
        assert report.rows["sales"] == 8

    def test_a_rebuild_afterwards_gives_the_same(self, forking: Forking, shop: Shop, closed: Path) -> None:
        with following(forking, "follow", shop.url, closed) as other:
            assert other.said().isdigit()
            trade(shop, 0)
        refreshed = verify(shop.url, closed)

        rebuilt = rebuild(shop.url, closed)

        assert refreshed.differences == ()
        assert rebuilt.rows == refreshed.rows
        assert verify(shop.url, closed).differences == ()
