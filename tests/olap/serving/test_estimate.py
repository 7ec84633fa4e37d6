"""A question that would have too many cells is refused before it runs, with its estimate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pytest
from sqlalchemy import ClauseElement

from olap import ask
from olap.engines.duckdb import DuckDB
from olap.plan import NONE, RowFilter
from olap.request import Paging, Texts, aggregate_request
from olap.serving.cache import Cached
from olap.serving.estimate import check_size
from olap.vocabulary import TooMuch, model_of
from tests.olap.cube.asking import NOW
from tests.olap.small_star import KINDS, LINES, products_engine

SALES = model_of("sales")


@dataclass
class Counting:
    """Counts the queries of an engine."""

    engine: DuckDB
    asked: list[ClauseElement] = field(default_factory=list)

    def fetch(self, statement: ClauseElement, values: Mapping[str, Any]) -> pa.Table:
        self.asked.append(statement)
        return self.engine.fetch(statement, values)


def check(engine: ask.Engine, most: int, drilldown: Sequence[str], cut: Sequence[str] = ()) -> None:
    texts = Texts(drilldown=drilldown, cut=cut, aggregates=["lines"])
    request = aggregate_request(SALES, texts, paging=Paging(0, 10), now=NOW, language="en")
    check_size(engine, SALES, request, NONE, most=most)


class TestEstimates:
    def test_the_members_of_the_levels_are_multiplied(self, small: DuckDB) -> None:
        check(small, 12, ["known", "line_kind"])

        with pytest.raises(
            TooMuch, match=r"about \d+ cells, and 5 are computed at most: cut the cell, or drill"
        ):
            check(small, 5, ["known", "line_kind", "channel"])

    def test_there_are_no_more_cells_than_facts(self, small: DuckDB) -> None:
        facts = len(LINES)

        check(small, facts, ["date:day", "product:product", "customer:district"])
        with pytest.raises(TooMuch, match=f"about {facts} cells"):
            check(small, facts - 1, ["date:day", "product:product", "customer:district"])

    def test_cuts_leave_fewer(self) -> None:
        with products_engine(1000) as engine:
            with pytest.raises(TooMuch, match="about 1,000 cells"):
                check(engine, 500, ["product:product"])
            check(
                engine,
                500,
                ["product:product"],
                ["product:home,candles,__null__,P00001;home,candles,__null__,P00002"],
            )

    def test_both_sides_of_a_split_count(self, small: DuckDB) -> None:
        texts = Texts(drilldown=["line_kind"], split=["date:2011"], aggregates=["lines"])
        request = aggregate_request(SALES, texts, now=NOW, language="en")
        kinds = len(KINDS)

        check_size(small, SALES, request, NONE, most=2 * kinds)
        with pytest.raises(TooMuch):
            check_size(small, SALES, request, NONE, most=2 * kinds - 1)

    def test_without_a_drilldown_nothing_is_asked(self, small: DuckDB) -> None:
        engine = Counting(small)

        check(engine, 0, [])

        assert engine.asked == []

    def test_a_small_answer_costs_a_query_for_each_dimension(self, small: DuckDB) -> None:
        engine = Counting(small)

        check(engine, 10_000, ["known", "date:month"])

        assert len(engine.asked) == 2

    def test_years_before_and_after_the_facts_are_no_cells(self) -> None:
        with products_engine(10) as engine:
            with engine.transaction() as cursor:
                cursor.execute(
                    "INSERT INTO date (date_key, year) SELECT 90 + i, 2050 + i FROM range(90) t(i)"
                )
            counting = Counting(engine)

            check(counting, 10, ["date:year"])

            assert len(counting.asked) == 2
            with pytest.raises(TooMuch, match="about 10 cells"):
                check(engine, 9, ["date:year", "product:product"])

    def test_what_is_not_cut_is_not_counted_again(self, small: DuckDB) -> None:
        engine = Counting(small)

        check(
            engine, 2 * len(KINDS), ["line_kind", "known", "channel:channel"], ["channel:__null__,__null__"]
        )

        assert len(engine.asked) == 4

    def test_asked_again_soon_it_costs_nothing(self, small: DuckDB) -> None:
        cached = Cached(small, lambda: "")
        before = len(cached.sizes)
        check(cached, 10_000, ["known", "date:month"])
        counted = dict(cached.sizes)

        check(cached, 10_000, ["known", "date:month"])

        assert (before, len(counted)) == (0, 2)
        assert cached.sizes == counted

    def test_it_tells_nobody_how_many_facts_there_are_of_others(self, small: DuckDB) -> None:
        request = aggregate_request(
            SALES,
            Texts(drilldown=["date:day", "product:product"], aggregates=["lines"]),
            paging=Paging(0, 10),
            now=NOW,
            language="en",
        )

        check_size(small, SALES, request, RowFilter(branch_keys=frozenset()), most=1)
        with pytest.raises(TooMuch, match="about"):
            check_size(small, SALES, request, NONE, most=1)
