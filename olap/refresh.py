"""The refresh: what the feed says has changed is read from the mart and replaced in the cube, with the watermark.

Changes and rows are read in one snapshot, rows and watermark are written in one transaction, and a row replaced
twice is the same row: so each change is in exactly once, whatever dies when. A transaction that was open while the
snapshot was taken leaves events that come after all those read, and is read the next time.
"""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Table

from olap import changes, inside, mart, monthly, source, star, watermark
from olap.affected import moved_roots, roots_of
from olap.changes import BULK, CannotFollow, Changes
from olap.dialect import DIALECT
from olap.engines import ledger
from olap.engines.duckdb import Cursor, DuckDB, append
from olap.engines.replace import replace
from olap.engines.tables import create_table
from olap.rollups import kept as rollups
from olap.source import Connection
from olap.watermark import Watermark


def refresh(
    engine: DuckDB, connection: Connection, mark: Watermark, *, views: Sequence[str] = ("changes",)
) -> Watermark:
    """The cube holds all changes that the connection's snapshot shows in `views`; its new watermark, which is stored.

    The connection is inside a snapshot. Raises CannotFollow, and changes nothing, where only a build will do.
    """
    found = watermark.at(source.position(connection))
    reason = watermark.reason_to_rebuild(mark, found)
    if reason is not None:
        raise CannotFollow(reason)
    with engine.transaction() as cursor:
        most = _most(cursor)
        changed = {
            **changes.since(connection, mark, most=most, views=views),
            **changes.silent(mark, found),
        }
        # Read while the cube still has the dimensions as they were.
        due = {fact.name: roots_of(cursor, connection, fact, changed) for fact in star.FACTS}
        moved = [_refresh_dimension(cursor, connection, table, changed) for table in star.DIMENSIONS]
        # Those that are made of other facts come after them.
        for fact in sorted(star.FACTS, key=monthly.is_monthly):
            roots = due[fact.name].union(*(each.get(fact.name, frozenset()) for each in moved))
            if monthly.is_monthly(fact) and (len(roots) > monthly.FEW or monthly.turned(mark, found)):
                inside.fill(cursor, connection, fact)
                rollups.renew(cursor, fact)
                continue
            if len(roots) > most:
                raise CannotFollow(
                    f"the rows of {fact.name} moved for more than {most} of what they belong to"
                )
            _replace_rows(cursor, connection, fact, roots)
        ledger.store(cursor, found)
        rows = rollups.rows(cursor)
    engine.rollups = rows
    return found


def renew_fixed(engine: DuckDB, connection: Connection) -> None:
    """The dimensions without events are as the mart has them now."""
    with engine.transaction() as cursor:
        for table in star.FIXED:
            found = source.read(connection, source.view(table))
            cursor.execute(create_table(table, DIALECT))
            append(cursor, table, found)


def _most(cursor: Cursor) -> int:
    """Beyond this many changes a rebuild is sooner done."""
    # Not counted: of 10 million months that took 24 ms of CPU, as much as any statement of a refresh (measured).
    facts = ", ".join(f"'{fact.name}'" for fact in star.FACTS)
    about = f"SELECT sum(estimated_size) FROM duckdb_tables() WHERE table_name IN ({facts})"  # noqa: S608 (our own names)
    ((rows,),) = cursor.execute(about).fetchall()
    return max(BULK, int(rows) // 100)


def _refresh_dimension(
    cursor: Cursor, connection: Connection, table: Table, changed: Changes
) -> Mapping[str, frozenset[int]]:
    """Changed members are replaced; by fact, whatever of it points to other versions of them now."""
    members = roots_of(cursor, connection, table, changed)
    if not members:
        return {}
    root = mart.heads()[table.name].root
    assert root is not None
    query = source.of_roots(table, members)
    if not star.is_dated(table):
        # Streamed: the scores of all customers are millions of rows, and a night renews them all.
        with (
            rollups.members_change(cursor, table, root, members),
            source.stream(connection, query) as rows,
        ):
            replace(cursor, table, root, members, rows)
        return {}
    found = source.read(connection, query)
    moved = moved_roots(cursor, table, members, found)
    with rollups.members_change(cursor, table, root, members):
        replace(cursor, table, root, members, found)
    return moved


def _replace_rows(cursor: Cursor, connection: Connection, fact: Table, roots: Collection[int]) -> None:
    """All rows of what changed are replaced; what is gone has none."""
    if not roots:
        return
    root = mart.heads()[fact.name].root
    assert root is not None
    query = source.of_roots(fact, roots)
    with rollups.facts_change(cursor, fact, root, roots), source.stream(connection, query) as found:
        replace(cursor, fact, root, roots, found)
