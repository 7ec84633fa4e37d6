"""How many cells an answer would have, told before it is computed.

At most as many as the members of the drilled levels multiplied, and no more than there are facts. What costs least is
asked first, and the next only where that is too many: all members, whose numbers are remembered; those on the days of
the facts, for the calendar has 130 years; those that the cuts leave; the facts.
"""

import time
from collections.abc import Iterable, Mapping
from functools import lru_cache
from math import prod
from typing import Any

import sqlalchemy as sa

from olap import star
from olap.ask import Engine
from olap.bind import bind_aggregate, drilled
from olap.conditions import AllOf, Condition, columns_in
from olap.expressions import condition_of, from_star
from olap.journeys.parameters import CohortAsked, DecilesAsked, FunnelAsked
from olap.journeys.units import columns_of_cohorts
from olap.physical import Column, Join
from olap.plan import RowFilter
from olap.request import AggregateRequest
from olap.vocabulary import CubeModel, TooMuch

CELL_LIMIT = 5_000_000
"""Cells of one answer, on all its pages: they are all computed before the first is shown."""

Columns = Mapping[str, tuple[Column, ...]]

CALENDAR = star.date.name
UNKNOWN = 0
"""The key of the day that nobody knows."""

REMEMBERED = 60.0
"""Seconds for which the number of members is taken for what it was."""


def check_size(
    engine: Engine,
    model: CubeModel,
    request: AggregateRequest,
    row_filter: RowFilter,
    *,
    most: int | None = None,
) -> None:
    """Raise TooMuch with the estimate where the answer would have more cells than `most`, CELL_LIMIT unless given.

    Up to three small queries a dimension, and one for the facts.
    """
    most = CELL_LIMIT if most is None else most
    columns = _by_table(model, request)
    if not columns and request.journey is None:
        return
    halves = _rows_of_each(engine, model, request)
    known = {table: _known(engine, of, _members(of)) for table, of in columns.items()}
    if halves * prod(known.values()) <= most:
        return
    # Periods without facts are cells too where they are filled in.
    if CALENDAR in columns and not request.asked.fill:
        way, of = model.joins[CALENDAR], columns[CALENDAR]
        known[CALENDAR] = _known(engine, (way, *of), _in_use(way, of))
        if halves * prod(known.values()) <= most:
            return
    plan = bind_aggregate(request, model, row_filter)
    values = {f"v{slot}": value for slot, value in enumerate(plan.values)}
    left = halves * _product(engine, known, columns, plan.shape.star.where, values)
    if left <= most:
        return
    # The caller's own facts: an estimate tells nobody how many there are of others.
    facts = _count(engine, from_star(plan.shape.star, sa.func.count().label("n")), values)
    # Periods in which a cohort bought nothing are cells too, and parts that hold nobody.
    estimate = left if isinstance(request.journey, CohortAsked | DecilesAsked) else min(facts, left)
    if estimate > most:
        raise TooMuch(
            f"the answer would have about {estimate:,} cells, and {most:,} are computed at most: "
            "cut the cell, or drill down to fewer or to coarser levels"
        )


def _rows_of_each(engine: Engine, model: CubeModel, request: AggregateRequest) -> int:
    """How many cells each member has, or the whole where none is drilled down."""
    match request.journey:
        case CohortAsked(unit=unit) if CALENDAR in model.joins:
            way, of = model.joins[CALENDAR], columns_of_cohorts(unit)
            periods = _known(engine, (way, *of), _in_use(way, of))
            return periods * (periods + 1) // 2
        case FunnelAsked(steps=steps):
            return len(steps)
        case DecilesAsked(parts=parts):
            return parts
    return 1 if request.split is None else 2


def _by_table(model: CubeModel, request: AggregateRequest) -> Columns:
    found: dict[str, tuple[Column, ...]] = {}
    for attribute in drilled(model, request.drilldown):
        table = attribute.column.table
        found[table] = (*found.get(table, ()), attribute.column)
    return found


def _known(engine: Engine, what: tuple[Column | Join, ...], members: "sa.Select[Any]") -> int:
    """How many members there are, as of a minute ago at most: counting them can take as long as the answer."""
    sizes: dict[Any, tuple[int, float]] = getattr(engine, "sizes", {})
    found = sizes.get(what)
    if found is not None and time.monotonic() < found[1]:
        return found[0]
    counted = max(1, _count(engine, members))
    sizes[what] = (counted, time.monotonic() + REMEMBERED)
    return counted


def _product(
    engine: Engine, known: Mapping[str, int], columns: Columns, where: Condition, values: Mapping[str, Any]
) -> int:
    """The members that the cuts leave, multiplied; where none cuts a dimension, all that are `known` of it."""
    parts = where.parts if isinstance(where, AllOf) else (where,)
    cuts = {table: tuple(_about(table, parts)) for table in columns}
    return prod(
        min(known[table], max(1, _count(engine, _members(of, cuts[table]), values)))
        if cuts[table]
        else known[table]
        for table, of in columns.items()
    )


def _about(table: str, parts: Iterable[Condition]) -> Iterable[Condition]:
    """The conditions on this table alone."""
    return (part for part in parts if {column.table for column in columns_in(part)} == {table})


# Made once for each shape, so that an engine that keeps answers finds it again.
@lru_cache(1024)
def _members(columns: tuple[Column, ...], where: tuple[Condition, ...] = ()) -> "sa.Select[Any]":
    """The query for the number of members of a dimension."""
    return _number_of(columns, map(condition_of, where))


@lru_cache(1024)
def _in_use(calendar: Join, columns: tuple[Column, ...]) -> "sa.Select[Any]":
    """The query for the number of periods from the first fact's to the last one's, Unknown among them."""
    day: sa.ColumnElement[int] = sa.func.nullif(calendar.fact.sql, UNKNOWN)
    first, last = (sa.select(end(day)).scalar_subquery() for end in (sa.func.min, sa.func.max))
    key = calendar.key.sql
    return _number_of(columns, [sa.or_(key == UNKNOWN, sa.and_(key >= first, key <= last))])


def _number_of(columns: Iterable[Column], where: Iterable[sa.ColumnElement[bool]]) -> "sa.Select[Any]":
    distinct = sa.select(*(column.sql for column in columns)).where(*where).distinct()
    return sa.select(sa.func.count().label("n")).select_from(distinct.subquery("members"))


def _count(engine: Engine, statement: "sa.Select[Any]", values: Mapping[str, Any] | None = None) -> int:
    used = statement.compile().params
    given = {name: value for name, value in (values or {}).items() if name in used}
    return int(engine.fetch(statement, given).column("n")[0].as_py())
