"""How many cells an answer would have, told before it is computed.

At most as many as the members of the drilled levels multiplied, and no more than there are facts. First by all members,
whose numbers are remembered; only where that is too many, by those that the cuts leave.
"""

import time
from collections.abc import Iterable, Mapping
from functools import lru_cache
from math import prod
from typing import Any

import sqlalchemy as sa

from olap.ask import Engine
from olap.bind import bind_aggregate, drilled
from olap.conditions import AllOf, Condition, columns_in
from olap.expressions import condition_of, from_star
from olap.physical import Column
from olap.plan import RowFilter
from olap.request import AggregateRequest
from olap.vocabulary import CubeModel, TooMuch

CELL_LIMIT = 5_000_000
"""Cells of one answer, on all its pages: they are all computed before the first is shown."""

Columns = Mapping[str, tuple[Column, ...]]

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

    Up to two small queries a dimension, and one for the facts.
    """
    most = CELL_LIMIT if most is None else most
    columns = _by_table(model, request)
    if not columns:
        return
    halves = 1 if request.split is None else 2
    if halves * prod(_known(engine, table, of) for table, of in columns.items()) <= most:
        return
    plan = bind_aggregate(request, model, row_filter)
    values = {f"v{slot}": value for slot, value in enumerate(plan.values)}
    # The caller's own facts: an estimate tells nobody how many there are of others.
    facts = _count(engine, from_star(plan.shape.star, sa.func.count().label("n")), values)
    estimate = min(facts, halves * _product(engine, columns, plan.shape.star.where, values))
    if estimate > most:
        raise TooMuch(
            f"the answer would have about {estimate:,} cells, and {most:,} are computed at most: "
            "cut the cell, or drill down to fewer or to coarser levels"
        )


def _by_table(model: CubeModel, request: AggregateRequest) -> Columns:
    found: dict[str, tuple[Column, ...]] = {}
    for attribute in drilled(model, request.drilldown):
        table = attribute.column.table
        found[table] = (*found.get(table, ()), attribute.column)
    return found


def _known(engine: Engine, table: str, columns: tuple[Column, ...]) -> int:
    """How many members there are, as of a minute ago at most: counting them can take as long as the answer."""
    sizes: dict[Any, tuple[int, float]] = getattr(engine, "sizes", {})
    found = sizes.get((table, columns))
    if found is not None and time.monotonic() < found[1]:
        return found[0]
    counted = max(1, _count(engine, _members(table, columns, ())))
    sizes[table, columns] = (counted, time.monotonic() + REMEMBERED)
    return counted


def _product(engine: Engine, columns: Columns, where: Condition, values: Mapping[str, Any]) -> int:
    parts = where.parts if isinstance(where, AllOf) else (where,)
    return prod(
        max(1, _count(engine, _members(table, of, tuple(_about(table, parts))), values))
        for table, of in columns.items()
    )


def _about(table: str, parts: Iterable[Condition]) -> Iterable[Condition]:
    """The conditions on this table alone."""
    return (part for part in parts if {column.table for column in columns_in(part)} == {table})


@lru_cache(1024)
def _members(table: str, columns: tuple[Column, ...], where: tuple[Condition, ...]) -> "sa.Select[Any]":
    # Made once for each shape, so that an engine that keeps answers finds it again.
    distinct = sa.select(*(column.sql for column in columns)).distinct()
    for condition in where:
        distinct = distinct.where(condition_of(condition))
    return sa.select(sa.func.count().label("n")).select_from(distinct.subquery("members"))


def _count(engine: Engine, statement: "sa.Select[Any]", values: Mapping[str, Any] | None = None) -> int:
    used = statement.compile().params
    given = {name: value for name, value in (values or {}).items() if name in used}
    return int(engine.fetch(statement, given).column("n")[0].as_py())
