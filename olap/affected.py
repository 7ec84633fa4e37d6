"""Which rows of the star a change concerns, as the heads of the mart's views declare it."""

from collections.abc import Collection, Mapping

import pyarrow as pa
from sqlalchemy import Table

from olap import mart, source, star
from olap.changes import Changes
from olap.engines.duckdb import Cursor
from olap.engines.replace import id_table, ids_of, registered
from olap.mart.heads import EVERY, Follow
from olap.source import Connection

MOVED = """
    WITH was AS (
        SELECT {name}_id AS id, {name}_key AS key, valid_from AS step FROM {name}
        WHERE {name}_id IN (SELECT id FROM changed)
        UNION ALL
        SELECT {name}_id, -{name}_key, valid_to FROM {name}
        WHERE {name}_id IN (SELECT id FROM changed) AND valid_to IS NOT NULL
    ), becomes AS (
        SELECT {name}_id AS id, {name}_key AS key, valid_from AS step FROM found
        UNION ALL
        SELECT {name}_id, -{name}_key, valid_to FROM found WHERE valid_to IS NOT NULL
    )
    SELECT id, strftime(make_timestamp(epoch_us(min(step)))::date - 1, '%Y%m%d')::integer AS since
    FROM ((FROM was EXCEPT FROM becomes) UNION ALL (FROM becomes EXCEPT FROM was))
    GROUP BY id
"""
"""Whose versions differ from what they were, and the first day on which they do.

That day is taken in UTC, less one, which is early enough for every zone. A customer who moves house today so
touches today's orders, not those of all the years before.
"""

POINTING = """
    SELECT DISTINCT f.{root}
    FROM "{fact}" f
    JOIN {name} d ON d.{name}_key = f.{name}_key
    JOIN moved m ON m.id = d.{name}_id
    WHERE f.date_key = 0 OR f.date_key >= m.since
"""
"""What has facts of those days."""


def roots_of(cursor: Cursor, connection: Connection, table: Table, changed: Changes) -> frozenset[int]:
    """The ids by which the table's rows are to be replaced: of those that were there, and of those that are now."""
    head = mart.heads()[table.name]
    if head.root is None:
        return frozenset()
    found: set[int] = set()
    for follow in head.follows:
        ids = changed.get(follow.aggregate)
        if ids:
            found |= (
                ids if follow.column == head.root else _led(cursor, connection, table, head.root, follow, ids)
            )
    return frozenset(found)


def _led(
    cursor: Cursor, connection: Connection, table: Table, root: str, follow: Follow, ids: Collection[int]
) -> frozenset[int]:
    """The roots that another aggregate's ids lead to."""
    if follow.through is not None:
        query = f"SELECT DISTINCT root_id FROM mart.{follow.through} WHERE {source.one_of('id', ids)}"  # noqa: S608
        return frozenset(source.read(connection, query).column(0).to_pylist())
    had = f'SELECT DISTINCT "{root}" FROM "{follow.table or table.name}" WHERE "{root}" > 0'  # noqa: S608 (our own names)
    if follow.column == EVERY:
        return ids_of(cursor, had)
    if follow.table is not None:
        return _owners(cursor, connection, root, follow, ids)
    with registered(cursor, led=id_table(ids)):
        return ids_of(cursor, f'{had} AND "{follow.column}" IN (SELECT id FROM led)')  # noqa: S608


def _owners(
    cursor: Cursor, connection: Connection, root: str, follow: Follow, ids: Collection[int]
) -> frozenset[int]:
    """Whom the rows of the other table with these ids name: as the cube has them still, as the mart has them now."""
    named = f'SELECT DISTINCT "{root}" FROM {{}}"{follow.table}" WHERE "{root}" > 0 AND {{}}'  # noqa: S608 (our own names)
    with registered(cursor, led=id_table(ids)):
        were = ids_of(cursor, named.format("", f'"{follow.column}" IN (SELECT id FROM led)'))  # noqa: S608
    now = source.read(connection, named.format("mart.", source.one_of(follow.column or "", ids)))
    return were | frozenset(now.column(0).to_pylist())


def moved_roots(
    cursor: Cursor, dimension: Table, members: Collection[int], found: pa.Table
) -> Mapping[str, frozenset[int]]:
    """By fact, the ids whose rows point to other versions of the members once these are as `found`."""
    with registered(cursor, changed=id_table(members), found=found):
        moved = cursor.execute(MOVED.format(name=dimension.name)).fetchall()
    if not moved:
        return {}
    ids, days = zip(*moved, strict=True)
    since = pa.table({"id": pa.array(ids, pa.int64()), "since": pa.array(days, pa.int32())})
    with registered(cursor, moved=since):
        return {
            fact.name: ids_of(
                cursor,
                POINTING.format(name=dimension.name, fact=fact.name, root=mart.heads()[fact.name].root),
            )
            for fact in star.FACTS
            if f"{dimension.name}_key" in fact.c
        }
