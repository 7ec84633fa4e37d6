"""Questions to the small star whose calendar has every day, and how hand-written SQL reads the same facts."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from olap import ask
from olap.engines.duckdb import DuckDB
from olap.plan import NONE, RowFilter
from olap.request import ALL_ROWS, Paging, Texts, aggregate_request
from olap.result import AggregateResult
from tests.olap.cube.asking import SALES
from tests.olap.cube.calendar_star import engine_of, on_every_day

FROM = """
    FROM sales s JOIN date d USING (date_key) JOIN product p USING (product_key)
    JOIN customer c USING (customer_key) JOIN currency m USING (currency_key)
    JOIN line_kind k USING (line_kind_key)
"""
POUNDS = "currency:GBP"
NOW = datetime(2012, 1, 2, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def whole() -> Iterator[DuckDB]:
    with engine_of(on_every_day()) as engine:
        yield engine


def asked(
    engine: DuckDB,
    texts: Texts,
    *,
    now: datetime = NOW,
    paging: Paging = ALL_ROWS,
    row_filter: RowFilter = NONE,
) -> AggregateResult:
    wanted = aggregate_request(SALES, texts, paging=paging, now=now, language="en")
    return ask.aggregate(engine, SALES, wanted, row_filter)


def table(result: AggregateResult, *names: str) -> list[tuple[Any, ...]]:
    return [tuple(record[name] for name in names) for record in result.records]
