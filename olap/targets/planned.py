"""Beside each aggregate that has targets: what was planned, and how far the actual is from it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy import ClauseElement

from olap import star
from olap.beside.columns import DIFFERENCE, DIFFERENCE_RATE, OTHERS, TOTALS, beside_name
from olap.errors import RequestError
from olap.physical import Count, Formula, Sum
from olap.request import AggregateRequest
from olap.result import AggregateResult, Record
from olap.targets.cells import CellKey, is_time, key_of
from olap.targets.ordered import KINDS
from olap.targets.periods import Days, days_of_cuts, days_of_path
from olap.vocabulary import CubeModel, cell_of


class Engine(Protocol):
    """What runs statements."""

    def fetch(self, statement: ClauseElement, values: Mapping[str, Any]) -> pa.Table: ...


@dataclass(frozen=True)
class Target:
    """What is planned for some days; a later one has the higher number."""

    number: int
    days: Days
    value: Decimal


Targets = Mapping[tuple[str, CellKey], Sequence[Target]]
"""By aggregate and cell."""


def check(request: AggregateRequest) -> None:
    """Raises RequestError for what has no targets."""
    for name, given in (
        ("convert", request.convert),
        ("split", request.split),
        ("cohort, funnel, rfm, migration or deciles", request.journey),
    ):
        if given is not None:
            raise RequestError(
                f"plan cannot be asked together with {name}: targets are of the cells themselves"
            )


def with_targets(
    engine: Engine, model: CubeModel, request: AggregateRequest, result: AggregateResult
) -> AggregateResult:
    """The answer with three columns beside each aggregate that has a target in the cube. One small query."""
    targets = _targets(engine, model)
    planned = [name for name in result.aggregates if any(name == each for each, _ in targets)]
    if not planned:
        return result
    place = _placing(request)
    rows = [_beside(model, targets, planned, row, place) for row in result.records]
    whole = _beside(model, targets, planned, {**result.summary, TOTALS: None}, _of_whole(request))
    summary = {key: value for name in result.summary for key, value in _among(name, result.summary, whole)}
    return replace(
        result,
        summary=summary,
        cells=_widened(result.cells, planned, rows),
        aggregates=_names(result, planned),
    )


def _targets(engine: Engine, model: CubeModel) -> Targets:
    table = star.metadata.tables["target"]
    found = engine.fetch(
        sa.select(table).where(table.c.cube == sa.bindparam("cube", type_=sa.Text())), {"cube": model.name}
    )
    targets: dict[tuple[str, CellKey], list[Target]] = {}
    for row in found.to_pylist():
        try:
            cell = cell_of(model, [row["cut"]], language="en")
        except RequestError:
            # A cell that the cube no longer knows has no row.
            continue
        if not any(is_time(cut) for cut in cell.cuts):
            target = Target(row["target_key"], Days(row["from_on"], row["to_on"]), row["value"])
            targets.setdefault((row["aggregate"], key_of(cell)), []).append(target)
    return targets


Placing = Callable[[Record], tuple[CellKey, Days] | None]


def _placing(request: AggregateRequest) -> Placing:
    """Says of which cell and days a row is; None where no target can be."""
    pinned = key_of(request.cell)
    cut_days = _cut_days(request)
    drilled = list(request.drilldown)

    def place(row: Record) -> tuple[CellKey, Days] | None:
        rolled = set((row.get(TOTALS) or "").split(","))
        days, members = cut_days, set(pinned)
        for item in drilled:
            levels = [level for level in item.levels if level.key.ref not in rolled]
            if item.dimension.role == "time":
                path = [row[level.key.ref] for level in levels]
                own = days_of_path(item.hierarchy, path) if path else Days()
                days = None if days is None or own is None else days.within(own)
            else:
                members |= {(level.key.ref, row[level.key.ref]) for level in levels}
        return None if days is None or row.get(OTHERS) else (frozenset(members), days)

    return place


def _cut_days(request: AggregateRequest) -> Days | None:
    return days_of_cuts([cut for cut in request.cell.cuts if cut.dimension.role == "time"])


def _of_whole(request: AggregateRequest) -> Placing:
    days = _cut_days(request)
    return lambda _: None if days is None else (key_of(request.cell), days)


def _beside(
    model: CubeModel, targets: Targets, planned: Sequence[str], row: Record, place: Placing
) -> Record:
    found: Record = {}
    at = place(row)
    for name in planned:
        target = None if at is None else _planned(targets.get((name, at[0]), ()), at[1], model.formulas[name])
        actual = row[name]
        if isinstance(actual, float) and target is not None:
            difference: Any = actual - float(target)
        else:
            difference = None if None in (actual, target) else actual - target
        rate = None if difference is None or not target else float(difference) / float(target)
        values = (target, difference, rate)
        found |= {beside_name(name, kind): value for kind, value in zip(KINDS, values, strict=True)}
    return found


def _planned(targets: Sequence[Target], days: Days, formula: Formula) -> Decimal | None:
    """The target of just these days, the last that was set; else the sum of those that fill them."""
    exact = [target for target in targets if target.days == days]
    if exact:
        return max(exact, key=lambda target: target.number).value
    if not isinstance(formula, Sum | Count):
        return None
    within = [target for target in targets if target.days.within(days) == target.days]
    filling = _filling(within, days.first, days.after)
    return None if filling is None else sum((target.value for target in filling), Decimal(0))


def _filling(targets: Sequence[Target], first: date, after: date) -> list[Target] | None:
    """Targets that follow one another from day to day, long ones before short ones."""
    if first == after:
        return []
    starting = [target for target in targets if target.days.first == first]
    for target in sorted(starting, key=lambda each: (each.days.after, each.number), reverse=True):
        rest = _filling(targets, target.days.after, after)
        if rest is not None:
            return [target, *rest]
    return None


def _names(result: AggregateResult, planned: Sequence[str]) -> tuple[str, ...]:
    found = []
    for name in result.aggregates:
        found += [name, *(beside_name(name, kind) for kind in KINDS if name in planned)]
    return tuple(found)


def _among(name: str, summary: Record, whole: Record) -> Iterator[tuple[str, Any]]:
    yield name, summary[name]
    for kind in KINDS:
        if beside_name(name, kind) in whole:
            yield beside_name(name, kind), whole[beside_name(name, kind)]


def _widened(cells: pa.Table, planned: Sequence[str], rows: Sequence[Record]) -> pa.Table:
    """The table with the columns right behind those of their aggregates."""
    for name in planned:
        at = cells.column_names.index(name)
        for place, kind in enumerate(KINDS, start=1):
            column = beside_name(name, kind)
            of = _type(cells.schema.field(name).type, kind)
            values = pa.array([row[column] for row in rows], of)
            cells = cells.add_column(at + place, column, values)
    return cells


def _type(actual: pa.DataType, kind: str) -> pa.DataType:
    if kind == DIFFERENCE_RATE or (kind == DIFFERENCE and pa.types.is_floating(actual)):
        return pa.float64()
    return pa.decimal128(38, max(4, actual.scale) if pa.types.is_decimal(actual) else 4)
