"""Postgres as the engine: the mart itself, without a copy."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from sqlalchemy import func, literal, select, text

from domain.postgres import Server
from olap import star
from olap.bind import bind_aggregate
from olap.browser import Browser
from olap.compile import compile_plan
from olap.current import Current
from olap.dialect import BY_HASH
from olap.engines.compiled import Compiler
from olap.engines.interrupt import Interrupt, Interrupted
from olap.engines.postgres import DIALECT, Postgres
from olap.errors import CubeError, TookTooLong
from olap.explain import explain_aggregate
from olap.plan import NONE
from olap.request import Texts, aggregate_request
from tests.olap.cube.asking import NOW, SALES
from tests.olap.store.shop import Shop, open_shop, order

ENDLESS = text("SELECT count(*) AS n FROM generate_series(1, 10000000000) AS x")


@pytest.fixture(scope="module")
def url(server: Server, admin: Callable[[str], None], template: str) -> Iterator[str]:
    admin(f"CREATE DATABASE engine_shop TEMPLATE {template} STRATEGY file_copy")
    with open_shop(server.url("engine_shop")) as opened:
        yield opened.url
    admin("DROP DATABASE engine_shop WITH (FORCE)")


@pytest.fixture
def shop(database: str) -> Iterator[Shop]:
    with open_shop(database) as opened:
        yield opened


@pytest.fixture
def engine(url: str) -> Iterator[Postgres]:
    with Postgres(url) as opened:
        yield opened


class TestFetch:
    def test_exact_numbers_are_exact_and_have_their_columns_digits(self, engine: Postgres) -> None:
        found = engine.fetch(
            select(func.sum(star.sales.c.net_revenue).label("sum"), star.sales.c.cost.label("cost"))
            .where(star.sales.c.line_id == 1)
            .group_by(star.sales.c.cost)
        )

        assert found.to_pylist() == [{"sum": Decimal("15.0000"), "cost": Decimal("6.6666")}]
        assert [str(kind) for kind in found.schema.types] == ["decimal128(38, 4)"] * 2

    def test_a_sum_of_whole_numbers_is_one(self, engine: Postgres) -> None:
        total = literal(2**62) + literal(0)

        (row,) = engine.fetch(select(func.sum(total).label("sum"))).to_pylist()

        assert row == {"sum": Decimal(2**62)}

    @pytest.mark.parametrize(("asof", "by_hash"), [("now", True), ("2011-03-05", True), ("event", False)])
    def test_members_of_one_moment_are_found_by_hash(
        self, engine: Postgres, asof: str, by_hash: bool
    ) -> None:
        words = Texts(drilldown=["customer:region"], aggregates=["lines"], asof=asof)
        plan = bind_aggregate(aggregate_request(SALES, words, now=NOW, language="en"), SALES, NONE)
        statement = compile_plan(plan)

        query = engine.query(statement.select, statement.values)

        assert (BY_HASH in query.text) == by_hash
        assert engine.fetch(statement.select, statement.values).num_rows > 1

    def test_text_is_compared_by_its_bytes_whatever_the_locale(self) -> None:
        query = Compiler(DIALECT).query(
            select(star.channel.c.channel)
            .where(star.channel.c.channel > "a")
            .order_by(star.channel.c.channel)
        )

        assert query.text.count('channel.channel COLLATE "C"') == 3

    def test_facts_are_grouped_by_one_set_of_keys_where_the_whole_is_the_sum_of_its_cells(
        self, three: dict[str, Any]
    ) -> None:
        def last_groups(*aggregates: str) -> str:
            texts = Texts(drilldown=["date:month|product:department"], aggregates=list(aggregates))
            wanted = aggregate_request(SALES, texts, now=NOW, language="en")
            sql = explain_aggregate(three["postgres"], SALES, wanted, NONE).sql
            return sql[sql.index("FROM sales") :].partition("GROUP BY ")[2]

        assert last_groups("net_revenue", "lines", "aov").startswith("GROUPING SETS")
        assert last_groups("net_revenue", "lines", "margin_rate").startswith("date.year, date.quarter")

    def test_a_text_of_a_callers_is_a_value_and_nothing_else(self, engine: Postgres) -> None:
        nasty = "'); DROP SCHEMA mart; --"

        assert engine.fetch(select(literal(nasty).label("said"))).to_pylist() == [{"said": nasty}]

    def test_nothing_can_be_written(self, engine: Postgres) -> None:
        with pytest.raises(CubeError, match="read-only transaction"):
            engine.fetch(text("DELETE FROM public.order_lines"))

    def test_many_threads_ask_at_once(self, engine: Postgres) -> None:
        def ask(number: int) -> int:
            return int(engine.fetch(select(literal(number).label("n"))).column("n")[0].as_py())

        with ThreadPoolExecutor(12) as pool:
            assert list(pool.map(ask, range(100))) == list(range(100))

    def test_a_connection_that_was_lost_meanwhile_is_made_anew(self, url: str, engine: Postgres) -> None:
        mine = select(func.pg_backend_pid().label("pid"))
        before = engine.fetch(mine).column("pid")[0].as_py()
        with psycopg.connect(url, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [before])

        after = engine.fetch(mine).column("pid")[0].as_py()

        assert after != before

    def test_a_closed_engine_says_so(self, url: str) -> None:
        engine = Postgres(url)
        engine.close()

        with pytest.raises(CubeError, match="the cube is closed"):
            engine.fetch(select(literal(1)))

    def test_without_a_server_there_is_an_error_and_no_address(self) -> None:
        with pytest.raises(CubeError, match="no connection to Postgres") as raised:
            Postgres("postgresql://kim:secret@127.0.0.1:1/none").fetch(select(literal(1)))

        assert "secret" not in str(raised.value)


class TestStopping:
    def test_a_query_is_stopped_from_another_thread(self, engine: Postgres) -> None:
        stop = Interrupt()
        threading.Timer(0.2, stop).start()
        begun = time.monotonic()

        with pytest.raises(Interrupted):
            engine.fetch(ENDLESS, interrupt=stop)

        assert time.monotonic() - begun < 30

    def test_one_stopped_before_it_began_does_not_run(self, engine: Postgres) -> None:
        stop = Interrupt()
        stop()

        with pytest.raises(Interrupted, match="before it began"):
            engine.fetch(ENDLESS, interrupt=stop)

    def test_one_that_takes_too_long_is_stopped_by_the_server(self, url: str) -> None:
        with Postgres(url, seconds=0.2) as hasty, pytest.raises(TookTooLong, match=r"longer than 0\.2 s"):
            hasty.fetch(ENDLESS)

    def test_closing_ends_what_runs(self, url: str) -> None:
        engine = Postgres(url)
        threading.Timer(0.2, engine.close).start()

        with pytest.raises(Interrupted):
            engine.fetch(ENDLESS)


class TestCurrent:
    def test_a_committed_line_is_in_the_next_answer(self, shop: Shop) -> None:
        with Current(shop.url) as cube:
            before = Browser("sales", cube).aggregate(aggregates=["lines"]).summary
            shop.run(order(50))
            after = Browser("sales", cube).aggregate(aggregates=["lines"]).summary

        assert (before, after) == ({"lines": 7}, {"lines": 8})

    def test_its_watermark_passes_every_write(self, shop: Shop) -> None:
        with Current(shop.url) as cube:
            shop.run(order(51))
            written = shop.value("SELECT max(xid) FROM mart.changes")
            end = time.monotonic() + 60
            while cube.freshness().watermark <= written and time.monotonic() < end:
                time.sleep(0.02)

            fresh = cube.freshness()

        assert fresh.watermark > written
        assert (fresh.lag_ms, fresh.fault, fresh.version) == (0, None, "")

    def test_days_are_those_of_the_companys_zone(self, url: str) -> None:
        with Current(url) as cube:
            assert cube.time_zone == "Asia/Seoul"

    def test_without_a_store_it_cannot_be_opened(self) -> None:
        with pytest.raises(CubeError, match="the mart cannot be read"):
            Current("postgresql://127.0.0.1:1/none")
