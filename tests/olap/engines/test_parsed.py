"""Statements of few rows, which DuckDB parses once: their rows are those of the same text asked in full."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa
import pytest
import sqlalchemy as sa

from olap import star
from olap.engines.compiled import FEW, Query
from olap.engines.duckdb import DuckDB
from olap.engines.interrupt import Interrupt, Interrupted
from olap.engines.parsed import LONGEST, Parsed
from olap.errors import NeedsMemory

CELLS = (
    "SELECT a, sum(d) AS d, count(*) AS n FROM cells WHERE a = $1 OR s = $2 GROUP BY a ORDER BY a LIMIT $3"
)


@pytest.fixture
def engine() -> Iterator[DuckDB]:
    with DuckDB(threads=2, memory_limit="256MB", disk=0) as opened:
        write(opened, "CREATE TABLE cells AS SELECT 1 AS a, 1.5::DECIMAL(19, 4) AS d, 'x' AS s")
        yield opened


def write(engine: DuckDB, *statements: str) -> None:
    with engine.transaction() as cursor:
        for statement in statements:
            cursor.execute(statement)


def few(engine: DuckDB, text: str, *values: Any, interrupt: Interrupt | None = None) -> pa.Table:
    return engine.run(Query(text, values, few=True), interrupt=interrupt)


def kept(engine: DuckDB) -> list[str]:
    return list(engine._parsed._kept)


class TestRows:
    @pytest.mark.parametrize(
        "table", [*star.FACTS, *star.DIMENSIONS, *star.FIXED], ids=lambda each: each.name
    )
    def test_those_of_every_table_are_the_same_both_ways(self, small: DuckDB, table: sa.Table) -> None:
        text = f'SELECT * FROM "{table.name}" ORDER BY ALL LIMIT 500'

        wanted = small.run(Query(text, ()))

        assert few(small, text).equals(wanted)

    @pytest.mark.parametrize(
        "value",
        [
            "NULL::INTEGER",
            "NULL::VARCHAR",
            "NULL",
            "''",
            "'한국어 \U0001f600'",
            "true",
            "(-128)::TINYINT",
            "18446744073709551615::UBIGINT",
            "sum(9223372036854775807::BIGINT)",
            "9999999999999999999999999999999999.9999::DECIMAL(38, 4)",
            "-0.0001::DECIMAL(19, 4)",
            "0.1::DOUBLE + 0.2::DOUBLE",
            "'-infinity'::DOUBLE",
            "0.1::FLOAT",
            "DATE '0001-01-01'",
            "DATE '9999-12-31'",
            "TIMESTAMP '2011-01-31 23:59:59.999999'",
            "TIMESTAMPTZ '2011-01-31 23:59:59.999999+09'",
        ],
    )
    def test_those_of_every_type_are_the_same_both_ways(self, engine: DuckDB, value: str) -> None:
        text = f"SELECT {value} AS value"

        wanted = engine.run(Query(text, ()))

        assert few(engine, text).equals(wanted)

    def test_no_rows_have_their_columns(self, engine: DuckDB) -> None:
        wanted = engine.run(Query(CELLS, (7, None, 10)))

        assert few(engine, CELLS, 7, None, 10).equals(wanted)
        assert wanted.num_rows == 0

    @pytest.mark.parametrize(
        ("first", "then"),
        [
            ((1, None, 9), (None, "x", 9)),
            ((1, "x", 9), (Decimal("1.0"), "y", 1)),
            ((True, "x", 9), (1.0, "", 1)),
            (("1", "x", 9), (1, "x", 0)),
        ],
    )
    def test_values_of_another_type_are_bound_anew(
        self, engine: DuckDB, first: tuple[Any, ...], then: tuple[Any, ...]
    ) -> None:
        found = [few(engine, CELLS, *values) for values in (first, then, first)]

        assert found == [engine.run(Query(CELLS, values)) for values in (first, then, first)]

    def test_a_type_that_a_value_decides_is_its_own_each_time(self, engine: DuckDB) -> None:
        values = [1, Decimal("1.25"), "1", date(2011, 1, 31), None, 1.5, True]

        found = [few(engine, "SELECT $1 AS value", value).to_pylist() for value in values]

        assert found == [[{"value": value}] for value in values]
        assert [type(rows[0]["value"]) for rows in found] == list(map(type, values))


class TestChanges:
    """Known bad: a plan that is kept, of tables as they were."""

    def test_new_rows_are_seen_at_once(self, engine: DuckDB) -> None:
        before = few(engine, CELLS, 1, None, 9).to_pylist()
        write(engine, "INSERT INTO cells VALUES (1, 2.5, 'y')", "INSERT INTO cells VALUES (1, NULL, 'z')")

        after = few(engine, CELLS, 1, None, 9).to_pylist()

        assert before == [{"a": 1, "d": Decimal("1.5"), "n": 1}]
        assert after == [{"a": 1, "d": Decimal("4.0"), "n": 3}]

    def test_so_are_columns_of_other_types_in_another_order(self, engine: DuckDB) -> None:
        few(engine, CELLS, 1, None, 9)
        write(
            engine,
            "CREATE OR REPLACE TABLE cells AS SELECT 'y' AS s, 2::BIGINT AS a, 0.25::DECIMAL(30, 2) AS d",
        )

        found = few(engine, CELLS, 2, None, 9)

        assert found == engine.run(Query(CELLS, (2, None, 9)))
        assert found.to_pylist() == [{"a": 2, "d": Decimal("0.25"), "n": 1}]
        assert found.schema.field("a").type == pa.int64()

    def test_so_is_a_table_swapped_for_another_by_name(self, engine: DuckDB) -> None:
        few(engine, CELLS, 1, None, 9)
        write(
            engine,
            "CREATE TABLE next AS SELECT 1 AS a, 9::DECIMAL(19, 4) AS d, 'x' AS s",
            "DROP TABLE cells",
            "ALTER TABLE next RENAME TO cells",
        )

        assert few(engine, CELLS, 1, None, 9).to_pylist() == [{"a": 1, "d": Decimal(9), "n": 1}]

    def test_a_table_that_is_gone_is_an_error_whatever_variable_has_its_name(self, engine: DuckDB) -> None:
        few(engine, CELLS, 1, None, 9)
        write(engine, "DROP TABLE cells")
        cells = pa.table({"a": [1], "d": [1], "s": ["x"]})

        with pytest.raises(duckdb.CatalogException, match="cells does not exist"):
            few(engine, CELLS, 1, None, 9)
        assert cells.num_rows == 1

    def test_what_is_not_committed_is_not_seen(self, engine: DuckDB) -> None:
        with engine.transaction() as cursor:
            cursor.execute("INSERT INTO cells VALUES (1, 1, 'x')")
            cursor.execute("CREATE TABLE more AS FROM cells")

            during = few(engine, CELLS, 1, None, 9).to_pylist()

        assert [row["n"] for row in during] == [1]
        assert [row["n"] for row in few(engine, CELLS, 1, None, 9).to_pylist()] == [2]

    def test_a_snapshot_that_somebody_reads_stays_as_it_is(self, engine: DuckDB) -> None:
        with engine.reading() as cursor:
            write(engine, "INSERT INTO cells VALUES (1, 1, 'x')")

            beside = few(engine, CELLS, 1, None, 9).to_pylist()
            within = cursor.execute("SELECT count(*) FROM cells").fetchall()

        assert [row["n"] for row in beside] == [2]
        assert within == [(1,)]

    def test_many_threads_read_one_statement_while_its_table_is_replaced(self, engine: DuckDB) -> None:
        over = threading.Event()

        def replace() -> int:
            rounds = 0
            while not over.is_set():
                rounds += 1
                type_ = "BIGINT" if rounds % 2 else "INTEGER"
                rows = f"SELECT 1::{type_} AS a, 1 AS d, 'x' AS s FROM range({rounds % 7 + 1})"
                write(engine, f"CREATE OR REPLACE TABLE cells AS {rows}")
            return rounds

        def read(_: int) -> bool:
            (row,) = few(engine, CELLS, 1, None, 9).to_pylist()
            return bool(row["d"] == row["n"] and 1 <= row["n"] <= 7)

        write(engine, "CREATE OR REPLACE TABLE cells AS SELECT 1 AS a, 1 AS d, 'x' AS s")
        with ThreadPoolExecutor(5) as pool:
            replacing = pool.submit(replace)
            try:
                found = list(pool.map(read, range(200)))
            finally:
                over.set()

        assert found == [True] * 200
        assert replacing.result() > 1


class TestKept:
    def test_a_statement_is_parsed_once(self, engine: DuckDB) -> None:
        few(engine, CELLS, 1, None, 9)
        (first,) = engine._parsed._kept.values()
        few(engine, CELLS, 2, "x", 9)

        assert list(engine._parsed._kept.values()) == [first]

    def test_so_many_are_kept_those_used_last(self, engine: DuckDB) -> None:
        engine._parsed = Parsed(most=4)
        for number in range(20):
            few(engine, f"SELECT {number} AS n")
            few(engine, "SELECT 'often' AS said")

        assert len(kept(engine)) <= 6
        assert {"SELECT 'often' AS said", "SELECT 19 AS n"} <= set(kept(engine))

    def test_a_long_one_is_not(self, engine: DuckDB) -> None:
        text = f"SELECT '{'x' * LONGEST}' AS said"

        found = few(engine, text).to_pylist()

        assert len(found[0]["said"]) == LONGEST
        assert kept(engine) == []

    def test_nor_one_that_was_not_understood(self, engine: DuckDB) -> None:
        with pytest.raises(duckdb.ParserException):
            few(engine, "SELECT FROM WHERE")

        assert kept(engine) == []

    def test_what_has_many_rows_is_not_parsed_apart(self, engine: DuckDB) -> None:
        statement = sa.select(sa.literal(1).label("n"))

        engine.fetch(statement)
        before = kept(engine)
        engine.fetch(statement.execution_options(**{FEW: True}))

        assert before == []
        assert len(kept(engine)) == 1


class TestStopping:
    ENDLESS = "SELECT count(*) AS n FROM range($1) a, range(1000) b"

    @pytest.mark.parametrize("when", ["the first time", "kept"])
    def test_one_that_runs_is_stopped(self, engine: DuckDB, when: str) -> None:
        if when == "kept":
            few(engine, self.ENDLESS, 1)
        stop = Interrupt()
        threading.Timer(0.1, stop).start()

        with pytest.raises(Interrupted):
            few(engine, self.ENDLESS, 10**10, interrupt=stop)

        assert few(engine, self.ENDLESS, 1).to_pylist() == [{"n": 1000}]

    def test_so_is_one_that_stops_while_its_rows_are_read(self, engine: DuckDB) -> None:
        stop = Interrupt()
        threading.Timer(0.1, stop).start()
        text = "SELECT a.range AS n FROM range($1) a, range(1000) b WHERE a.range + b.range < 0 LIMIT 10"

        with pytest.raises(Interrupted):
            few(engine, text, 10**10, interrupt=stop)

    def test_one_that_was_stopped_before_does_not_run(self, engine: DuckDB) -> None:
        stop = Interrupt()
        stop()

        with pytest.raises(Interrupted, match="before it began"):
            few(engine, self.ENDLESS, 1, interrupt=stop)

    def test_closing_ends_what_runs(self) -> None:
        engine = DuckDB(threads=1)
        threading.Timer(0.1, engine.close).start()

        with pytest.raises(Interrupted):
            few(engine, self.ENDLESS, 10**10)

    def test_one_that_needs_more_memory_than_there_is_is_refused(self, engine: DuckDB) -> None:
        text = "SELECT count(*) AS n FROM (SELECT range AS r, count(*) FROM range($1) GROUP BY r)"
        few(engine, text, 1)

        with pytest.raises(NeedsMemory):
            few(engine, text, 20_000_000)

        assert few(engine, text, 3).to_pylist() == [{"n": 3}]
