"""Adding a measure and a dimension touches the mart view and the model file, and nothing else."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from domain.postgres import Server
from tests.olap.store.shop import open_shop

ROOT = Path(__file__).parents[3]

SCRIPT = """
import json, sys
from types import SimpleNamespace
from olap import mart, source
from olap.browser import Browser
from olap.engines.duckdb import DuckDB
from olap.load import build
from olap.refresh import refresh
from olap.verify import compare

assert mart.__file__.startswith(sys.argv[2]), mart.__file__
with DuckDB(threads=1) as engine, source.connect(sys.argv[1]) as connection:
    source.execute(connection, "DROP SCHEMA mart CASCADE")
    source.execute(connection, "CREATE SCHEMA mart")
    for view in mart.views():
        source.execute(connection, f"CREATE VIEW mart.{view} AS {mart.definition(view)}")
    mark = build(engine, connection).watermark
    source.execute(connection, "UPDATE order_lines SET quantity = 7 WHERE id = 1")
    with source.snapshot(connection):
        mark = refresh(engine, connection, mark)
        with engine.reading() as cube:
            found = compare(cube, connection, mark).differences
    store = SimpleNamespace(engine=engine, time_zone="Asia/Seoul")
    answer = Browser("sales", store).aggregate(drilldown=["size"], aggregates=["tax", "lines"], cell="currency:GBP")
    print(json.dumps({"cells": answer.cells, "differences": [each.text() for each in found]}, default=float))
"""


def _copy(to: Path) -> Path:
    """The package `olap` alone, with one more column each for a measure and a dimension."""
    shutil.copytree(ROOT / "olap", to / "olap", ignore=shutil.ignore_patterns("__pycache__"))
    view, model = to / "olap" / "mart" / "sales.sql", to / "olap" / "model" / "sales.json"
    said = "-- @column tax money not null\n-- @column size text not null\nSELECT\n"
    more = "SELECT\n    (l.net_revenue / 10)::numeric(19, 4) AS tax,\n"
    more += "    CASE WHEN l.quantity >= 5 THEN 'large' ELSE 'small' END AS size,\n"
    text = view.read_text(encoding="utf-8").replace("SELECT\n", said, 1)
    head, _, body = text.partition("SELECT\n")
    view.write_text(head + more + body, encoding="utf-8")
    model.write_text(json.dumps(_with_more(json.loads(model.read_text(encoding="utf-8")))), encoding="utf-8")
    return to


def _with_more(document: dict[str, Any]) -> dict[str, Any]:
    label = {"en": "x", "ko": "x"}
    cube = document["cube"]
    cube["measures"].append({"name": "line_tax", "label": label, "info": {"unit": "money"}})
    cube["mappings"]["line_tax"] = "sales.tax"
    cube["aggregates"].append(
        {"name": "tax", "label": label, "info": {"unit": "money"}, "function": "sum", "measure": "line_tax"}
    )
    cube["dimensions"].append("size")
    level = {"name": "size", "label": label, "attributes": [{"name": "size", "label": label}]}
    document["dimensions"].append({"name": "size", "label": label, "levels": [level], "table": "sales"})
    return document


class TestOneMore:
    def test_a_measure_and_a_dimension_are_built_refreshed_verified_and_asked(
        self, server: Server, admin: Callable[[str], None], template: str, tmp_path: Path
    ) -> None:
        admin(f"CREATE DATABASE one_more TEMPLATE {template} STRATEGY file_copy")
        copied = _copy(tmp_path)
        with open_shop(server.url("one_more")) as shop:
            asked = subprocess.run(
                [sys.executable, "-c", SCRIPT, shop.url, str(copied)],
                env={**os.environ, "PYTHONPATH": str(copied)},
                cwd=copied,
                capture_output=True,
                text=True,
                check=False,
            )
            expected = shop.value("SELECT sum(net_revenue / 10)::float8 FROM order_lines WHERE quantity >= 5")

        assert asked.returncode == 0, asked.stderr
        answer = json.loads(asked.stdout)
        assert answer["differences"] == []
        assert answer["cells"][0] == {"size": "large", "tax": expected, "lines": 2}
