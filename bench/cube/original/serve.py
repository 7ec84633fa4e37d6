"""Serves the original Slicer on a star in Postgres: `python serve.py '{"url": .., "schema": .., "port": ..}'`.

Runs on its own, in the old server's environment.
"""

import collections
import collections.abc
import configparser
import json
import sys
import tempfile
from pathlib import Path

for name in collections.abc.__all__:
    if not hasattr(collections, name):
        setattr(collections, name, getattr(collections.abc, name))

from cubes.server import create_server  # noqa: E402  # type: ignore[import-not-found,unused-ignore]  # old environment
from werkzeug.serving import run_simple  # type: ignore[import-not-found,unused-ignore]  # noqa: E402 (as above)

MODEL = {
    "cubes": [
        {
            "name": "sales",
            "dimensions": ["date", "product"],
            "measures": ["net_revenue"],
            "aggregates": [{"name": "revenue", "function": "sum", "measure": "net_revenue"}],
            "joins": [
                {"master": "sales.date_key", "detail": "date.date_key"},
                {"master": "sales.product_key", "detail": "product.product_key"},
            ],
        }
    ],
    "dimensions": [
        {"name": "date", "levels": ["year", "quarter", "month"]},
        {"name": "product", "levels": ["department", "category"]},
    ],
}


def main() -> None:
    told = json.loads(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "model.json").write_text(json.dumps(MODEL), encoding="utf-8")
        config = configparser.ConfigParser(interpolation=None)
        config.read_string(
            f"[server]\nlog_level: error\n[store]\ntype: sql\nurl: {told['url']}\nschema: {told['schema']}\n"
            f"[models]\nmain: {folder}/model.json\n"
        )
        run_simple("127.0.0.1", told["port"], create_server(config))


main()
