"""ClickHouse as the engine, in its embedded form: what is built and refreshed, and what holds without transactions."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from sqlalchemy import Column, Numeric, Table, select, text

from olap import source, star
from olap.changes import BULK, CannotFollow
from olap.engines.clickhouse.connect import connect
from olap.engines.clickhouse.copy import Copy
from olap.engines.clickhouse.engine import ClickHouse
from olap.engines.clickhouse.held import rows_of
from olap.engines.duckdb import DuckDB
from olap.engines.interrupt import Interrupt, Interrupted
from olap.errors import CubeError, TookTooLong
from olap.load import build
from olap.watermark import EMPTY, Watermark
from tests.olap.engines.stars import ARROW, EMBEDDED
from tests.olap.store.built import shop
from tests.olap.store.shop import Shop, order

__all__ = ["shop"]

ENDLESS = text("SELECT count() AS n FROM numbers(1000000000000) WHERE sipHash64(number) = 1")


@pytest.fixture(scope="module")
def engine() -> Iterator[ClickHouse]:
    with ClickHouse(EMBEDDED) as opened:
        yield opened


@pytest.fixture
def copy(engine: ClickHouse, request: pytest.FixtureRequest) -> Iterator[Copy]:
    name = f"shop_{abs(hash(request.node.name)) % 10**9}"
    yield Copy(engine, name)
    engine.writing.database = "default"
    engine.read_from("default")
    for (database,) in engine.writing.query("SELECT name FROM system.databases").result_rows:
        if database.startswith(name):
            engine.writing.command(f"DROP DATABASE {database}")


def rows(engine: ClickHouse | DuckDB, table: Table) -> pa.Table:
    """All rows of a table, by its key, in types that do not depend on the engine.

    Compared as Arrow has them: 47,000 days as rows of Python took most of these tests' time.
    """
    (key,) = table.primary_key.columns
    wanted = pa.schema([(column.name, _type(column)) for column in table.columns])
    return engine.fetch(select(table).order_by(key)).cast(wanted)


def _type(column: "Column[object]") -> pa.DataType:
    if isinstance(column.type, Numeric):
        return pa.decimal128(38, column.type.scale or 0)
    return next((ARROW[of] for of in type(column.type).__mro__ if of in ARROW), pa.string())


def built_anew(url: str) -> dict[str, pa.Table]:
    """What a build puts into DuckDB."""
    with DuckDB(threads=1) as other, source.connect(url) as connection:
        build(other, connection)
        return {table.name: rows(other, table) for table in star.metadata.sorted_tables}


def held(engine: ClickHouse) -> dict[str, pa.Table]:
    return {table.name: rows(engine, table) for table in star.metadata.sorted_tables}


@contextmanager
def snapshot(shop: Shop) -> Iterator[source.Connection]:
    with source.connect(shop.url) as connection, source.snapshot(connection):
        yield connection


def build_copy(copy: Copy, shop: Shop) -> Watermark:
    with source.connect(shop.url) as connection:
        return copy.build(connection).watermark


class TestBuild:
    def test_it_holds_what_duckdb_holds(self, engine: ClickHouse, copy: Copy, shop: Shop) -> None:
        mark = build_copy(copy, shop)

        assert held(engine) == built_anew(shop.url)
        assert copy.stored() == mark

    def test_another_writer_finds_it(self, engine: ClickHouse, copy: Copy, shop: Shop) -> None:
        assert copy.stored() == EMPTY
        mark = build_copy(copy, shop)

        assert Copy(engine, copy._name).stored() == mark

    def test_one_that_fails_leaves_the_old_tables(self, engine: ClickHouse, copy: Copy, shop: Shop) -> None:
        mark = build_copy(copy, shop)
        shop.run(order(50))

        def fail(_: object) -> None:
            raise KeyboardInterrupt

        with source.connect(shop.url) as connection, pytest.raises(KeyboardInterrupt):
            copy.build(connection, fail)

        assert len(rows(engine, star.sales)) == 7
        assert Copy(engine, copy._name).stored() == mark

    def test_tables_of_older_builds_go(self, engine: ClickHouse, copy: Copy, shop: Shop) -> None:
        for _ in range(3):
            build_copy(copy, shop)

        found = engine.writing.query("SELECT name FROM system.databases").result_rows
        assert len([name for (name,) in found if name.startswith(f"{copy._name}_")]) == 2


CHANGES = {
    "a new order": [order(50, lines=["(1, 'SALE', 1, 2, 3.50)", "(2, 'SALE', 2, 1, 0.0001)"])],
    "a line that changes": ["UPDATE order_lines SET quantity = 7 WHERE id = 1"],
    "a line that goes": ["DELETE FROM order_lines WHERE id = 2"],
    "an order that goes": ["DELETE FROM orders WHERE id = 1"],
    "a customer who moves": ["UPDATE customers SET region = 'Jeju' WHERE id = 1"],
    "a product that moves": ["UPDATE products SET category_id = 4 WHERE id = 1"],
    "a category with another name": ["UPDATE categories SET name = 'Mugs' WHERE id = 3"],
    "a branch with another name": ["UPDATE branches SET region = 'Incheon' WHERE id = 2"],
}


class TestRefresh:
    def test_it_holds_what_a_build_would(self, engine: ClickHouse, copy: Copy, shop: Shop) -> None:
        mark = build_copy(copy, shop)

        for name, change in CHANGES.items():
            shop.run(*change)
            before = mark
            with snapshot(shop) as connection:
                mark = copy.refresh(connection, before)

            assert (name, held(engine)) == (name, built_anew(shop.url))
            assert mark.last_event > before.last_event
            assert copy.stored() == mark

    def test_one_that_dies_before_its_watermark_is_done_again(
        self, engine: ClickHouse, copy: Copy, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        mark = build_copy(copy, shop)
        shop.run(order(50), "DELETE FROM order_lines WHERE id = 2")

        def die(*_: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(copy._ledger, "done", die)
        with snapshot(shop) as connection, pytest.raises(KeyboardInterrupt):
            copy.refresh(connection, mark)
        # What was taken away comes back meanwhile, which only a higher version can bring.
        shop.run(
            "INSERT INTO order_lines (id, order_id, position, kind, product_id, quantity, unit_price)"
            " OVERRIDING SYSTEM VALUE VALUES (2, 1, 2, 'SALE', 2, 3, 9)"
        )
        again = Copy(engine, copy._name)
        with snapshot(shop) as connection:
            again.refresh(connection, again.stored())

        assert held(engine) == built_anew(shop.url)

    def test_facts_have_their_members_whenever_a_reader_looks(
        self, engine: ClickHouse, copy: Copy, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        mark = build_copy(copy, shop)
        shop.run("UPDATE customers SET region = 'Jeju' WHERE id = 1", order(50))
        joined = text("SELECT count() AS n FROM sales INNER JOIN customer USING (customer_key)")
        seen: list[int] = []

        def looked(table: str, *arguments: Any, **options: Any) -> Any:
            found = inserted(table, *arguments, **options)
            seen.append(engine.fetch(joined).column("n")[0].as_py())
            return found

        inserted = engine.writing.insert_arrow
        monkeypatch.setattr(engine.writing, "insert_arrow", looked)
        with snapshot(shop) as connection:
            copy.refresh(connection, mark)

        assert set(seen) <= {7, 8}
        assert len(seen) >= 2

    def test_another_epoch_needs_a_build(self, copy: Copy, shop: Shop) -> None:
        mark = build_copy(copy, shop)
        shop.run("UPDATE company SET feed_epoch = 2")

        with snapshot(shop) as connection, pytest.raises(CannotFollow, match="epoch was 1 and is 2"):
            copy.refresh(connection, mark)

    def test_fixed_dimensions_are_renewed(self, engine: ClickHouse, copy: Copy, shop: Shop) -> None:
        build_copy(copy, shop)
        shop.run("INSERT INTO currencies (code, number, scale) VALUES ('XTS', 963, 2)")

        with source.connect(shop.url) as connection:
            copy.renew_fixed(connection)

        assert rows(engine, star.currency) == built_anew(shop.url)["currency"]

    def test_it_may_be_of_as_many_ids_as_a_refresh_takes_on(
        self, engine: ClickHouse, copy: Copy, shop: Shop
    ) -> None:
        build_copy(copy, shop)

        found = rows_of(engine.writing, star.sales, "order_id", range(10**12, 10**12 + BULK))

        assert found.num_rows == 0


class TestSettings:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("insert_quorum_parallel", "false"),
            ("distributed_product_mode", "global"),
            ("async_insert", "false"),
            ("group_by_overflow_mode", "throw"),
        ],
    )
    def test_on_a_cluster_what_was_written_is_read_and_facts_are_joined_with_those_of_all_shards(
        self, name: str, value: str
    ) -> None:
        client = connect(EMBEDDED, cluster="any")

        ((found,),) = client.query(f"SELECT toString(getSetting('{name}'))").result_rows

        client.close()
        assert found == value


class TestStopping:
    def test_a_query_is_stopped_from_another_thread(self, engine: ClickHouse) -> None:
        stop = Interrupt()
        threading.Timer(0.3, stop).start()
        begun = time.monotonic()

        with pytest.raises(Interrupted):
            engine.fetch(ENDLESS, interrupt=stop)

        assert time.monotonic() - begun < 30
        assert engine.fetch(text("SELECT 'whole' AS answer")).to_pylist() == [{"answer": "whole"}]

    def test_one_that_takes_too_long_is_stopped(self) -> None:
        with ClickHouse(EMBEDDED, seconds=1) as hasty, pytest.raises(TookTooLong, match="longer than 1 s"):
            hasty.fetch(ENDLESS)

    def test_a_closed_engine_says_so(self) -> None:
        engine = ClickHouse(EMBEDDED)
        engine.close()

        with pytest.raises(CubeError, match="the cube is closed"):
            engine.fetch(text("SELECT 1"))

    def test_without_a_server_there_is_an_error_and_no_password(self) -> None:
        with pytest.raises(CubeError, match="no connection to ClickHouse") as raised:
            ClickHouse("clickhouse://kim:secret@127.0.0.1:1/none")

        assert "secret" not in str(raised.value)


def test_exact_numbers_stay_exact(engine: ClickHouse) -> None:
    huge = "CAST('9999999999999999999999999999999999.9999' AS Decimal(38, 4))"

    assert engine.fetch(text(f"SELECT {huge} AS n")).to_pylist() == [
        {"n": Decimal("9999999999999999999999999999999999.9999")}
    ]
