"""Cells that are asked for alone, and added up here: what the engine itself answers of the whole beside them."""

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
import pytest
from sqlalchemy import ClauseElement

from olap import few
from olap.ask import MixedCurrencies
from olap.engines.duckdb import DuckDB
from olap.request import Paging
from tests.olap.cube.asking import aggregated

PAGE = Paging(ceiling=1000)

ALONE = [
    {"cut": "date:2011", "drilldown": "customer:region", "aggregates": "net_revenue,units,lines"},
    {"cut": "date:2011", "drilldown": "product:category", "aggregates": "margin,cost", "order": "cost:desc"},
    {"drilldown": "date:month|known", "aggregates": "lines"},
    {"cut": "currency:KRW", "drilldown": "channel", "aggregates": "net_revenue,cost"},
    {"cut": "date:2011", "drilldown": "date:month", "aggregates": "margin_rate"},
    {
        "cut": "date:2011",
        "drilldown": "product:category",
        "aggregates": "margin_rate,lines,net_revenue",
        "order": "margin_rate:desc",
    },
]

WITH_MORE = [
    {"cut": "date:2011", "drilldown": "date:month", "aggregates": "aov"},
    {"drilldown": "customer", "aggregates": "customers"},
    {"cut": "date:2011", "drilldown": "known", "aggregates": "net_revenue", "totals": "yes"},
    {"cut": "date:2011", "drilldown": "known", "split": "gender:female", "aggregates": "lines"},
]


class Counting:
    """An engine that counts what it is asked."""

    def __init__(self, engine: DuckDB) -> None:
        self._engine = engine
        self.asked = 0

    def fetch(self, statement: ClauseElement, values: Mapping[str, Any]) -> pa.Table:
        self.asked += 1
        return self._engine.fetch(statement, values)


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    few._many.clear()
    yield
    few._many.clear()


class TestFewCells:
    @pytest.mark.parametrize("question", [*ALONE, *WITH_MORE])
    def test_their_answer_is_that_of_the_engine(self, small: DuckDB, question: dict[str, Any]) -> None:
        wanted = aggregated(small, **question)

        given = aggregated(small, paging=PAGE, **question)

        assert (given.summary, given.records, given.total) == (wanted.summary, wanted.records, wanted.total)
        assert given.cells.schema == wanted.cells.schema
        assert (given.attributes, given.aggregates) == (wanted.attributes, wanted.aggregates)

    @pytest.mark.parametrize("question", ALONE)
    def test_the_facts_are_asked_once(self, small: DuckDB, question: dict[str, Any]) -> None:
        engine = Counting(small)

        aggregated(engine, paging=PAGE, **question)

        assert engine.asked == 1

    def test_no_cells_have_the_summary_of_nothing(self, small: DuckDB) -> None:
        given = aggregated(
            small, paging=PAGE, cut="date:1999", drilldown="known", aggregates="net_revenue,cost,lines"
        )

        assert (given.summary, given.total) == ({"net_revenue": 0, "cost": None, "lines": 0}, 0)

    def test_amounts_in_several_currencies_are_refused(self, small: DuckDB) -> None:
        with pytest.raises(MixedCurrencies):
            aggregated(small, paging=PAGE, drilldown="known", aggregates="net_revenue")

    def test_more_cells_than_the_page_holds_are_counted_and_summed_all_the_same(self, small: DuckDB) -> None:
        wanted = aggregated(small, drilldown="date:month", aggregates="lines")

        given = aggregated(small, paging=Paging(ceiling=2), drilldown="date:month", aggregates="lines")

        assert (given.summary, given.total, given.cut_short) == (wanted.summary, wanted.total, True)
        assert given.records == wanted.records[:2]

    def test_a_question_that_had_too_many_is_not_asked_for_them_alone_again(self, small: DuckDB) -> None:
        engine = Counting(small)
        for _ in range(2):
            aggregated(engine, paging=Paging(ceiling=2), drilldown="date:month", aggregates="lines")

        assert engine.asked == 3
