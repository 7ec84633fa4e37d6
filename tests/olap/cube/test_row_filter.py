"""What the caller may see lies below every cell, on every route."""

from typing import Any

import pytest

from olap import ask
from olap.details import cell_details
from olap.engines.duckdb import DuckDB
from olap.plan import RowFilter
from olap.request import fact_request
from olap.vocabulary import cell_of
from tests.olap.cube.asking import SALES, aggregated, facts, members, rows

OWN = RowFilter(owner_id=7)
BRANCH = RowFilter(branch_keys=frozenset({1}))
NOTHING = RowFilter(branch_keys=frozenset())
SEEN = {
    OWN: "s.customer_id IN (1, 2)",
    # Sales of the branch, and of the customers who belong to it.
    BRANCH: "s.branch_key = 1 OR c.home_branch_id = 1",
    RowFilter(branch_keys=frozenset({1}), owner_id=7): "s.customer_id = 1",
    NOTHING: "false",
}


@pytest.mark.parametrize(("row_filter", "condition"), list(SEEN.items()), ids=list(SEEN.values()))
class TestEveryRoute:
    def test_aggregates(self, small: DuckDB, row_filter: RowFilter, condition: str) -> None:
        result = aggregated(small, row_filter=row_filter, aggregates="lines", drilldown="product:category")

        assert [result.summary["lines"]] == _visible(small, condition, "count(*)")
        assert sum(record["lines"] for record in result.records) == result.summary["lines"]

    def test_facts(self, small: DuckDB, row_filter: RowFilter, condition: str) -> None:
        found = facts(small, row_filter=row_filter)

        assert [record["__fact_key__"] for record in found.records] == _visible(small, condition, "line_id")

    def test_one_fact(self, small: DuckDB, row_filter: RowFilter, condition: str) -> None:
        keys = [str(key) for (key,) in rows(small, "SELECT line_id FROM sales ORDER BY 1")]

        seen = [key for key in keys if _fact(small, key, row_filter)]

        assert [int(key) for key in seen] == _visible(small, condition, "line_id")

    def test_members(self, small: DuckDB, row_filter: RowFilter, condition: str) -> None:
        found = members(small, "product", row_filter=row_filter)

        codes = [record["product.code"] for record in found.records if record["product.code"] is not None]
        assert sorted(codes) == _visible(small, condition, "DISTINCT p.code")

    def test_details(self, small: DuckDB, row_filter: RowFilter, condition: str) -> None:
        cell = cell_of(SALES, ["customer:대한민국;France;United Kingdom"])

        known = cell_details(small, SALES, cell, row_filter)

        seen = [path[0]["customer.country"] for path in known[0] if path is not None]
        wanted = f"({condition}) AND c.country IN ('대한민국', 'France', 'United Kingdom')"
        assert sorted(seen) == _visible(small, wanted, "DISTINCT c.country")


class TestNoCutWidensIt:
    @pytest.mark.parametrize(
        "parameters",
        [
            {"cut": "customer:대한민국"},
            {"cut": "!customer:France"},
            {"cut": ["customer:대한민국;France", "branch:__null__;south"]},
            {"split": "customer:대한민국"},
            {"drilldown": "customer", "cut": "!customer:nowhere", "nulls": True},
        ],
        ids=str,
    )
    def test_of_an_aggregate(self, small: DuckDB, parameters: dict[str, Any]) -> None:
        result = aggregated(small, row_filter=OWN, aggregates="customers", **parameters)

        assert result.summary["customers"] <= 2
        assert {r.get("customer.country") for r in result.records} <= {"France", None}


def _visible(engine: DuckDB, condition: str, what: str) -> list[Any]:
    joined = "sales s JOIN customer c USING (customer_key) JOIN product p USING (product_key)"
    found = rows(engine, f"SELECT {what} AS seen FROM {joined} WHERE {condition} ORDER BY seen")
    return [value for (value,) in found if value is not None]


def _fact(engine: DuckDB, key: str, row_filter: RowFilter) -> bool:
    wanted = fact_request(SALES, key, language="en")
    return bool(ask.facts(engine, SALES, wanted, row_filter).table.num_rows)
