"""A cube that another process owns is asked as if it were open here."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from olap import ask, star
from olap.engines.compiled import FEW
from olap.engines.duckdb import DuckDB
from olap.engines.interrupt import Interrupt, Interrupted
from olap.errors import CubeError
from olap.freshness import Freshness
from olap.opening import own_or_ask
from olap.owner import values
from olap.owner.queries import Overloaded, Queries
from olap.owner.remote import RemoteCube, Unreachable
from olap.owner.server import listening
from olap.plan import NONE
from olap.request import Paging, Texts, aggregate_request, facts_request
from olap.store import Store, open_store
from olap.vocabulary import model_of
from tests.olap.forked import Forking, owner
from tests.olap.store.shop import Shop, order

SALES = model_of("sales")
NOW = datetime(2030, 1, 1, tzinfo=UTC)
LONG: sa.Select[Any] = sa.select(sa.func.count().label("n")).select_from(
    sa.text("range(100000000) a(x), range(100000) b(y) WHERE x * y % 7 = 3")
)
"""It would run for hours."""
FEW_ROWS = LONG.execution_options(**{FEW: True})


@pytest.fixture
def store(shop: Shop, closed: Path) -> Iterator[Store]:
    with open_store(shop.url, closed, threads=1, memory_limit="512MB") as opened:
        yield opened


@pytest.fixture
def remote(store: Store, closed: Path) -> Iterator[RemoteCube]:
    """The cube over the socket; its owner happens to be this process."""
    cube = RemoteCube(closed)
    yield cube
    cube.close()


def duckdb_of(store: Store) -> DuckDB:
    """The engine of a cube that lies in DuckDB."""
    assert isinstance(store.engine, DuckDB)
    return store.engine


def summary(engine: ask.Engine, *aggregates: str) -> dict[str, Any]:
    texts = Texts(aggregates=aggregates, cut=["currency:GBP"])
    return dict(
        ask.aggregate(engine, SALES, aggregate_request(SALES, texts, now=NOW, language="en"), NONE).summary
    )


def lines(engine: ask.Engine) -> int:
    """How many lines there are, asked of the facts themselves."""
    counted = sa.select(sa.func.count().label("n")).select_from(star.sales)
    return int(engine.fetch(counted, {}).column("n")[0].as_py())


def until(condition: Callable[[], bool], *, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


class TestAnswers:
    def test_they_are_those_of_the_open_cube(self, store: Store, remote: RemoteCube) -> None:
        texts = Texts(drilldown=["date:month", "line_kind"], cut=["currency:GBP"])
        wanted = aggregate_request(SALES, texts, now=NOW, language="en")
        facts = facts_request(SALES, Texts(), now=NOW, language="en")

        here, there = (ask.aggregate(each.engine, SALES, wanted, NONE) for each in (store, remote))

        assert there.cells.equals(here.cells)
        assert there.summary == here.summary
        assert ask.facts(remote.engine, SALES, facts, NONE).table.equals(
            ask.facts(store.engine, SALES, facts, NONE).table
        )

    def test_zone_freshness_and_rollups_are_the_owners(self, store: Store, remote: RemoteCube) -> None:
        fresh = remote.freshness()

        assert remote.time_zone == store.time_zone == "Asia/Seoul"
        assert fresh.version == store.freshness().version
        assert (fresh.epoch, fresh.fault) == (1, None)
        assert remote.engine.rollups == duckdb_of(store).rollups

    def test_a_change_is_seen_and_makes_another_version(self, shop: Shop, remote: RemoteCube) -> None:
        written = shop.value("SELECT max(xid) FROM mart.changes")
        until(lambda: remote.freshness().watermark > written)  # nothing of before makes another version
        before = remote.freshness().version

        shop.run(order(50))
        # What is said under a version may be fresher, never staler: the rows come first, the version after them.
        until(lambda: remote.freshness().version != before)

        assert summary(remote.engine, "lines") == {"lines": 7}

    def test_many_ask_at_once(self, remote: RemoteCube) -> None:
        answers: list[dict[str, Any]] = []

        def work() -> None:
            answers.extend(summary(remote.engine, "lines") for _ in range(10))

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert answers == [{"lines": 6}] * 80

    def test_an_error_is_told_and_the_line_stays(self, remote: RemoteCube) -> None:
        with pytest.raises(CubeError, match="nothing does not exist"):
            remote.engine.fetch(sa.select(sa.literal_column("x")).select_from(sa.text("nothing")), {})

        assert summary(remote.engine, "lines") == {"lines": 6}


class TestRefresh:
    def test_readers_are_not_blocked_by_one_that_lasts(self, store: Store, remote: RemoteCube) -> None:
        with duckdb_of(store).transaction() as cursor:
            cursor.execute("DELETE FROM sales")

            during = lines(remote.engine), lines(store.engine)

        assert during == (7, 7)
        assert lines(remote.engine) == 0

    @pytest.mark.parametrize("drilldown", ["", "channel"])
    def test_few_cells_alone_are_parsed_once_at_the_owner(
        self, store: Store, remote: RemoteCube, drilldown: str
    ) -> None:
        texts = Texts(aggregates=["lines"], drilldown=[drilldown])
        asked = aggregate_request(SALES, texts, paging=Paging(ceiling=1000), now=NOW, language="en")

        given = [ask.aggregate(remote.engine, SALES, asked, NONE) for _ in range(2)]

        assert [each.records for each in given] == [
            ask.aggregate(store.engine, SALES, asked, NONE).records
        ] * 2
        assert len(duckdb_of(store)._parsed._kept) == bool(drilldown)


class TestInterrupts:
    @pytest.mark.parametrize("long", [LONG, FEW_ROWS], ids=["many", "few"])
    def test_whoever_asked_stops_his_query_at_the_owner(
        self, store: Store, remote: RemoteCube, long: sa.Select[Any]
    ) -> None:
        stop = Interrupt()
        timer = threading.Timer(0.3, stop)
        timer.start()

        with pytest.raises(Interrupted):
            remote.engine.fetch(long, {}, interrupt=stop)

        until(lambda: not duckdb_of(store)._underway._running)
        assert summary(remote.engine, "lines") == {"lines": 6}

    def test_an_asker_that_is_gone_stops_it_too(self, store: Store, remote: RemoteCube, closed: Path) -> None:
        from olap.owner.lock import socket_of

        with socket.socket(socket.AF_UNIX) as line:
            line.connect(socket_of(closed))
            text = "SELECT count(*) FROM range(100000000) a(x), range(100000) b(y) WHERE x * y % 7 = 3"
            line.sendall(b'{"ask": "rows", "text": "%b", "values": []}\n' % text.encode())
            until(lambda: bool(duckdb_of(store)._underway._running))

        until(lambda: not duckdb_of(store)._underway._running)

    def test_one_that_was_stopped_before_it_began_does_not_begin(self, remote: RemoteCube) -> None:
        stop = Interrupt()
        stop()

        with pytest.raises(Interrupted):
            remote.engine.fetch(LONG, {}, interrupt=stop)


class TestQueue:
    def test_beyond_its_bound_a_query_is_refused(self) -> None:
        with DuckDB(threads=1) as engine:
            fresh = Freshness(watermark=1, lag_ms=0, fault=None)
            queries = Queries(engine, lambda: fresh, lambda: "UTC", waiting=0)
            here, there = socket.socketpair()

            with here, there, pytest.raises(Overloaded, match="0 queries wait for the cube already"):
                queries.rows({"text": "SELECT 1", "values": []}, here)


class TestOwners:
    def test_another_process_owns_it(self, forking: Forking, shop: Shop, closed: Path) -> None:
        with owner(forking, shop.url, closed):
            cube = own_or_ask(shop.url, closed)
            assert isinstance(cube, RemoteCube)

            assert summary(cube.engine, "lines") == {"lines": 6}
            cube.close()

    def test_whoever_is_first_owns_it(self, shop: Shop, closed: Path) -> None:
        cube = own_or_ask(shop.url, closed)

        assert isinstance(cube, Store)
        cube.close()

    def test_a_new_owner_is_found(self, forking: Forking, shop: Shop, closed: Path) -> None:
        with owner(forking, shop.url, closed) as first:
            cube = RemoteCube(closed)
            assert summary(cube.engine, "lines") == {"lines": 6}
            first.kill()

        with pytest.raises(Unreachable):
            summary(cube.engine, "lines")
        fault = cube.freshness().fault
        with open_store(shop.url, closed, threads=1):
            answer, healed = summary(cube.engine, "lines"), cube.freshness().fault
            cube.close()

        assert fault is not None
        assert "owner does not answer" in fault
        assert (answer, healed) == ({"lines": 6}, None)

    def test_one_that_builds_is_waited_for(self, tmp_path: Path) -> None:
        zone = [""]
        with DuckDB(threads=1) as engine:
            fresh = Freshness(watermark=1, lag_ms=0, fault=None)
            queries = Queries(engine, lambda: fresh, lambda: zone[0])
            with listening({}, queries) as address:
                (tmp_path / "c.lock").write_text(f'{{"pid": 1, "socket": "{address}"}}')
                built = threading.Timer(0.3, lambda: zone.__setitem__(0, "Asia/Seoul"))
                built.start()

                cube = RemoteCube(tmp_path / "c")
                cube.close()

        assert cube.time_zone == "Asia/Seoul"

    def test_where_nobody_owns_it_that_is_said(self, tmp_path: Path) -> None:
        with pytest.raises(Unreachable, match="no process that owns the cube"):
            RemoteCube(tmp_path / "none")


class TestValues:
    @pytest.mark.parametrize(
        "value",
        [None, True, 1, 2**62, 1.5, "x", "한국", Decimal("1.10"), Decimal("NaN"), date(2011, 2, 3), [1, ["a"]],
         datetime(2011, 2, 3, 4, 5, 6, 7, tzinfo=UTC)],
        ids=repr,
    )  # fmt: skip
    def test_they_come_over_as_they_are(self, value: Any) -> None:
        found = values.read(values.told(value))

        assert repr(found) == repr(value)
        assert type(found) is type(value)

    @pytest.mark.parametrize(
        "bad", [{}, {"decimal": 1}, {"date": "x"}, {"decimal": "1", "x": 1}, {"pickle": "x"}], ids=str
    )
    def test_anything_else_is_refused(self, bad: Any) -> None:
        with pytest.raises(ValueError, match=r"."):
            values.read(bad)

    def test_what_no_query_has_is_not_told(self) -> None:
        with pytest.raises(TypeError, match="no JSON for set"):
            values.told({1})
