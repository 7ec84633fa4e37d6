"""Answers that are kept: found again for the same question to the same cube, by nobody who may see less."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
import sqlalchemy as sa
from sqlalchemy import ClauseElement

from olap import ask
from olap.engines.duckdb import DuckDB
from olap.engines.interrupt import Interrupt
from olap.plan import NONE, RowFilter
from olap.request import Texts, aggregate_request, facts_request, members_request
from olap.serving.cache import SHARE, Cached
from olap.vocabulary import model_of
from tests.olap.cube.asking import NOW

SALES = model_of("sales")
STATEMENT: sa.Select[Any] = sa.select(sa.bindparam("v0").label("value"))


@dataclass
class Counting:
    """Gives a table of `rows` rows of 8 bytes, and counts how often it was asked."""

    rows: int = 1
    asked: list[Mapping[str, Any]] = field(default_factory=list)

    def fetch(
        self, statement: ClauseElement, values: Mapping[str, Any], *, interrupt: Interrupt | None = None
    ) -> pa.Table:
        self.asked.append(values)
        return pa.table({"value": pa.array([len(self.asked)] * self.rows, pa.int64())})


def lines(engine: ask.Engine, row_filter: RowFilter) -> int:
    texts = Texts(aggregates=["lines"], cut=["date:2009-2012"])
    request = aggregate_request(SALES, texts, now=NOW, language="en")
    return int(ask.aggregate(engine, SALES, request, row_filter).summary["lines"])


class TestKept:
    def test_the_same_question_is_asked_once(self) -> None:
        engine = Counting()
        cached = Cached(engine, lambda: "1")

        answers = [cached.fetch(STATEMENT, {"v0": 1}) for _ in range(3)]

        assert len(engine.asked) == 1
        assert answers[0] is answers[2]
        assert cached.hits == 2

    def test_a_cube_that_changed_is_asked_again(self) -> None:
        version, engine = ["1"], Counting()
        cached = Cached(engine, lambda: version[0])

        cached.fetch(STATEMENT, {"v0": 1})
        version[0] = "2"
        found = cached.fetch(STATEMENT, {"v0": 1})

        assert found.column("value").to_pylist() == [2]

    @pytest.mark.parametrize(
        "other", [2, True, 1.0, Decimal(1), "1", None, [1], (1, 1), (True,)], ids=lambda value: f"{value!r}"
    )
    def test_other_values_are_another_question(self, other: object) -> None:
        engine = Counting()
        cached = Cached(engine, lambda: "1")

        cached.fetch(STATEMENT, {"v0": 1})
        cached.fetch(STATEMENT, {"v0": other})

        assert len(engine.asked) == 2

    def test_so_is_another_statement_with_the_same_values(self) -> None:
        engine = Counting()
        cached = Cached(engine, lambda: "1")

        cached.fetch(STATEMENT, {"v0": 1})
        cached.fetch(sa.select(sa.bindparam("v0").label("other")), {"v0": 1})

        assert len(engine.asked) == 2

    def test_the_bytes_are_bounded_and_the_ones_used_last_stay(self) -> None:
        engine = Counting(rows=10)
        cached = Cached(engine, lambda: "1", most=80 * SHARE)

        for value in range(SHARE):
            cached.fetch(STATEMENT, {"v0": value})
        cached.fetch(STATEMENT, {"v0": 0})
        cached.fetch(STATEMENT, {"v0": SHARE})
        before = len(engine.asked)
        cached.fetch(STATEMENT, {"v0": 0})
        cached.fetch(STATEMENT, {"v0": 1})

        assert before == SHARE + 1
        assert engine.asked[-1] == {"v0": 1}
        assert len(engine.asked) == before + 1

    def test_an_answer_that_would_drive_out_the_others_is_not_kept(self) -> None:
        engine = Counting(rows=1000)
        cached = Cached(engine, lambda: "1", most=8000)

        for _ in range(2):
            cached.fetch(STATEMENT, {"v0": 1})

        assert len(engine.asked) == 2

    def test_an_error_is_not_kept(self, small: DuckDB) -> None:
        cached = Cached(small, lambda: "1")
        stopped = Interrupt()
        stopped()

        with pytest.raises(Exception, match="interrupted"):
            cached.fetch(STATEMENT, {"v0": 1}, interrupt=stopped)

        assert cached.fetch(STATEMENT, {"v0": 1}).num_rows == 1


class TestCallers:
    """Known bad: a key of the question's words alone."""

    def test_no_two_share_an_answer_unless_they_see_the_same(self, small: DuckDB) -> None:
        cached = Cached(small, lambda: "1")
        filters = [
            NONE,
            RowFilter(owner_id=7),
            RowFilter(owner_id=8),
            RowFilter(branch_keys=frozenset()),
            RowFilter(branch_keys=frozenset({1})),
            RowFilter(branch_keys=frozenset({2})),
            RowFilter(branch_keys=frozenset({1, 2})),
            RowFilter(branch_keys=frozenset({1}), owner_id=7),
        ]

        first = [lines(cached, each) for each in filters]
        again = [lines(cached, each) for each in filters]
        bare = [lines(small, each) for each in filters]

        assert first == again == bare
        assert len(set(bare)) > 3, "the filters differ in nothing"
        assert cached.hits == len(filters)

    def test_nor_members_nor_facts(self, small: DuckDB) -> None:
        cached = Cached(small, lambda: "1")
        nobody = RowFilter(branch_keys=frozenset())
        members = members_request(SALES, Texts(), dimension="customer", now=NOW, language="en")
        facts = facts_request(SALES, Texts(), now=NOW, language="en")

        seen = [
            (
                ask.members(cached, SALES, members, each).table.num_rows,
                ask.facts(cached, SALES, facts, each).table.num_rows,
            )
            for each in (NONE, nobody)
        ]

        assert min(seen[0]) > 0
        assert seen[1] == (0, 0)
