"""The cells of a rollup as statements: all of them from their source, and those that changed facts touch."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from olap.conditions import AllOf
from olap.engines.duckdb import DIALECT
from olap.expressions import Expression, aggregate_of, counted, from_star
from olap.physical import Column, CountDistinct, Formula, Ratio
from olap.plan import Star
from olap.rollups.declared import Rollup, Stored
from olap.rollups.over import Over

Statement = sa.Select[Any]

CHANGED = "changed"
"""The relation of ids whose facts change, in its one column `id`."""


def text(statement: Statement) -> str:
    """The statement in the engine's words; all its values are the model's own."""
    return str(statement.compile(dialect=DIALECT, compile_kwargs={"literal_binds": True}))


def all_cells(rollup: Rollup) -> str:
    """The statement that puts every cell into the table."""
    return _insert(rollup, _cells(rollup))


def touched_table(rollup: Rollup) -> str:
    """The name of the table that collects the keys of touched cells while a refresh lasts."""
    return f"touched_{rollup.table.name}"


def touched_by(rollup: Rollup, column: Column) -> str:
    """The keys of the cells that hold a fact with one of the changed ids in the fact's column."""
    ids = sa.table(CHANGED, sa.column("id"))
    return text(_keys(rollup).where(column.sql.in_(sa.select(ids.c.id))).distinct())


def touched_through(rollup: Rollup, dimension: str, rows: str) -> str:
    """The keys of the cells that hold a fact of one of the dimension's rows that the query `rows` gives."""
    # The name of the dimension's table stands for those rows.
    return f'WITH "{dimension}" AS ({rows}) {text(_keys(rollup).distinct())}'


def touched_cells(rollup: Rollup) -> str:
    """The statement that puts the touched cells into the table, computed anew."""
    touched = sa.table(touched_table(rollup), *(sa.column(at.name) for at in rollup.keys.values()))
    same = [
        _same(_source_key(rollup, key), touched.c[at.name], nullable=bool(key.sql.nullable))
        for key, at in rollup.keys.items()
    ]
    # Touched keys are distinct, so the join doubles no fact.
    return _insert(rollup, _cells(rollup, joined=(touched, sa.and_(*same))))


def forget_touched(rollup: Rollup) -> str:
    """The statement that takes the touched cells out of the table."""
    touched = touched_table(rollup)
    same = " AND ".join(
        f'r."{at.name}" {"IS NOT DISTINCT FROM" if key.sql.nullable else "="} t."{at.name}"'
        for key, at in rollup.keys.items()
    )
    return f'DELETE FROM "{rollup.table.name}" r USING "{touched}" t WHERE {same}'  # noqa: S608 (our own names)


def _insert(rollup: Rollup, cells: Statement) -> str:
    return f'INSERT INTO "{rollup.table.name}" {text(cells)}'


def _cells(rollup: Rollup, joined: tuple[sa.FromClause, Expression] | None = None) -> Statement:
    keys = [_source_key(rollup, key) for key in rollup.keys]
    source = _facts(rollup)
    if rollup.source is not None:
        source = _over(rollup.source, rollup).star(source, rollup.keys)
    statement = from_star(source, *keys, *_values(rollup))
    return (statement if joined is None else statement.join(*joined)).group_by(*keys)


def _same(one: Expression, other: Expression, *, nullable: bool) -> Expression:
    return one.is_not_distinct_from(other) if nullable else one == other


def _over(source: Rollup, rollup: Rollup) -> Over:
    return Over(source, tuple(rollup.joins.values()))


def _keys(rollup: Rollup) -> Statement:
    return from_star(_facts(rollup), *(key.sql.label(at.name) for key, at in rollup.keys.items()))


def _facts(rollup: Rollup) -> Star:
    return Star(fact=rollup.fact, joins=tuple(rollup.joins.values()), where=AllOf(()))


def _source_key(rollup: Rollup, key: Column) -> Expression:
    return key.sql if rollup.source is None else _over(rollup.source, rollup).column(key).sql


def _values(rollup: Rollup) -> Iterator[Expression]:
    """What each column stores, over the facts or the cells of the source."""
    for name, kept in rollup.stored.items():
        part = kept.part if rollup.source is None else _over(rollup.source, rollup).formula(kept.part)
        yield _value(kept, part).label(name)


def _value(kept: Stored, part: Formula) -> Expression:
    assert not isinstance(part, Ratio)
    if kept.as_key and isinstance(part, CountDistinct):
        # All facts of a cell have the same one, or do not count.
        return sa.func.max(counted(part))
    return aggregate_of(part)
