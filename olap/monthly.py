"""Facts that have a row for each month up to the running one, computed inside DuckDB from the tables it has.

Their views are written so that Postgres and DuckDB run the same statement. Over Postgres it is the heaviest of the
mart, and its rows are many times those it is made of; so a build runs it here, on the star that was just loaded, and
streams only what the star lacks. A refresh reads the rows of the few who changed from the view, by their index. A new
month, or a night's scores, concern everybody: then it is run here again. `verify` holds the two equal.
"""

import re
from collections.abc import Iterator
from itertools import zip_longest

from sqlalchemy import Table

from olap import mart, source
from olap.dialect import DIALECT
from olap.engines.duckdb import Cursor
from olap.engines.tables import create_table, insert_from
from olap.mart.heads import Head
from olap.source import Connection
from olap.watermark import Watermark

FEW = 5_000
"""Of more roots than this, all rows are sooner computed than those of each read."""

AT_ONCE = 10_000
"""So many roots are told together, when all are."""

ALL = "_of_all"
"""After the name of a view that is told for some of its roots at a time."""

OF_STAR = {
    "bought": """
        SELECT o.customer_id, d.year * 12 + d.month - 1 AS month, d.on_date, o.currency_key, o.sold, o.net_revenue
        FROM (
            SELECT any_value(s.customer_id) AS customer_id, any_value(s.date_key) AS date_key,
                   any_value(s.currency_key) AS currency_key,
                   bool_or(k.kind IS NOT DISTINCT FROM 'sale') AS sold, sum(s.net_revenue) AS net_revenue
            FROM sales s JOIN line_kind k USING (line_kind_key)
            WHERE s.customer_id > 0 GROUP BY s.order_id
        ) o JOIN date d USING (date_key) WHERE d.on_date IS NOT NULL
    """,
    "versions": "SELECT customer_key, customer_id, valid_from, valid_to FROM customer WHERE customer_id > 0",
}
"""Views of the mart that are no table of the star, but can be told from it."""


def is_monthly(table: Table) -> bool:
    """Whether the table's view declares that a month that begins adds rows to it."""
    return mart.heads()[table.name].monthly


def turned(mark: Watermark, found: Watermark) -> bool:
    """Whether a month began since the watermark."""
    return mark.today[:7] != found.today[:7]


def fill(cursor: Cursor, connection: Connection, table: Table) -> int:
    """The table stands anew with all rows that its view would have over the rest of the star; how many.

    Some roots after others: 200,000 customers at once took 4 GB, 10,000 at a time 1.1 GB and as long (measured, 10.8
    million rows). It also leaves the rows of one near each other: he is sooner replaced (25 ms, then 10).
    """
    head, definition = mart.heads()[table.name], mart.definition(table.name)
    read = sorted(set(re.findall(r"\bmart\.(\w+)", definition)) - set(mart.heads()))
    for name in read:
        _stand(cursor, connection, name)
    cursor.execute(create_table(table, DIALECT))
    here = re.sub(r"\bmart\.", "", definition)
    slices = list(_slices(cursor, head))
    narrow = head.narrow if len(slices) > 1 else ()
    for each in narrow:
        cursor.execute(f'ALTER TABLE temp."{each.view}" RENAME TO "{each.view}{ALL}"')
    added = 0
    for those in slices:
        for each in narrow:
            # As tables, not as views: of these DuckDB knows how many rows they have.
            rows_of = f'FROM "{each.view}{ALL}" WHERE {each.where(those)}'
            cursor.execute(f'CREATE OR REPLACE TEMP TABLE "{each.view}" AS {rows_of}')
        cursor.execute(f"CREATE OR REPLACE TEMP VIEW made AS {here}")
        ((rows,),) = cursor.execute(insert_from(table, "made", DIALECT)).fetchall()
        added += int(rows)
    cursor.execute("DROP VIEW IF EXISTS made")
    for name in (*read, *(f"{each.view}{ALL}" for each in narrow)):
        cursor.execute(f'DROP TABLE temp."{name}"')
    return added


def _slices(cursor: Cursor, head: Head) -> Iterator[str]:
    """Conditions on the roots' column, of which each root meets one."""
    own = (each.view for each in head.narrow if each.of is None)
    every = " UNION ".join(f'SELECT {head.root} FROM "{name}"' for name in own)  # noqa: S608 (our own names)
    first = (
        f"SELECT {head.root} FROM (SELECT {head.root}, row_number() OVER (ORDER BY {head.root}) AS n FROM ({every}))"  # noqa: S608
        f" WHERE (n - 1) % {AT_ONCE} = 0 ORDER BY n"
    )
    begins = [begin for (begin,) in cursor.execute(first).fetchall()]
    for begin, end in zip_longest(begins, begins[1:]):
        yield f"{head.root} >= {begin}" + ("" if end is None else f" AND {head.root} < {end}")


def _stand(cursor: Cursor, connection: Connection, name: str) -> None:
    """A temporary table of this name has the rows of the mart's view, for as long as it is needed."""
    if name in OF_STAR:
        cursor.execute(f'CREATE TEMP TABLE "{name}" AS {OF_STAR[name]}')
        return
    with source.stream(connection, f'SELECT * FROM mart."{name}"') as reader:  # noqa: S608 (our own names)
        cursor.register("incoming", reader)
        cursor.execute(f'CREATE TEMP TABLE "{name}" AS FROM incoming')
        cursor.unregister("incoming")
