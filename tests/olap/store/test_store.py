"""The open cube: built where it must be, level with Postgres within a second, alive whatever Postgres does."""

import threading
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select

from olap import star
from olap.engines import ledger
from olap.engines.duckdb import DuckDB
from olap.owner.lock import Owned
from olap.store import Store, open_store
from tests.olap.forked import Forked, Forking
from tests.olap.store.built import Built
from tests.olap.store.shop import Shop, order


def opened(shop: Shop, path: Path) -> Store:
    return open_store(shop.url, path, threads=1, memory_limit="512MB")


def lines(store: Store, of_order: int | None = None) -> int:
    """How many lines the cube holds."""
    counted = select(func.count().label("n")).select_from(star.sales)
    if of_order is not None:
        counted = counted.where(star.sales.c.order_id == of_order)
    return int(store.engine.fetch(counted, {}).to_pylist()[0]["n"])


def wait(condition: Callable[[], bool], *, seconds: float = 60) -> float:
    """How many seconds it took until the condition held; fails when it does not."""
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < seconds, "waited in vain"
        time.sleep(0.01)
    return time.monotonic() - begun


def edit_watermark(built: Built, path: Path, **values: object) -> None:
    """The closed cube says something else of itself than it did."""
    for name, value in values.items():
        built.edit(path, f"UPDATE watermark SET {name} = $1", value)


def mark_as_old(built: Built, path: Path) -> None:
    """A closed cube is changed so that only a rebuild mends it."""
    built.edit(path, "UPDATE sales SET net_revenue = 0 WHERE line_id = 4")


def revenue_of_order_2(store: Store) -> Decimal:
    found = store.engine.fetch(
        select(star.sales.c.net_revenue).where(star.sales.c.order_id == 2), {}
    ).to_pylist()
    return Decimal(found[0]["net_revenue"]) if found else Decimal("NaN")


class TestOpen:
    def test_the_first_opening_builds_the_cube(self, shop: Shop, nowhere: Path) -> None:
        with opened(shop, nowhere) as store:
            assert lines(store) == 7

    def test_one_who_only_builds_it_follows_nothing(self, shop: Shop, nowhere: Path) -> None:
        following = {thread for thread in threading.enumerate() if thread.name == "cube follower"}

        with open_store(shop.url, nowhere, threads=1, memory_limit="512MB", follow=False) as store:
            assert lines(store) == 7
            assert following >= {each for each in threading.enumerate() if each.name == "cube follower"}

    def test_the_next_one_goes_on_from_there(self, built: Built, shop: Shop, closed: Path) -> None:
        mark_as_old(built, closed)
        shop.run(order(50))

        with opened(shop, closed) as store:
            wait(lambda: lines(store, 50) == 1)

            assert revenue_of_order_2(store) == 0, "it was built anew"

    @pytest.mark.parametrize(
        "other", [{"shape": "of another version"}, {"database": "1/2"}, {"last_event": 2**40}, {"epoch": 0}]
    )
    def test_a_cube_of_something_else_is_built_anew(
        self, built: Built, shop: Shop, closed: Path, other: dict[str, object]
    ) -> None:
        mark_as_old(built, closed)
        edit_watermark(built, closed, **other)

        with opened(shop, closed) as store:
            wait(lambda: revenue_of_order_2(store) == 21)

            assert store.verify().differences == ()

    def test_tables_of_another_version_are_never_shown(self, built: Built, shop: Shop, closed: Path) -> None:
        edit_watermark(built, closed, shape="of another version")
        built.edit(closed, "ALTER TABLE sales DROP COLUMN net_revenue")

        with opened(shop, closed) as store:
            assert revenue_of_order_2(store) == 21

    def test_a_feed_that_no_longer_reaches_back_is_not_followed(self, shop: Shop, closed: Path) -> None:
        shop.run("DELETE FROM order_lines WHERE order_id = 1")
        shop.run("DELETE FROM change")

        with opened(shop, closed) as store:
            wait(lambda: lines(store) == 4)

    def test_an_opening_that_fails_leaves_the_file_free(self, shop: Shop, nowhere: Path) -> None:
        with pytest.raises(Exception, match="does not exist"):
            open_store(shop.url.replace("/test_", "/nowhere_"), nowhere)

        with opened(shop, nowhere) as store:
            assert lines(store) == 7


class TestOneOwner:
    def test_the_second_opener_is_told_who_has_it(self, forking: Forking, shop: Shop, closed: Path) -> None:
        with opened(shop, closed):
            with pytest.raises(Owned, match="one process at a time may open it"):
                opened(shop, closed)
            other = Forked(forking, "own", shop.url, closed)
            told, code = other.said(), other.ended()

        assert code == 1
        assert told.startswith(f"Owned: the cube {closed} is held by process")

    def test_a_closed_cube_is_free(self, shop: Shop, nowhere: Path) -> None:
        opened(shop, nowhere).close()

        with opened(shop, nowhere) as store:
            assert lines(store) == 7


class TestFollowing:
    def test_each_committed_change_shows_by_itself(self, shop: Shop, closed: Path) -> None:
        """How soon is measured by bench.cube: time on a busy machine proves nothing."""
        with opened(shop, closed) as store:
            for number in range(50, 60):
                shop.run(order(number))

                wait(lambda number=number: lines(store, number) == 1)  # type: ignore[misc]  # bound now

    def test_a_watermark_beyond_a_write_promises_the_write(self, shop: Shop, closed: Path) -> None:
        with opened(shop, closed) as store:
            shop.run(order(50))
            xid = shop.value("SELECT changed_xid::text::bigint FROM orders WHERE id = 50")
            wait(lambda: store.freshness().watermark > xid)

            assert lines(store, 50) == 1

    def test_nothing_to_do_is_no_lag(self, shop: Shop, closed: Path) -> None:
        with opened(shop, closed) as store:
            wait(lambda: store.freshness().lag_ms < 1000)

            assert store.freshness().fault is None

    def test_a_long_transaction_shows_as_lag_and_is_in_afterwards(self, shop: Shop, closed: Path) -> None:
        with opened(shop, closed) as store:
            with shop.unfinished(order(50, customer=None)):
                shop.run(order(51))
                wait(lambda: store.freshness().lag_ms > 600)
                during = lines(store, 51)
            wait(lambda: lines(store, 50) == 1 and lines(store, 51) == 1)
            wait(lambda: store.freshness().lag_ms < 600)

        assert during == 0

    def test_another_zone_moves_every_order_to_its_day(self, shop: Shop, closed: Path) -> None:
        days = select(star.sales.c.date_key).where(star.sales.c.order_id == 2)
        with opened(shop, closed) as store:
            before = store.engine.fetch(days, {}).to_pylist()
            shop.run("UPDATE company SET time_zone = 'UTC'")
            wait(lambda: store.time_zone == "UTC")

            assert before == [{"date_key": 20110101}]
            assert store.engine.fetch(days, {}).to_pylist() == [{"date_key": 20101231}]

    def test_a_new_epoch_of_the_feed_is_a_new_cube(self, shop: Shop, closed: Path) -> None:
        with opened(shop, closed) as store:
            # As a restore does it: rows are there whose events are gone.
            shop.run("UPDATE company SET feed_epoch = 2", "DELETE FROM order_lines WHERE order_id = 1")
            shop.run("DELETE FROM change")
            wait(lambda: lines(store) == 4)

            assert store.verify().differences == ()


class TestReaders:
    def test_a_rebuild_is_seen_whole_or_not_at_all(self, shop: Shop, closed: Path) -> None:
        seen: set[int] = set()
        done = threading.Event()

        def read() -> None:
            while not done.is_set():
                seen.add(lines(store))

        with opened(shop, closed) as store:
            reader = threading.Thread(target=read)
            reader.start()
            for _ in range(5):
                store.rebuild()
            shop.run("DELETE FROM order_lines WHERE order_id = 1")
            store.rebuild()
            done.set()
            reader.join()

        assert seen <= {7, 4}

    def test_an_order_is_seen_whole_while_it_is_replaced(self, shop: Shop, closed: Path) -> None:
        total = select(func.sum(star.sales.c.net_revenue).label("n")).where(star.sales.c.order_id == 1)
        seen: set[Decimal] = set()
        with opened(shop, closed) as store:
            for step in range(1, 20):
                # Money moves between two lines of the order: the sum stays.
                shop.run(
                    f"UPDATE order_lines SET discount = {step} WHERE id = 1",
                    f"UPDATE order_lines SET discount = -{step} WHERE id = 3",
                )
                end = time.monotonic() + 0.05
                while time.monotonic() < end:
                    seen.update(row["n"] for row in store.engine.fetch(total, {}).to_pylist())

        assert seen <= {Decimal("12.4530"), Decimal("12.7530")}


class TestPostgresAway:
    def test_the_cube_answers_says_so_and_catches_up(
        self, shop: Shop, closed: Path, admin: Callable[[str], None]
    ) -> None:
        name = shop.value("SELECT current_database()")
        with opened(shop, closed) as store:
            # It follows: one that connects at this moment has not said its name yet, and would not be ended.
            shop.run(order(49))
            wait(lambda: lines(store, 49) == 1)
            shop.run(order(50))
            admin(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
            admin(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                f" WHERE datname = '{name}' AND application_name = 'dangol cube'"
            )
            wait(lambda: store.freshness().fault is not None)
            fault = store.freshness().fault or ""
            answered = lines(store) >= 7
            shop.run(order(51))
            admin(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
            wait(lambda: lines(store, 50) == 1 and lines(store, 51) == 1)
            wait(lambda: store.freshness().fault is None)

            assert fault.startswith("the cube does not follow the feed: ")
            assert answered
            assert store.verify().differences == ()


class TestClose:
    def test_a_build_that_runs_is_undone(self, shop: Shop, closed: Path) -> None:
        with opened(shop, closed) as store:
            assert isinstance(store.engine, DuckDB)
            before = ledger.stored(store.engine)
            closing: list[threading.Thread] = []

            def close_in_the_middle(_: object) -> None:
                if not closing:
                    closing.append(threading.Thread(target=store.close))
                    closing[0].start()
                    wait(store._follower._stopping.is_set)

            with pytest.raises(Exception, match="the cube was closed before the build was done"):
                store.rebuild(close_in_the_middle)
            closing[0].join()

        with DuckDB(closed) as engine:
            assert ledger.stored(engine) == before
