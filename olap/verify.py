"""Proving the cube equal to Postgres: every cell of a coarse grid, to the last unit, and every row of the dimensions.

Both sides are of one moment. While nothing else writes the cube, all that a snapshot of Postgres shows is put into
it (`level`), also changes that are not settled yet, which replaces rows and so is harmless. Then the two are
compared, Postgres in that snapshot and the cube in one of its own, while refreshes go on.
"""

import time
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
from sqlalchemy import Table

from olap import source, star
from olap.dialect import DIALECT
from olap.difference import Difference, VerifyReport
from olap.engines.duckdb import Cursor, DuckDB
from olap.engines.parsed import submitted
from olap.engines.replace import counted, registered
from olap.engines.tables import select_from
from olap.grid import cell_of, grid
from olap.refresh import refresh
from olap.rollups import proof
from olap.source import Connection
from olap.watermark import Watermark

Row = Mapping[str, Any]


def level(engine: DuckDB, connection: Connection, mark: Watermark) -> Watermark:
    """The cube holds all that the connection's snapshot shows, settled or not; its new watermark."""
    return refresh(engine, connection, mark, views=("changes", "unsettled"))


def compare(cube: Cursor, connection: Connection, mark: Watermark) -> VerifyReport:
    """What differs between the cursor's and the connection's snapshots, which `level` made equal."""
    begun = time.monotonic()
    rows = counted(cube, [table.name for table in star.metadata.sorted_tables])
    differences: list[Difference] = []
    cells = 0
    for fact in star.FACTS:
        query = f'SELECT count(*) AS rows FROM mart."{fact.name}"'  # noqa: S608 (our own names)
        there = source.one(connection, query)["rows"]
        differences += _counts(fact, rows[fact.name], there)
        if not rows[fact.name] and not there:
            continue
        ours = _by(_read(cube, grid(fact)), cell_of(fact))
        theirs = _by(source.read(connection, grid(fact, schema="mart.")), cell_of(fact))
        cells += len(ours.keys() | theirs.keys())
        differences += _differences(fact.name, ours, theirs)
    for table in star.DIMENSIONS:
        differences += _members(cube, connection, table, rows[table.name])
    differences += proof.differences(cube)
    return VerifyReport(
        rows=rows,
        cells=cells,
        last_event=mark.last_event,
        seconds=time.monotonic() - begun,
        differences=tuple(differences),
    )


def _counts(table: Table, ours: int, theirs: int) -> Iterator[Difference]:
    """The table has more or fewer rows: what a join of the grid would not show."""
    if theirs != ours:
        yield Difference(table.name, "all rows", "count", str(ours), str(theirs))


def _members(cube: Cursor, connection: Connection, table: Table, rows: int) -> Iterator[Difference]:
    """Rows of a dimension, of which the cube has so many, that only one side has, or that differ."""
    (key,) = table.primary_key.columns.keys()
    theirs = source.read(connection, source.view(table))
    yield from _counts(table, rows, theirs.num_rows)
    with registered(cube, theirs=theirs):
        wanted, had = select_from(table, "theirs", DIALECT), f'FROM "{table.name}"'
        surplus = missing = _read(cube, f"{had} EXCEPT ALL {wanted}")
        # As many rows, all of them there: none is missing.
        if surplus.num_rows or rows != theirs.num_rows:
            missing = _read(cube, f"{wanted} EXCEPT ALL {had}")
    yield from _differences(table.name, _by(surplus, (key,)), _by(missing, (key,)))


def _differences(table: str, ours: Mapping[str, Row], theirs: Mapping[str, Row]) -> Iterator[Difference]:
    """Each value that differs, by cell and column; a cell on one side only is one difference."""
    for cell in sorted(ours.keys() | theirs.keys()):
        if cell not in ours or cell not in theirs:
            yield Difference(table, cell, "the cell", _there(cell in ours), _there(cell in theirs))
            continue
        for column, value in ours[cell].items():
            if value != theirs[cell][column]:
                yield Difference(table, cell, column, _shown(value), _shown(theirs[cell][column]))


def _there(found: bool) -> str:
    return "there" if found else "not there"


def _shown(value: object) -> str:
    return "null" if value is None else str(value)


def _by(found: pa.Table, key: tuple[str, ...]) -> dict[str, Row]:
    """The rows by what they are called in a report, such as `year=2010 month=null`."""
    return {" ".join(f"{name}={_shown(row[name])}" for name in key): row for row in found.to_pylist()}


def _read(cube: Cursor, query: str) -> pa.Table:
    return submitted(cube, query, ())
