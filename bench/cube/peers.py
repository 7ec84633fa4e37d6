"""(e, f) A drilldown by two dimensions on a star of a million lines in Postgres: against the original Slicer on the
same Postgres, and our Postgres engine against SQL that a person writes."""

import http.client
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from bench.cube import original
from bench.cube.figures import Figure, show, timed, told
from bench.cube.server import Asked, document, serving
from bench.cube_build import together, wholesaler
from olap import ask, source
from olap.engines.postgres import Postgres
from olap.owner.deeds import rebuild
from olap.plan import NONE
from olap.request import Texts, aggregate_request
from olap.vocabulary import model_of

LINES = 1_000_000
FASTER_GOAL, BESIDE_GOAL = 50.0, 1.1

TABLES = {"sales": "line_id", "date": "date_key", "product": "product_key"}
REQUEST = {"drilldown": "date:month|product:department", "aggregates": "net_revenue"}
THEIRS = "/cube/sales/aggregate?drilldown=date:month|product:department&aggregates=revenue"
BY_HAND = """
    SELECT d.year, d.quarter, d.month, p.department, sum(s.net_revenue)::text AS net_revenue
    FROM mart.sales s JOIN mart.date d USING (date_key) JOIN mart.product p USING (product_key)
    GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""


def filled(url: str, folder: Path, scale: float) -> Path:
    """The store has its lines, the original its star as tables with keys, and the cube is built."""
    lines = max(20_000, int(LINES * scale))
    wholesaler(lines).fill(url)
    with source.connect(url) as connection:
        for table, key in TABLES.items():
            made = f"CREATE TABLE original.{table} AS SELECT * FROM mart.{table}"
            keyed = f"ALTER TABLE original.{table} ADD PRIMARY KEY ({key})"
            source.execute(connection, together(f"CREATE SCHEMA IF NOT EXISTS original; {made}; {keyed}"))
        source.execute(connection, "ANALYZE")
    cube = folder / "cube.duckdb"
    rebuild(url, cube)
    told(f"{lines:,} lines in Postgres, in the original's tables and in the cube")
    return cube


def measure_original(url: str, cube: Path, rounds: int) -> bool:
    """Whether ours over HTTP is so much faster, no answer kept. Without a registry: skipped, and met."""
    try:
        with (
            original.serving(url, "original") as theirs,
            serving(url, cube, without="cache") as (port, token),
        ):
            asked = Asked(port, token)
            _same(_theirs(theirs), document(asked.aggregate(REQUEST)))
            times = [
                (timed(lambda: _theirs(theirs)), timed(lambda: asked.aggregate(REQUEST)))
                for _ in range(rounds)
            ]
    except original.NotHere as reason:
        told(f"(e) skipped, the original Slicer is not here: {reason}")
        return True
    return show(
        [
            Figure("(e) the original Slicer 1.1", [slow for slow, _ in times], "ms"),
            Figure("(e) ours, over HTTP", [quick for _, quick in times], "ms"),
            Figure(
                "(e) as fast as the original",
                [slow / quick for slow, quick in times],
                "x",
                FASTER_GOAL,
                "least",
            ),
        ]
    )


def measure_postgres(url: str, cube: Path, rounds: int) -> bool:
    """Whether the engine that copies nothing costs what SQL by hand costs, on the same views and settings."""
    del cube
    model = model_of("sales")
    texts = Texts(drilldown=[REQUEST["drilldown"]], aggregates=[REQUEST["aggregates"]])
    wanted = aggregate_request(model, texts, now=datetime(2025, 12, 31, tzinfo=UTC), language="en")
    with Postgres(url) as engine, source.connect(url) as connection:
        source.read(
            connection,
            "SELECT set_config('work_mem', '64MB', false), set_config('jit', 'off', false),"
            " set_config('enable_mergejoin', 'off', false)",  # what helps us helps the hand
        )
        cells = ask.aggregate(engine, model, wanted, NONE).cells
        by_hand = source.read(connection, BY_HAND).column("net_revenue").to_pylist()
        given = cells.column("net_revenue").to_pylist()
        assert sorted(given) == sorted(map(Decimal, by_hand))
        times = [
            (
                timed(lambda: ask.aggregate(engine, model, wanted, NONE)),
                timed(lambda: source.read(connection, BY_HAND)),
            )
            for _ in range(rounds)
        ]
    return show(
        [
            Figure("(f) the Postgres engine", [ours for ours, _ in times], "ms"),
            Figure("(f) engine / SQL by hand", [ours / bare for ours, bare in times], "x", BESIDE_GOAL),
        ]
    )


def _theirs(port: int) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", THEIRS)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"the original says {answer.status}: {body[:300]!r}")
    return json.loads(body)


def _same(theirs: Any, ours: Any) -> None:
    """Raises AssertionError where the two differ by more than the original's floats are apart."""
    told_there, told_here = (
        [cell[name] for cell in answer["cells"]]
        for answer, name in ((theirs, "revenue"), (ours, "net_revenue"))
    )
    assert len(told_there) == len(told_here) > 1
    pairs = zip(sorted(map(float, told_there)), sorted(map(float, told_here)), strict=True)
    assert all(abs(one - other) < 0.01 for one, other in pairs)
