"""(i) Time and memory as the star grows: a table for docs/, each row measured in processes of its own."""

import json
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.cube.figures import peak, told
from bench.cube.shapes import SHAPES
from bench.star import Size, generate
from olap import ask
from olap.engines.duckdb import DuckDB
from olap.plan import NONE
from olap.request import Texts, aggregate_request
from olap.rollups import kept as rollups
from olap.vocabulary import model_of

MILLIONS = (1, 3, 10, 30)
HEAD = "| lines | file | make star and rollups | 13 shapes from facts | distinct customers by year | memory, asking |"


def measure(scale: float) -> bool:
    """Print the table; there is no goal."""
    rows = []
    for millions in MILLIONS:
        size = Size().times(millions / 6 * scale)
        with tempfile.TemporaryDirectory(prefix="dangol-bench-") as folder:
            file = str(Path(folder) / "star.duckdb")
            made = _apart("make", file, str(millions / 6 * scale))
            found = _apart("ask", file)
            megabytes = Path(file).stat().st_size / 2**20
        rows.append(
            f"| {size.lines:,} | {megabytes:,.0f} MB | {made['seconds']:.1f} s, {made['memory']:,.0f} MB"
            f" | {found['shapes']:,.0f} ms | {found['distinct']:.1f} ms | {found['memory']:,.0f} MB |"
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
    """Milliseconds of the second time that everything is asked."""
    with DuckDB(file) as engine:
        for _ in range(2):
            began = time.perf_counter()
            for shape in SHAPES:
                _answer(engine, dict(shape.request))
            shapes = time.perf_counter() - began
        rollups.find(engine)
        for _ in range(2):
            began = time.perf_counter()
            _answer(engine, {"drilldown": "date:year", "aggregates": "customers"})
            distinct = time.perf_counter() - began
    return {"shapes": shapes * 1000, "distinct": distinct * 1000, "memory": peak()}


def _answer(engine: DuckDB, request: dict[str, str]) -> Any:
    cut, drilldown = ([request[name]] if name in request else [] for name in ("cut", "drilldown"))
    texts = Texts(cut=cut, drilldown=drilldown, aggregates=[request["aggregates"]])
    now = datetime(2025, 12, 31, tzinfo=UTC)
    model = model_of("sales")
    return ask.aggregate(engine, model, aggregate_request(model, texts, now=now, language="en"), NONE)


if __name__ == "__main__":
    what, file, *scale = sys.argv[1:]
    print(json.dumps(_make(file, *scale) if what == "make" else _ask(file)))
