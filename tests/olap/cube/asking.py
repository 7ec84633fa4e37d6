"""Asking the small star from a test, in the words of a query string."""

from datetime import UTC, datetime
from typing import Any

from olap import ask
from olap.ask import Engine
from olap.engines.duckdb import DuckDB
from olap.plan import NONE, RowFilter
from olap.request import ALL_ROWS, ONCE, Paging, Texts, aggregate_request, facts_request, members_request
from olap.result import AggregateResult, Rows
from olap.vocabulary import models

SALES = models()["sales"]
NOW = datetime(2011, 3, 5, 9, 30, tzinfo=UTC)


def texts(**parameters: str | list[str] | bool) -> Texts:
    """`cut="..."`, `drilldown="..."` and so on; a list stands for a repeated parameter."""
    lists: dict[str, Any] = {
        name: [text] if isinstance(text, str) and name not in ONCE else text
        for name, text in parameters.items()
    }
    return Texts(**lists)


def aggregated(
    engine: Engine, *, paging: Paging = ALL_ROWS, row_filter: RowFilter = NONE, **parameters: Any
) -> AggregateResult:
    wanted = aggregate_request(SALES, texts(**parameters), paging=paging, now=NOW, language="en")
    return ask.aggregate(engine, SALES, wanted, row_filter)


def members(
    engine: Engine,
    dimension: str,
    *,
    paging: Paging = ALL_ROWS,
    row_filter: RowFilter = NONE,
    **parameters: Any,
) -> Rows:
    place = {name: parameters.pop(name, None) for name in ("hierarchy", "level", "depth")}
    wanted = members_request(
        SALES, texts(**parameters), dimension=dimension, **place, paging=paging, now=NOW, language="en"
    )
    return ask.members(engine, SALES, wanted, row_filter)


def facts(
    engine: Engine, *, paging: Paging = ALL_ROWS, row_filter: RowFilter = NONE, **parameters: Any
) -> Rows:
    wanted = facts_request(SALES, texts(**parameters), paging=paging, now=NOW, language="en")
    return ask.facts(engine, SALES, wanted, row_filter)


def rows(engine: DuckDB, sql: str) -> list[tuple[Any, ...]]:
    """What hand-written SQL gives on the same facts."""
    with engine.transaction() as cursor:
        return list(cursor.execute(sql).fetchall())


def values(records: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """The records' values, in their order."""
    return [tuple(record.values()) for record in records]
