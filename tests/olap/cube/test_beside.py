"""Random questions with totals, first members, conditions, other times, shares: each engine counts as plain Python."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from domain.postgres import Server
from olap import ask
from olap.ask import Engine
from olap.plan import NONE
from olap.request import aggregate_request
from tests.olap.cube.beside_answer import Answer
from tests.olap.cube.beside_questions import LEVELED, NOW, ROWS, Asked, questions
from tests.olap.engines.stars import engines


@pytest.fixture(scope="module")
def opened(server: Server, admin: Callable[[str], None]) -> Iterator[dict[str, Engine]]:
    with engines(server, admin, "two_versions", ROWS) as found:
        yield found


class TestRandomQuestions:
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(asked=questions())
    def test_every_row_is_that_of_plain_python(self, opened: dict[str, Engine], asked: Asked) -> None:
        wanted = aggregate_request(LEVELED, asked.texts, now=NOW, language="en")

        found = {name: ask.aggregate(engine, LEVELED, wanted, NONE) for name, engine in opened.items()}

        answer = Answer(asked)
        expected = answer.rows()
        whole = tuple(0 for _ in asked.drilled)
        summary = expected[whole, (None, *[None] * sum(len(each.refs) for each in asked.drilled))]
        if "totals" not in asked.once:
            expected = {place: row for place, row in expected.items() if place[0] != whole}
        near = {place: _near(row) for place, row in expected.items()}
        for name, result in found.items():
            assert (name, result.summary) == (name, _near(summary))
            assert (name, _keyed(asked, result.records)) == (name, near)
            assert result.total == len(expected)


def _keyed(asked: Asked, rows: list[dict[str, Any]]) -> dict[tuple[Any, ...], dict[str, Any]]:
    """The rows by what they keep and their key."""
    found = {}
    refs = [ref for each in asked.drilled for ref in each.refs]
    for row in rows:
        rolled = set((row.pop("__totals__", None) or "").split(","))
        kept = tuple(sum(1 for level in each.levels if not set(level) <= rolled) for each in asked.drilled)
        key = (row.pop("__others__", None), *(row.pop(ref) for ref in refs))
        assert (kept, key) not in found
        found[kept, key] = row
    return found


def _near(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: pytest.approx(value, rel=1e-12, abs=1e-12) if isinstance(value, float) else value
        for name, value in row.items()
    }
