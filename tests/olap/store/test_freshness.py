"""How fresh the cube says that it is."""

import dataclasses
import time
from datetime import UTC, datetime, timedelta

from olap import source, watermark
from olap.freshness import Lag
from olap.holdup import oldest_writer
from olap.source import Position
from tests.olap.store.shop import Shop, order


def long_ago() -> watermark.Watermark:
    """A watermark that was read an hour before now."""
    return dataclasses.replace(watermark.EMPTY, read_at=datetime.now(UTC) - timedelta(hours=1))


def looked(next_xid: int) -> Position:
    """A look at a database in which no transaction from `next_xid` on had begun."""
    return Position("1/1", 1, next_xid, next_xid, 0, "UTC", "KRW", datetime.now(UTC))


class TestLag:
    def test_a_cube_found_in_its_file_is_as_old_as_its_watermark(self) -> None:
        assert 3_600_000 <= Lag(long_ago()).milliseconds() < 3_700_000

    def test_a_horizon_that_reaches_a_look_holds_the_moment_of_the_look(self) -> None:
        lag, now = Lag(long_ago()), time.monotonic()
        lag.looked(looked(100), at=now - 5)
        lag.looked(looked(110), at=now - 3)
        lag.looked(looked(120), at=now - 1)

        lag.reached(110)

        assert 3000 <= lag.milliseconds() < 3900

    def test_a_horizon_held_back_lets_the_lag_grow(self) -> None:
        lag, now = Lag(long_ago()), time.monotonic()
        lag.looked(looked(100), at=now - 5)
        lag.looked(looked(101), at=now - 3)

        lag.reached(100)
        lag.reached(100)

        assert 5000 <= lag.milliseconds() < 5900

    def test_looks_between_which_nothing_was_written_are_one(self) -> None:
        lag, now = Lag(long_ago()), time.monotonic()
        for second in range(5, 0, -1):
            lag.looked(looked(100), at=now - second)

        lag.reached(100)

        assert 1000 <= lag.milliseconds() < 1900


class TestHoldup:
    def test_the_oldest_writer_is_named(self, shop: Shop) -> None:
        with source.connect(shop.url) as connection, shop.unfinished(order(50, customer=None)):
            who = oldest_writer(connection)

        assert who is not None
        assert "in database" in who
        assert "has been writing for 0 s" in who
