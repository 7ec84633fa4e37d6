"""(i) Time and memory as the star grows, on DuckDB and on ClickHouse's engine (chdb): a table for docs/.

Each figure is measured in a process of its own. ClickHouse's star is filled from DuckDB's, and answers from its facts.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlalchemy import Table

from bench.cube.figures import peak, told
from bench.cube.shapes import SHAPES
from bench.star import Size, generate
from olap import ask, star
from olap.engines.clickhouse.connect import EMBEDDED
from olap.engines.clickhouse.engine import ClickHouse
from olap.engines.clickhouse.rows import append
from olap.engines.clickhouse.tables import create_table
from olap.engines.duckdb import DuckDB
from olap.plan import NONE
from olap.request import Texts, aggregate_request
from olap.rollups import kept as rollups
from olap.vocabulary import model_of

MILLIONS = (1, 3, 10, 30)
HEAD = (
    "| lines | file | make star and rollups | 13 shapes from facts | distinct customers by year | memory, asking"
    " | ClickHouse: filling | 13 shapes | distinct customers | memory |"
)
ROWS = 1_000_000
"""So many rows go to ClickHouse in one insert."""

DISTINCT = {"drilldown": "date:year", "aggregates": "customers"}


def measure(scale: float) -> bool:
    """Print the table; there is no goal."""
    rows = []
    for millions in MILLIONS:
        size = Size().times(millions / 6 * scale)
        with tempfile.TemporaryDirectory(prefix="dangol-bench-") as folder:
            file = str(Path(folder) / "star.duckdb")
            made = _apart("make", file, str(millions / 6 * scale))
            found = _apart("ask", file)
            lent = _apart("lend", file)
            megabytes = Path(file).stat().st_size / 2**20
        rows.append(
            f"| {size.lines:,} | {megabytes:,.0f} MB | {made['seconds']:.1f} s, {made['memory']:,.0f} MB"
            f" | {found['shapes']:,.0f} ms | {found['distinct']:.1f} ms | {found['memory']:,.0f} MB"
            f" | {lent['seconds']:.1f} s | {lent['shapes']:,.0f} ms | {lent['distinct']:,.0f} ms"
            f" | {lent['memory']:,.0f} MB |"
        )
        told(f"(i) {size.lines:,} lines")
    print("\n".join([HEAD, "|" + "---|" * (HEAD.count("|") - 1), *rows]), flush=True)
    return True


def _apart(*words: str) -> dict[str, float]:
    """What a process of its own finds out."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.cube.growth", *words], stdout=subprocess.PIPE, text=True, check=True
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _make(file: str, scale: str) -> dict[str, float]:
    began = time.monotonic()
    with DuckDB(file) as engine:
        generate(engine, Size().times(float(scale)))
    return {"seconds": time.monotonic() - began, "memory": peak()}


def _ask(file: str) -> dict[str, float]:
    with DuckDB(file) as engine:
        shapes = _twice(engine, [dict(shape.request) for shape in SHAPES])
        rollups.find(engine)
        return {"shapes": shapes, "distinct": _twice(engine, [DISTINCT]), "memory": peak()}


def _lend(file: str) -> dict[str, float]:
    with (
        tempfile.TemporaryDirectory(prefix="dangol-bench-") as folder,
        ClickHouse(f"{EMBEDDED}{folder}") as engine,
    ):
        began = time.monotonic()
        engine.writing.command("CREATE DATABASE lent")
        with DuckDB(file) as lender:
            for table in star.metadata.sorted_tables:
                _lent(lender, engine, table)
        seconds = time.monotonic() - began
        engine.read_from("lent")
        shapes = _twice(engine, [dict(shape.request) for shape in SHAPES])
        return {
            "seconds": seconds,
            "shapes": shapes,
            "distinct": _twice(engine, [DISTINCT]),
            "memory": peak(),
        }


def _lent(lender: DuckDB, engine: ClickHouse, table: Table) -> None:
    """ClickHouse has the table as DuckDB has it."""
    for statement in create_table(table, "lent"):
        engine.writing.command(statement)
    with lender.transaction() as cursor:
        for batch in cursor.sql(f'SELECT * FROM "{table.name}"').to_arrow_reader(ROWS):
            append(engine.writing, table, pa.Table.from_batches([batch]), database="lent", version=1)


def _twice(engine: ask.Engine, requests: Sequence[dict[str, str]]) -> float:
    """Milliseconds of the second time that all is asked."""
    for _ in range(2):
        began = time.perf_counter()
        for request in requests:
            _answer(engine, request)
        seconds = time.perf_counter() - began
    return seconds * 1000


def _answer(engine: ask.Engine, request: dict[str, str]) -> Any:
    cut, drilldown = ([request[name]] if name in request else [] for name in ("cut", "drilldown"))
    texts = Texts(cut=cut, drilldown=drilldown, aggregates=[request["aggregates"]])
    now = datetime(2025, 12, 31, tzinfo=UTC)
    model = model_of("sales")
    return ask.aggregate(engine, model, aggregate_request(model, texts, now=now, language="en"), NONE)


WHAT: dict[str, Callable[..., dict[str, float]]] = {"make": _make, "ask": _ask, "lend": _lend}

if __name__ == "__main__":
    what, file, *scale = sys.argv[1:]
    print(json.dumps(WHAT[what](file, *scale)))
