"""Proving rollups equal to the facts: every cell, and what the model says that one member has one of."""

from collections.abc import Iterator

from olap.difference import Difference
from olap.engines.duckdb import Cursor
from olap.physical import Column
from olap.rollups.cells import cells_of_facts
from olap.rollups.declared import Rollup, determined, every, rollups


def differences(cursor: Cursor) -> Iterator[Difference]:
    """Rollups that are not what the facts give now, and members that have several of what they should have one of."""
    for rollup in every():
        for side, found in zip(("surplus", "missing"), _apart(cursor, rollup), strict=True):
            if found:
                yield Difference(rollup.table.name, "all cells", side, str(found), "0")
    for cube in rollups():
        for member, columns in determined(cube).items():
            found = _count(cursor, _undetermined(member, columns))
            if found:
                yield Difference(member.table, f"one {member.name}", "with several keys", str(found), "0")


def _apart(cursor: Cursor, rollup: Rollup) -> tuple[int, int]:
    """How many cells the rollup has that the facts do not give, and how many of theirs it lacks. The facts are summed
    up once: what both sides share is as many on either."""
    (counts,) = cursor.execute(
        f'''WITH anew AS MATERIALIZED ({cells_of_facts(rollup)}), kept AS (FROM "{rollup.table.name}")
        SELECT (SELECT count(*) FROM (FROM kept EXCEPT ALL FROM anew)), (SELECT count(*) FROM kept),
               (SELECT count(*) FROM anew)'''  # noqa: S608 (our own names)
    ).fetchall()
    surplus, kept, anew = counts
    return surplus, anew - (kept - surplus)


def _undetermined(member: Column, columns: frozenset[Column]) -> str:
    several = " OR ".join(f'min("{each.name}") <> max("{each.name}")' for each in sorted(columns))
    return f'SELECT "{member.name}" FROM "{member.table}" GROUP BY "{member.name}" HAVING {several}'  # noqa: S608


def _count(cursor: Cursor, query: str) -> int:
    (found,) = cursor.execute(f"SELECT count(*) FROM ({query})").fetchall()[0]  # noqa: S608 (our own names)
    return int(found)
