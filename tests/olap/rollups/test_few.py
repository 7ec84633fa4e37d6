"""Cells of a rollup that are asked for alone, and added up here, are those of the facts."""

from typing import Any

import pytest

from olap.engines.duckdb import DuckDB
from tests.olap.cube.asking import aggregated
from tests.olap.cube.test_few import ALONE, PAGE


class TestFewCells:
    @pytest.mark.parametrize("question", ALONE)
    def test_a_rollup_has_the_same(
        self, small: DuckDB, small_rolled: DuckDB, question: dict[str, Any]
    ) -> None:
        wanted = aggregated(small, **question)

        given = aggregated(small_rolled, paging=PAGE, **question)

        assert given.rollup is not None
        assert (given.summary, given.records, given.total) == (wanted.summary, wanted.records, wanted.total)
        assert given.cells.schema == wanted.cells.schema
