"""The refresh: what the feed says has changed is read from the mart and replaced in the cube, with the watermark.

Changes and rows are read in one snapshot, rows and watermark are written in one transaction, and a row replaced
twice is the same row: so each change is in exactly once, whatever dies when. A transaction that was open while the
snapshot was taken leaves events that come after all those read, and is read the next time.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import Table

from olap import changes, source, star, watermark
from olap.changes import BULK, CannotFollow, Changes
from olap.engines.duckdb import DIALECT, Cursor, DuckDB, append
from olap.engines.replace import id_table, ids_of, registered, replace
from olap.engines.tables import create_table
from olap.source import Connection
from olap.watermark import Watermark

FIXED = (star.date, star.channel, star.currency, star.line_kind, star.known)
"""Dimensions that no event tells of: only a new version of the schema changes them."""

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
    ), moved AS (
        SELECT id, strftime(make_timestamp(epoch_us(min(step)))::date - 1, '%Y%m%d')::integer AS since
        FROM ((FROM was EXCEPT FROM becomes) UNION ALL (FROM becomes EXCEPT FROM was))
        GROUP BY id
    )
    SELECT DISTINCT s.order_id
    FROM sales s
    JOIN {name} d ON d.{name}_key = s.{name}_key
    JOIN moved m ON m.id = d.{name}_id
    WHERE s.date_key = 0 OR s.date_key >= m.since
"""
"""Orders whose lines point to other versions than before: those from the day on which the versions first differ.

That day is taken in UTC, less one, which is early enough for every zone. A customer who moves house today so
touches today's orders, not those of all the years before.
"""


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
        changed = changes.since(connection, mark, most=most, views=views)
        orders = changed.orders | _refresh_dimensions(cursor, connection, changed)
        if len(orders) > most:
            raise CannotFollow(f"the lines of more than {most} orders moved")
        _refresh_sales(cursor, connection, orders)
        watermark.store(cursor, found)
    return found


def renew_fixed(engine: DuckDB, connection: Connection) -> None:
    """The dimensions without events are as the mart has them now."""
    with engine.transaction() as cursor:
        for table in FIXED:
            found = source.read(connection, source.view(table))
            cursor.execute(create_table(table, DIALECT))
            append(cursor, table, found)


def _most(cursor: Cursor) -> int:
    """Beyond this many changes a rebuild is sooner done."""
    (lines,) = cursor.execute("SELECT count(*) FROM sales").fetchall()[0]
    return max(BULK, int(lines) // 100)


def _refresh_dimensions(cursor: Cursor, connection: Connection, changed: Changes) -> frozenset[int]:
    """Changed members are replaced; the orders whose lines point to other versions now."""
    if changed.branches:
        where = source.one_of("branch_key", changed.branches)
        found = source.read(connection, source.view(star.branch, where=where))
        replace(cursor, star.branch, "branch_key", changed.branches, found)
    products = changed.products
    if changed.categories:
        # A category's name may be in any product's path; the dimension is read sooner than the tree is walked.
        products |= ids_of(cursor, "SELECT DISTINCT product_id FROM product WHERE product_id > 0")
    moved = _replace_versions(cursor, connection, star.customer, changed.customers)
    return moved | _replace_versions(cursor, connection, star.product, products)


def _replace_versions(
    cursor: Cursor, connection: Connection, dimension: Table, ids: Collection[int]
) -> frozenset[int]:
    """All versions of the members are replaced; the orders whose lines point to other ones now."""
    if not ids:
        return frozenset()
    column = f"{dimension.name}_id"
    found = source.read(connection, source.view(dimension, where=source.one_of(column, ids)))
    with registered(cursor, changed=id_table(ids), found=found):
        moved = ids_of(cursor, MOVED.format(name=dimension.name))
    replace(cursor, dimension, column, ids, found)
    return moved


def _refresh_sales(cursor: Cursor, connection: Connection, orders: Collection[int]) -> None:
    """All lines of the orders are replaced; an order that is gone has none."""
    if not orders:
        return
    query = source.view(star.sales, where=source.one_of("order_id", orders))
    with source.stream(connection, query) as found:
        replace(cursor, star.sales, "order_id", orders, found)
