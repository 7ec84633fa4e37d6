"""What a build of the cube costs Postgres, on data of a real shape: figures that a small star would not show."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from olap import monthly, source, star
from tests.domain.demo.asking import Connection

STREAMED = sorted(name for name, table in star.metadata.tables.items() if not monthly.is_monthly(table))

AS_OFTEN = 4
"""A view may need a table several times, never once for each of its rows."""


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All nodes of a plan."""
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)


def _rows_read(plan: dict[str, Any]) -> Counter[str]:
    """How many rows each table was asked for, those that a condition threw away too."""
    read: Counter[str] = Counter()
    for node in _nodes(plan):
        if "Relation Name" in node:
            rows = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
            read[node["Relation Name"]] += round(rows * node["Actual Loops"])
    return read


class TestBuild:
    @pytest.mark.parametrize("view", STREAMED)
    async def test_no_view_reads_a_table_anew_for_each_row(self, asked: Connection, view: str) -> None:
        async with asked.transaction():
            await asked.execute("SET LOCAL enable_nestloop = off")  # as a build does
            query = source.view(star.metadata.tables[view])
            (text,) = await asked.fetchrow(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {query}") or [""]
            tables = await asked.fetch(
                "SELECT relname, n_live_tup FROM pg_stat_user_tables WHERE n_live_tup > 1000"
            )
            held = {row["relname"]: row["n_live_tup"] for row in tables}

        read = _rows_read(json.loads(text)[0]["Plan"])

        assert {name: rows for name, rows in read.items() if rows > AS_OFTEN * held.get(name, 1e6)} == {}
