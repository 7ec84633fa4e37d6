"""DuckDB as the cube's engine."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from sqlalchemy import DateTime, Integer, bindparam, column, func, literal, select, table, text

from olap import star
from olap.dialect import DIALECT
from olap.engines.compiled import Compiler
from olap.engines.duckdb import DuckDB
from olap.engines.interrupt import Interrupt, Interrupted
from olap.errors import CubeError, ModelError

ENDLESS = text("SELECT count(*) FROM range(10000000000) a, range(1000) b")


@pytest.fixture
def engine() -> Iterator[DuckDB]:
    with DuckDB(threads=2, memory_limit="512MB") as opened:
        opened.create_tables(star.metadata)
        yield opened


def sale(line: int, revenue: object) -> pa.Table:
    """One line of sales."""
    keys = {c.name: None if isinstance(c.type, DateTime) else 1 for c in star.sales.columns}
    return pa.Table.from_pylist(
        [
            {
                **keys,
                "line_id": line,
                "gross": "1",
                "discount": "0",
                "quantity": "1.000",
                "net_revenue": revenue,
            }
        ]
    )


class TestInsert:
    @pytest.mark.parametrize("given", ["999999999999999.9999", Decimal("999999999999999.9999")])
    def test_exact_numbers_stay_exact_from_text_and_from_decimals(
        self, engine: DuckDB, given: object
    ) -> None:
        engine.insert(star.sales, sale(1, given))

        (row,) = engine.fetch(select(star.sales.c.net_revenue)).to_pylist()

        assert row == {"net_revenue": Decimal("999999999999999.9999")}

    def test_money_as_a_float_is_refused(self, engine: DuckDB) -> None:
        with pytest.raises(ModelError, match=r"sales.net_revenue is exact and was given as double"):
            engine.insert(star.sales, sale(1, 0.1))

    def test_a_missing_column_is_named(self, engine: DuckDB) -> None:
        with pytest.raises(ModelError, match="no column 'known' for known; given: known_key"):
            engine.insert(star.known, pa.table({"known_key": [1]}))

    def test_what_is_not_a_number_is_refused_and_nothing_is_kept(self, engine: DuckDB) -> None:
        with pytest.raises(duckdb.Error, match="NaN"):
            engine.insert(star.sales, pa.concat_tables([sale(1, "1"), sale(2, "NaN")]))

        assert engine.fetch(select(func.count()).select_from(star.sales)).to_pylist() == [{"count_1": 0}]


class TestFetch:
    def test_values_of_one_shape_do_not_stick_to_its_text(self, engine: DuckDB) -> None:
        engine.insert(
            star.known, pa.table({"known_key": [0, 1, 2], "known": ["no", "yes", "'; DROP TABLE known; --"]})
        )

        def named(*keys: int) -> list[str]:
            found = engine.fetch(
                select(star.known.c.known).where(star.known.c.known_key.in_(keys)).order_by("known")
            )
            return [row["known"] for row in found.to_pylist()]

        assert named(0) == ["no"]
        assert named(1) == ["yes"]
        assert named(0, 1) == ["no", "yes"]
        assert named() == []

    def test_a_shape_is_compiled_once(self) -> None:
        compiler = Compiler(DIALECT)
        first = compiler.query(
            select(star.known).where(star.known.c.known == "yes", star.known.c.known_key.in_([1, 2]))
        )

        second = compiler.query(
            select(star.known).where(star.known.c.known == "no", star.known.c.known_key.in_([3]))
        )

        assert list(first.values) == ["yes", 1, 2]
        assert list(second.values) == ["no", 3]
        assert len(compiler._shapes) == 1

    def test_a_text_of_a_callers_is_a_value_and_nothing_else(self, engine: DuckDB) -> None:
        nasty = "'); DROP TABLE sales; --"

        found = engine.fetch(select(literal(nasty).label("said"))).to_pylist()

        assert found == [{"said": nasty}]

    def test_named_values_may_come_beside_the_statement_or_with_it(self, engine: DuckDB) -> None:
        statement = select((bindparam("a", type_=Integer) + bindparam("b", type_=Integer)).label("sum"))

        assert engine.fetch(statement, {"a": 40, "b": 2}).to_pylist() == [{"sum": 42}]
        assert engine.fetch(statement, {"a": 1, "b": 1}).to_pylist() == [{"sum": 2}]
        assert engine.fetch(statement.params(a=3, b=4)).to_pylist() == [{"sum": 7}]

    def test_a_closed_engine_says_so(self) -> None:
        engine = DuckDB(threads=1)
        engine.close()

        with pytest.raises(CubeError, match="the cube is closed"):
            engine.fetch(select(literal(1)))

    def test_no_other_file_is_read(self, engine: DuckDB) -> None:
        with pytest.raises(duckdb.PermissionException):
            engine.fetch(select(text("*")).select_from(func.read_csv("/etc/passwd")))

    def test_many_threads_ask_at_once(self, engine: DuckDB) -> None:
        engine.insert(star.known, pa.table({"known_key": [0, 1], "known": ["no", "yes"]}))

        def ask(key: int) -> str:
            (row,) = engine.fetch(select(star.known.c.known).where(star.known.c.known_key == key)).to_pylist()
            return str(row["known"])

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(ask, [0, 1] * 200))

        assert answers == ["no", "yes"] * 200


class TestInterrupt:
    def test_a_query_is_stopped_from_another_thread(self, engine: DuckDB) -> None:
        stop = Interrupt()
        threading.Timer(0.2, stop).start()
        begun = time.monotonic()

        with pytest.raises(Interrupted):
            engine.fetch(ENDLESS, interrupt=stop)

        assert time.monotonic() - begun < 30

    def test_one_stopped_before_it_began_does_not_run(self, engine: DuckDB) -> None:
        stop = Interrupt()
        stop()

        with pytest.raises(Interrupted, match="before it began"):
            engine.fetch(ENDLESS, interrupt=stop)

    def test_it_stops_its_own_query_alone(self, engine: DuckDB) -> None:
        stop = Interrupt()
        threading.Timer(0.2, stop).start()
        with ThreadPoolExecutor(1) as pool:
            endless = pool.submit(engine.fetch, ENDLESS, interrupt=stop)

            other = engine.fetch(text("SELECT count(*) AS n FROM range(50000000)")).to_pylist()

            assert other == [{"n": 50_000_000}]
            with pytest.raises(Interrupted):
                endless.result()

    def test_closing_ends_what_runs(self) -> None:
        engine = DuckDB(threads=1)
        threading.Timer(0.2, engine.close).start()

        with pytest.raises(Interrupted):
            engine.fetch(ENDLESS)


class TestTransaction:
    def test_all_or_nothing(self, engine: DuckDB) -> None:
        def write_and_fail() -> None:
            with engine.transaction() as cursor:
                cursor.execute("INSERT INTO known VALUES (1, 'yes')")
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            write_and_fail()

        assert engine.fetch(select(star.known)).num_rows == 0

    def test_reading_sees_one_moment_whatever_is_written(self, engine: DuckDB) -> None:
        count = "SELECT count(*) FROM known"
        with engine.reading() as cursor:
            engine.insert(star.known, pa.table({"known_key": [1], "known": ["yes"]}))

            during = cursor.execute(count).fetchall()

        assert during == [(0,)]
        assert engine.fetch(
            select(func.count().label("n")).select_from(table("known", column("known")))
        ).to_pylist() == [{"n": 1}]


class TestFile:
    def test_a_file_of_something_else_is_refused_by_name(self, tmp_path: Path) -> None:
        path = tmp_path / "cube.duckdb"
        path.write_bytes(b"not a database " * 1000)

        with pytest.raises(CubeError, match=f"cannot open the cube's file {path}"):
            DuckDB(path)

    def test_a_file_open_in_another_process_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "cube.duckdb"
        with DuckDB(path):
            opening = [
                sys.executable,
                "-c",
                "import sys; from olap.engines.duckdb import DuckDB; DuckDB(sys.argv[1])",
            ]

            other = subprocess.run([*opening, str(path)], capture_output=True, text=True, check=False)

        assert other.returncode == 1
        assert f"cannot open the cube's file {path}" in other.stderr
