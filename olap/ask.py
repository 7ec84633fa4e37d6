"""A request answered: bound, compiled, fetched and shaped. The only way to the facts, so the row filter has no gap."""

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

import pyarrow as pa
from sqlalchemy import ClauseElement

from olap.beside.columns import columns_of
from olap.bind import bind_aggregate, bind_facts, bind_members
from olap.called import called
from olap.compile import MIXED, PLACE, SUMMARY, TOTAL, compile_plan
from olap.errors import RequestError
from olap.few import few_cells
from olap.freshness import Freshness
from olap.physical import is_of_money
from olap.plan import Aggregation, Analysis, Beside, Plan, RowFilter
from olap.rates import check_currency, no_rate, trimmed
from olap.request import AggregateRequest, FactsRequest, MembersRequest, Paging
from olap.requests import log_of
from olap.result import AggregateResult, Rows, without
from olap.rollups.choice import chosen
from olap.targets import planned
from olap.targets.ordered import in_order, without_waiting
from olap.vocabulary import Cell, CubeModel, dimension_of


class Engine(Protocol):
    """What runs statements."""

    def fetch(self, statement: ClauseElement, values: Mapping[str, Any]) -> pa.Table: ...


class OpenCube(Protocol):
    """A cube that can be asked; `time_zone` is that of its business days."""

    @property
    def engine(self) -> Engine: ...

    @property
    def time_zone(self) -> str: ...

    def freshness(self) -> Freshness: ...


class MixedCurrencies(RequestError):
    """Amounts of several currencies would be added; names them."""

    def __init__(self, currencies: list[str]) -> None:
        self.currencies = currencies
        super().__init__(
            f"the cell holds amounts in {', '.join(currencies)}, which cannot be added: "
            "cut or drill down currency, or ask for aggregates that are not amounts"
        )


def aggregate(
    engine: Engine, model: CubeModel, request: AggregateRequest, row_filter: RowFilter
) -> AggregateResult:
    """The summary of a cell and its parts, in one statement.

    Raises RequestError and its kinds, MixedCurrencies among them.
    """
    request = called(engine, request)
    if not request.planned:
        return _cells(engine, model, request, row_filter)
    planned.check(request)
    found = _cells(engine, model, request, row_filter)
    return in_order(request, planned.with_targets(engine, model, request, found))


def _cells(
    engine: Engine, model: CubeModel, request: AggregateRequest, row_filter: RowFilter
) -> AggregateResult:
    """The answer without targets."""
    if request.convert is not None:
        check_currency(engine, request.convert)
    plan = bind_aggregate(request, model, row_filter)
    assert isinstance(plan.shape, Aggregation | Analysis)
    choice = chosen(engine, plan)
    began = time.perf_counter()
    few = few_cells(engine, choice.plan)
    table = fetch(engine, choice.plan) if few is None else few.cells
    log = log_of(engine)
    if log is not None and isinstance(plan.shape, Aggregation):
        log.note(model.name, plan.shape, choice.rollup, time.perf_counter() - began)
    if few is not None:
        return replace(few, rollup=choice.rollup)
    if request.convert is not None:
        table = trimmed(table)
    hidden: list[str] = []
    if MIXED in table.column_names and table.column(MIXED)[0].as_py() and model.currency is not None:
        if request.convert is not None:
            raise no_rate(engine, model, request, row_filter)
        drilled = any(item.column.table == model.currency.join.key.table for item in plan.shape.attributes)
        if not drilled or _ranks_money(plan.shape):
            raise MixedCurrencies(_currencies(engine, model, request, row_filter))
        # Each cell is in one currency, the summary is not.
        hidden = [
            name
            for ref, formula in plan.shape.aggregates
            if is_of_money(formula)
            for name in columns_of(ref, _beside(plan.shape))
        ]
    paging = without_waiting(request).paging
    return replace(_shaped(table, plan.shape, hidden, paging), rollup=choice.rollup)


def members(engine: Engine, model: CubeModel, request: MembersRequest, row_filter: RowFilter) -> Rows:
    """The members of a dimension that occur in the cell. Raises RequestError."""
    asked, paging = _one_more(request.paging)
    request = replace(called(engine, request), paging=paging)
    plan = bind_members(request, model, row_filter)
    return _rows(fetch(engine, chosen(engine, plan).plan), asked)


def facts(engine: Engine, model: CubeModel, request: FactsRequest, row_filter: RowFilter) -> Rows:
    """The facts of the cell, by their key unless ordered otherwise. Raises RequestError."""
    asked, paging = _one_more(request.paging)
    request = replace(called(engine, request), paging=paging)
    return _rows(fetch(engine, bind_facts(request, model, row_filter)), asked)


def fetch(engine: Engine, plan: Plan) -> pa.Table:
    """The rows of a plan."""
    statement = compile_plan(plan)
    return engine.fetch(statement.select, statement.values)


def _one_more(paging: Paging) -> tuple[int | None, Paging]:
    """The ceiling, and a paging that shows whether there is more beyond it."""
    if paging.ceiling is None:
        return None, paging
    return paging.ceiling, replace(paging, ceiling=paging.ceiling + 1)


def _rows(table: pa.Table, ceiling: int | None) -> Rows:
    if ceiling is None or table.num_rows <= ceiling:
        return Rows(table=table, cut_short=False)
    return Rows(table=table.slice(0, ceiling), cut_short=True)


def _beside(shape: Aggregation | Analysis) -> Beside | None:
    return shape.beside if isinstance(shape, Aggregation) else None


def _ranks_money(shape: Aggregation | Analysis) -> bool:
    """Whether amounts decide who comes first, which those of several currencies cannot."""
    beside = _beside(shape)
    ranking = None if beside is None else beside.ranking
    if ranking is None:
        return False
    return any(is_of_money(formula) for formula in (ranking.by, *(each for _, each in ranking.formulas)))


def _shaped(
    table: pa.Table, shape: Aggregation | Analysis, hidden: list[str], paging: Paging
) -> AggregateResult:
    beside, keys = _beside(shape), tuple(attribute.ref for attribute in shape.attributes)
    grouped, split = True, None
    names = tuple(name for ref, _ in shape.aggregates for name in columns_of(ref, beside))
    if isinstance(shape, Aggregation):
        grouped, split = shape.grouped, shape.split
    else:
        keys, names = (*keys, *shape.keys), tuple(dict.fromkeys((*shape.measured, *names)))
    first = {name: table.column(name)[0].as_py() for name in names}
    total = int(table.column(TOTAL)[0].as_py()) if grouped else None
    cells = without(table.slice(1) if grouped else table, (SUMMARY, TOTAL, MIXED, PLACE))
    if total is not None and beside is not None and beside.totals:
        # The summary is the last of the totals.
        if paging.offset <= total and (paging.limit is None or total < paging.offset + paging.limit):
            cells = pa.concat_tables([cells, without(table.slice(0, 1), (SUMMARY, TOTAL, MIXED, PLACE))])
        total += 1
    return AggregateResult(
        summary={name: None if name in hidden else value for name, value in first.items()},
        cells=cells,
        total=total,
        attributes=keys,
        aggregates=names,
        has_split=split is not None,
        cut_short=total is not None and cells.num_rows < paging.rows_of(total),
    )


def _currencies(
    engine: Engine, model: CubeModel, request: AggregateRequest, row_filter: RowFilter
) -> list[str]:
    """Those of the cell, and of the times that it is shown beside."""
    assert model.currency is not None
    if request.asked.compare is not None or request.asked.window is not None:
        cuts = [cut for cut in request.cell.cuts if cut.dimension.role != "time"]
        request = replace(request, cell=Cell(request.cell.cube, cuts))
    dimension = dimension_of(request.cell.cube, model.currency.dimension)
    wanted = MembersRequest(
        cell=request.cell,
        dimension=dimension,
        hierarchy=dimension.hierarchy(),
        depth=1,
        nulls=request.nulls,
        traits=request.traits,
    )
    table = members(engine, model, wanted, row_filter).table
    return [code or "an unknown currency" for code in table.column(0).to_pylist()]
