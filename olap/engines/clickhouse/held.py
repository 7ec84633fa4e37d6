"""What the cube in ClickHouse holds, looked up for a refresh."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

import pyarrow as pa
from sqlalchemy import Table

from olap import mart, source, star
from olap.changes import Changes
from olap.engines.clickhouse.connect import Client
from olap.mart.heads import EVERY, Follow
from olap.source import Connection


def roots_of(client: Client, connection: Connection, table: Table, changed: Changes) -> frozenset[int]:
    """The ids by which the table's rows are to be replaced: of those that were there, and of those that are now."""
    head = mart.heads()[table.name]
    if head.root is None:
        return frozenset()
    found: set[int] = set()
    for follow in head.follows:
        ids = changed.get(follow.aggregate)
        if ids:
            direct = follow.column == head.root
            found |= ids if direct else _led(client, connection, table, head.root, follow, ids)
    return frozenset(found)


def _led(
    client: Client, connection: Connection, table: Table, root: str, follow: Follow, ids: Collection[int]
) -> frozenset[int]:
    """The roots that another aggregate's ids lead to."""
    if follow.through is not None:
        query = f"SELECT DISTINCT root_id FROM mart.{follow.through} WHERE {source.one_of('id', ids)}"  # noqa: S608
        return _ids(source.read(connection, query))
    where = follow.table or table.name
    had = f"SELECT DISTINCT `{root}` FROM `{where}` WHERE `{root}` > 0"  # noqa: S608 (our own names)
    if follow.column == EVERY:
        return _ids(client.query_arrow(had))
    were = _ids(client.query_arrow(f"{had} AND `{follow.column}` IN ({listed(ids)})"))
    now = f'SELECT DISTINCT "{root}" FROM mart."{where}" WHERE {source.one_of(follow.column or "", ids)}'  # noqa: S608
    return were | _ids(source.read(connection, now))


def rows_of(client: Client, table: Table, column: str, ids: Collection[int]) -> pa.Table:
    """The rows with these ids in the column."""
    names = ", ".join(f"`{name}`" for name in table.columns.keys())  # noqa: SIM118 (columns iterate as columns)
    return client.query_arrow(f"SELECT {names} FROM `{table.name}` WHERE `{column}` IN ({listed(ids)})")  # noqa: S608


def moved_roots(
    client: Client, dimension: Table, was: pa.Table, becomes: pa.Table
) -> Mapping[str, frozenset[int]]:
    """By fact, the ids whose rows point to other versions of the members once these are as `becomes`.

    As olap/affected.py has it: those from the day before the one on which the versions first differ, in UTC.
    """
    since: dict[int, int] = {}
    for member, _, step in _steps(dimension, was) ^ _steps(dimension, becomes):
        day = int((step - timedelta(days=1)).strftime("%Y%m%d"))
        since[member] = min(day, since.get(member, day))
    if not since:
        return {}
    return {
        fact.name: _ids(client.query_arrow(_pointing(fact, dimension, since)))
        for fact in star.FACTS
        if f"{dimension.name}_key" in fact.c
    }


def _steps(dimension: Table, versions: pa.Table) -> set[tuple[int, int, datetime]]:
    """Where each version begins, and (with its key negative) where it ends."""
    name = dimension.name
    found = set()
    for row in versions.select([f"{name}_id", f"{name}_key", "valid_from", "valid_to"]).to_pylist():
        member, key = row[f"{name}_id"], row[f"{name}_key"]
        found |= {(member, key, row["valid_from"]), (member, -key, row["valid_to"])}
    return {step for step in found if step[2] is not None}


def _pointing(fact: Table, dimension: Table, since: Mapping[int, int]) -> str:
    root, name = mart.heads()[fact.name].root, dimension.name
    first = f"transform(d.{name}_id, [{listed(since)}], [{listed(since.values())}], 99999999)"
    return (
        f"SELECT DISTINCT f.`{root}` FROM `{fact.name}` AS f JOIN `{name}` AS d ON d.{name}_key = f.{name}_key"  # noqa: S608
        f" WHERE d.{name}_id IN ({listed(since)}) AND (f.date_key = 0 OR f.date_key >= {first})"
    )


def listed(numbers: Collection[int]) -> str:
    """Numbers of ours, as they stand in a statement."""
    return ", ".join(map(str, numbers))


def _ids(found: pa.Table) -> frozenset[int]:
    return frozenset(found.column(0).to_pylist())
