"""Random questions, answered by the cube and by an oracle in pandas: the same rows, to the last digit."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from olap.ask import MixedCurrencies
from olap.engines.duckdb import DuckDB
from tests.olap.cube.asking import aggregated
from tests.olap.cube.oracle import Mixed, answer
from tests.olap.cube.questions import HIERARCHIES, Path, Question, columns_of, questions
from tests.olap.cube.random_star import flat, random_engine, random_rows

ROWS = random_rows()
FRAME = flat(ROWS)
RECORDS: list[dict[str, Any]] = [
    dict(zip(FRAME.columns, row, strict=True)) for row in FRAME.itertuples(index=False)
]
KNOWN: dict[tuple[str, str], list[Path]] = {
    (name, along): sorted(set(FRAME[columns_of(name, along)].itertuples(index=False, name=None)), key=str)
    for name, along, _ in HIERARCHIES
}


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDB]:
    with random_engine(ROWS) as opened:
        yield opened


class TestRandomQuestions:
    @settings(
        max_examples=300,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )
    @given(question=questions(KNOWN))
    def test_the_cube_answers_as_the_oracle_does(self, engine: DuckDB, question: Question) -> None:
        try:
            summary, cells, total = answer(FRAME, RECORDS, question)
        except Mixed:
            with pytest.raises(MixedCurrencies, match="GBP, KRW"):
                _asked(engine, question)
            return

        result = _asked(engine, question)

        assert _exact(result.summary) == _exact(summary)
        assert result.total == total
        if total is not None:
            assert [_exact(record) for record in result.records] == [_exact(cell) for cell in cells]


def _asked(engine: DuckDB, question: Question) -> Any:
    return aggregated(engine, paging=question.paging, row_filter=question.row_filter, **question.texts)


def _exact(record: dict[str, Any]) -> dict[str, Any]:
    """Amounts to the last digit; a ratio to the last bits, which the order of a division may move."""
    return {
        name: pytest.approx(value, rel=1e-14) if isinstance(value, float) else _number(value)
        for name, value in record.items()
    }


def _number(value: Any) -> Any:
    return value.normalize() if isinstance(value, Decimal) else value
