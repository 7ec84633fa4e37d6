"""Random questions, answered by each engine and by an oracle in pandas: the same rows, to the last digit."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from domain.postgres import Server
from olap.ask import Engine, MixedCurrencies
from tests.olap.cube.asking import aggregated
from tests.olap.cube.oracle import Mixed, answer
from tests.olap.cube.questions import HIERARCHIES, Path, Question, columns_of, questions
from tests.olap.cube.random_star import flat, random_rows
from tests.olap.engines.stars import engines

ROWS = random_rows()
FRAME = flat(ROWS)
RECORDS: list[dict[str, Any]] = [
    dict(zip(FRAME.columns, row, strict=True)) for row in FRAME.itertuples(index=False)
]
KNOWN: dict[tuple[str, str], list[Path]] = {
    (name, along): sorted(set(FRAME[columns_of(name, along)].itertuples(index=False, name=None)), key=str)
    for name, along, _ in HIERARCHIES
}


Engines = dict[str, Engine]


@pytest.fixture(scope="module")
def opened(server: Server, admin: Callable[[str], None]) -> Iterator[Engines]:
    with engines(server, admin, "random_star", ROWS) as found:
        yield found


class TestRandomQuestions:
    @settings(
        max_examples=500,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )
    @given(question=questions(KNOWN))
    def test_every_engine_answers_as_the_oracle_does(self, opened: Engines, question: Question) -> None:
        try:
            expected = answer(FRAME, RECORDS, question)
        except Mixed:
            for engine in opened.values():
                with pytest.raises(MixedCurrencies, match="GBP, KRW"):
                    _asked(engine, question)
            return

        found = {name: _asked(engine, question) for name, engine in opened.items()}

        for name, result in found.items():
            assert (name, *_shown(result.summary, result.records, result.total)) == (name, *_shown(*expected))


def _asked(engine: Engine, question: Question) -> Any:
    return aggregated(engine, paging=question.paging, row_filter=question.row_filter, **question.texts)


def _shown(summary: dict[str, Any], cells: list[dict[str, Any]], total: int | None) -> tuple[Any, ...]:
    """What must be equal. Where nothing was drilled the one cell is the summary, which the oracle does not repeat."""
    return total, _exact(summary), None if total is None else [_exact(cell) for cell in cells]


def _exact(record: dict[str, Any]) -> dict[str, Any]:
    """Amounts to the last digit; a ratio to the last bits, which the order of a division may move."""
    return {
        name: pytest.approx(value, rel=1e-14) if isinstance(value, float) else _number(value)
        for name, value in record.items()
    }


def _number(value: Any) -> Any:
    return value.normalize() if isinstance(value, Decimal) else value
