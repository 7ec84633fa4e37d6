"""Cells alone, where they are few: their whole is added up here, to the last digit.

An engine takes 1.3 ms more for the whole beside the cells, for their number and for an order with the whole in front
(DuckDB, CPU, which is planning, whatever the facts are). So the facts, or a rollup of them, are asked for the cells
alone. Where these are too many for the page, or none, or of several currencies, the question is asked anew with all
that: either answer is of one snapshot.
"""

import time
from collections.abc import Mapping
from decimal import localcontext
from typing import Any, Protocol

import pyarrow as pa
from sqlalchemy import ClauseElement

from olap.beside.grouping import HIGH, LOW
from olap.compile import compile_cells, parts_alone
from olap.physical import Formula, Part, Ratio
from olap.plan import Aggregation, Plan, Shape
from olap.result import AggregateResult

MOST = 1001
"""Cells that are added up here: more are added up sooner by the engine."""

DIGITS = 60
"""Of a sum here: more than any engine's have."""

REMEMBERED = 600.0
"""Seconds for which a shape that had too many cells is not asked for them alone."""
SHAPES = 1024

_many: dict[Shape, float] = {}


class Engine(Protocol):
    """What runs statements."""

    def fetch(self, statement: ClauseElement, values: Mapping[str, Any]) -> pa.Table: ...


def few_cells(engine: Engine, plan: Plan) -> AggregateResult | None:
    """The answer to a plan made of its cells; None where it takes more than them."""
    statement = compile_cells(plan)
    if statement is None or not isinstance(plan.shape, Aggregation) or _had_many(plan.shape):
        return None
    page = plan.shape.page.limit
    assert page is not None
    if plan.values[page] > MOST:
        return None
    table = engine.fetch(statement.select, statement.values)
    if table.num_rows > plan.values[page]:
        _remember(plan.shape)
        return None
    if not table.num_rows or _several(table):
        return None
    wholes = {part: _sum(table.column(name)) for part, name in parts_alone(plan.shape).items()}
    attributes = tuple(attribute.ref for attribute in plan.shape.attributes)
    summary = {name: _whole(formula, wholes) for name, formula in plan.shape.aggregates}
    return AggregateResult(
        summary=summary,
        cells=table.select([*attributes, *summary]),
        total=table.num_rows,
        attributes=attributes,
        aggregates=tuple(summary),
        has_split=False,
        cut_short=False,
    )


def _several(table: pa.Table) -> bool:
    """Whether the cells are of several currencies."""
    if LOW not in table.column_names:
        return False
    return len({*table.column(LOW).to_pylist(), *table.column(HIGH).to_pylist()}) > 1


def _whole(formula: Formula, wholes: Mapping[Part, Any]) -> Any:
    """The formula's value of the whole: a ratio's from its exact parts, in double, as the engines make it."""
    if not isinstance(formula, Ratio):
        return wholes[formula]
    above, below = _whole(formula.numerator, wholes), _whole(formula.denominator, wholes)
    return None if above is None or not below else float(above) / float(below)


def _sum(column: pa.ChunkedArray) -> Any:
    """Of what is known; None where nothing is."""
    known = [value for value in column.to_pylist() if value is not None]
    with localcontext() as context:
        context.prec = DIGITS
        return sum(known[1:], start=known[0]) if known else None


def _had_many(shape: Shape) -> bool:
    return time.monotonic() < _many.get(shape, 0.0)


def _remember(shape: Shape) -> None:
    if len(_many) >= SHAPES:
        _many.clear()
    _many[shape] = time.monotonic() + REMEMBERED
