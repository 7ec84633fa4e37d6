"""The small star, and the model of its cube as the original server takes it, as JSON on standard output.

Tables that the small star leaves empty are left out, with the dimensions that lie in them: of some a customer has a row
for each of several times, which the original knows no way to choose from.
"""

import json
import sys
from datetime import date, datetime
from decimal import Decimal
from importlib import resources
from typing import Any

from olap.vocabulary.documents import whole as whole_document
from olap.vocabulary.languages import localized
from olap.vocabulary.models import without_ours
from tests.olap.small_star import ROWS, whole

SUMS = ("net_revenue", "gross", "discount", "units", "lines")
"""Aggregates that the original can compute; it knows no conditions and no exact ratios."""


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date | datetime) else value


def _table(column: str) -> str:
    return column.split(".")[0]


def star_and_model() -> dict[str, Any]:
    """Tables as lists of rows, and the model in English."""
    document = json.loads((resources.files("olap") / "model" / "sales.json").read_text(encoding="utf-8"))
    model = without_ours(localized(whole_document(document), "en"))
    cube = model["cube"]
    cube["aggregates"] = [item for item in cube["aggregates"] if item["name"] in SUMS]
    there = {table.name for table in ROWS}
    cube["joins"] = [join for join in cube["joins"] if join["detail"].split(".")[0] in there]
    elsewhere = {
        name.split(".")[0] for name, column in cube["mappings"].items() if _table(column) not in there
    }
    cube["dimensions"] = [name for name in cube["dimensions"] if name not in elsewhere]
    tables = {
        table.name: {
            "columns": {column.name: str(column.type) for column in table.columns},
            "rows": [[_plain(value) for value in row] for row in whole(table, rows)],
        }
        for table, rows in ROWS.items()
    }
    return {"tables": tables, "model": {"name": "small", "cubes": [cube], "dimensions": model["dimensions"]}}


if __name__ == "__main__":
    json.dump(star_and_model(), sys.stdout, ensure_ascii=False)
