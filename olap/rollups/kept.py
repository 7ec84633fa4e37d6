"""Rollups in DuckDB: built with the star, and level with it at the end of every transaction."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from sqlalchemy import Table

from olap.dialect import DIALECT
from olap.engines.duckdb import Cursor, DuckDB
from olap.engines.parsed import again
from olap.engines.replace import counted, id_table, registered
from olap.engines.tables import create_table
from olap.rollups.cells import (
    CHANGED,
    all_cells,
    cells_of,
    facts_of,
    forget_touched,
    narrowing,
    touched_cells,
    touched_table,
)
from olap.rollups.declared import Rollup, every, of_fact

WAS = "rollups_was"
"""Rows as they were before a replacement, as far as rollups need them."""


def build(cursor: Cursor) -> dict[str, int]:
    """Every rollup holds the cells of the facts that the cursor sees; how many rows, by table."""
    for rollup in every():
        _make(cursor, rollup)
    return rows(cursor)


def renew(cursor: Cursor, table: Table) -> None:
    """The rollups of a table of facts are those of the facts that the cursor sees."""
    for rollup in of_fact(table.name):
        _make(cursor, rollup)


@contextmanager
def facts_change(cursor: Cursor, table: Table, column: str, ids: Collection[int]) -> Iterator[None]:
    """Inside, the facts with these ids in the column may be replaced, deleted and added; afterwards the rollups are
    level with the facts again.

    Touched cells are computed anew: those that held such facts before, and those that hold them then.
    """
    touched = tuple(of_fact(table.name))
    if not touched:
        yield
        return
    moved = facts_of(table.name, column)
    with registered(cursor, **{CHANGED: id_table(ids)}):
        again(cursor, f'CREATE OR REPLACE TEMP TABLE "{WAS}" AS {moved}')
    yield
    with registered(cursor, **{CHANGED: id_table(ids)}):
        again(cursor, f'INSERT INTO "{WAS}" {moved}')
    _level(cursor, touched, cells_of(touched, table.name, f'FROM "{WAS}"'))


@contextmanager
def members_change(cursor: Cursor, table: Table, column: str, ids: Collection[int]) -> Iterator[None]:
    """Inside, the dimension's rows with these ids in the column may be replaced, deleted and added; afterwards the
    rollups that keep its columns are level with it again. Costs nothing where none of those columns changed."""
    touched = [rollup for rollup in every() if _kept(rollup, table)]
    names = ", ".join(dict.fromkeys(f'"{name}"' for rollup in touched for name in _kept(rollup, table)))
    rows_now = f'SELECT {names} FROM main."{table.name}" WHERE "{column}" IN (SELECT id FROM {CHANGED})'  # noqa: S608
    with registered(cursor, **{CHANGED: id_table(ids)}):
        if touched:
            cursor.execute(f'CREATE OR REPLACE TEMP TABLE "{WAS}" AS {rows_now}')
    yield
    with registered(cursor, **{CHANGED: id_table(ids)}):
        gone, come = f'(FROM "{WAS}" EXCEPT {rows_now})', f'({rows_now} EXCEPT FROM "{WAS}")'
        if touched and cursor.execute(f"SELECT 1 FROM ({gone} UNION ALL {come}) LIMIT 1").fetchall():  # noqa: S608
            for fact in dict.fromkeys(rollup.fact for rollup in touched):
                same = tuple(rollup for rollup in touched if rollup.fact == fact)
                before, after = (cells_of(same, table.name, rows) for rows in (gone, come))
                _level(cursor, same, f"({before}) UNION ({after})")


def _make(cursor: Cursor, rollup: Rollup) -> None:
    cursor.execute(create_table(rollup.table, DIALECT))
    cursor.execute(all_cells(rollup))


def rows(cursor: Cursor) -> dict[str, int]:
    """How many rows each rollup has, by table."""
    return counted(cursor, [rollup.table.name for rollup in every()])


def find(engine: DuckDB) -> None:
    """Plans may be put over the rollups that the engine's file has; it is one that this code wrote."""
    with engine.reading() as cursor:
        engine.rollups = rows(cursor)


def _kept(rollup: Rollup, table: Table) -> list[str]:
    """The columns by which the rollup depends on the dimension, its key first; none where it does not."""
    join = rollup.joins.get(table.name)
    used = {key.name for key in rollup.keys if key.table == table.name}
    return [] if join is None else [join.key.name, *sorted(used)]


def _level(cursor: Cursor, rollups: tuple[Rollup, ...], touched: str) -> None:
    """The cells of one fact's rollups whose keys the query gives are as the facts have them now."""
    again(cursor, f'CREATE OR REPLACE TEMP TABLE "{touched_table(rollups[0].fact)}" AS {touched}')
    query, asked = narrowing(rollups)
    (found,) = again(cursor, query).fetchall()
    within = {
        members: (least, most) if least is not None and not unknown else None
        for members, (least, most, unknown) in zip(asked, found, strict=True)
    }
    for rollup in rollups:
        again(cursor, forget_touched(rollup))
        again(cursor, *touched_cells(rollup, within))
