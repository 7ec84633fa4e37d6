"""Facts that a build computes inside DuckDB, on all processors, from the tables it has and what it reads of the rest.

Their views read nothing but other views, and DuckDB runs the same statement as Postgres. So a build streams what those
views say, orders and their lines each by themselves, and joins them here; over Postgres the join was half of what a
build took, and the rows of the months are many times those that they are made of. `verify` holds the two equal.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from itertools import zip_longest

from sqlalchemy import Table

from olap import mart, source
from olap.dialect import DIALECT
from olap.engines.duckdb import Cursor
from olap.engines.tables import create_table, insert_from
from olap.mart.heads import Head
from olap.progress import Progress, Step, silent
from olap.source import Connection
from olap.telling import Telling

ALIKE = frozenset(
    "and as by case coalesce else from in join not numeric on or over select then upper when where".split()  # noqa: SIM905
)
"""What may stand before a parenthesis in a view. What the views of months call was compared by hand."""

CASTS = frozenset(("bigint", "integer", "numeric"))

OTHERWISE = re.compile(
    r"[/%^~|#&@!]|\b(?:collate|current_\w+|i?like|interval|localtime\w*|similar|zone)\b", re.IGNORECASE
)
"""A division is not exact in DuckDB; a moment's day is not the one that Postgres tells, nor is what text is like."""

AT_ONCE = 10_000
"""So many roots are told together, when all are."""

NEVER = "FROM range(100000) a (i), range(100000) b (j) WHERE i < 0 AND j < 0"
"""No row, of which DuckDB expects 400 million."""

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
    "product_versions": "SELECT product_key, product_id, valid_from, valid_to FROM product WHERE product_id > 0",
    "versions": "SELECT customer_key, customer_id, valid_from, valid_to FROM customer WHERE customer_id > 0",
}
"""Views of the mart that are no table of the star, but can be told from it."""


def is_inside(table: Table) -> bool:
    """Whether the table's rows are those of its view over other views, computed by DuckDB."""
    head = mart.heads()[table.name]
    alike = head.monthly or says_the_same(mart.statement(table.name))
    return head.fact and mart.is_derived(table.name) and alike


def says_the_same(statement: str) -> bool:
    """Whether DuckDB is known to do what Postgres does, to the last unit, with all that a statement calls."""
    called = {word.lower() for word in re.findall(r"(\w+)\s*\(", statement)}
    cast_to = {word.lower() for word in re.findall(r"::\s*(\w+)", statement)}
    return called <= ALIKE and cast_to <= CASTS and OTHERWISE.search(statement) is None


def fill(cursor: Cursor, connection: Connection, table: Table, progress: Progress = silent) -> int:
    """The table stands anew with all rows that its view would have over the rest of the star; how many."""
    parts = mart.parts(table.name)
    streamed = [name for name in parts if not mart.is_derived(name) and name not in OF_STAR]
    expected = {name: source.expected_rows(connection, name) for name in streamed}
    telling = Telling(table.name, sum(expected.values()), progress)
    last = _last(table, expected)
    for name in parts:
        if name in OF_STAR:
            cursor.execute(f'CREATE TEMP TABLE "{name}" AS {OF_STAR[name]}')
        elif name not in streamed:
            _derive(cursor, name, mart.heads()[table.name])
        elif name != last:
            with _incoming(cursor, connection, name, telling) as columns:
                cursor.execute(f'CREATE TEMP TABLE "{name}" AS {_of(columns)}')
    with nullcontext() if last is None else _passing(cursor, connection, last, telling):
        cursor.execute(create_table(table, DIALECT))
        cursor.execute(f"CREATE OR REPLACE TEMP VIEW made AS {_here(table.name)}")
        ((rows,),) = cursor.execute(insert_from(table, "made", DIALECT)).fetchall()
        cursor.execute("DROP VIEW made")
    for name in set(parts) - {last}:
        cursor.execute(f'DROP TABLE temp."{name}"')
    progress(Step(table.name, rows, rows))
    return int(rows)


def _last(table: Table, expected: Mapping[str, int]) -> str | None:
    """The view with the most rows, of which each is read once, so that none need be kept; None where all must."""
    if not expected or any(map(mart.is_derived, mart.parts(table.name))):
        return None
    most = max(expected, key=expected.__getitem__)
    once = len(re.findall(rf"\bmart\.{most}\b", mart.statement(table.name))) == 1
    return most if once else None


def _here(view: str) -> str:
    """The view's statement over tables and temporary tables of the same names."""
    return re.sub(r"\bmart\.", "", mart.statement(view))


@contextmanager
def _passing(cursor: Cursor, connection: Connection, name: str, telling: Telling) -> Iterator[None]:
    """Inside, a view of this name passes the rows of the mart's on as they come, once.

    DuckDB takes a stream for one row, and would keep all of it to look up there what it is joined with. By those that
    it expects beside it, and that never come, it takes it for the larger side.
    """
    with _incoming(cursor, connection, name, telling) as columns:
        beside = f"SELECT {', '.join(['NULL'] * len(columns))} {NEVER}"
        cursor.execute(f'CREATE TEMP VIEW "{name}" AS {_of(columns)} UNION ALL {beside}')
        yield
        cursor.execute(f'DROP VIEW temp."{name}"')


@contextmanager
def _incoming(cursor: Cursor, connection: Connection, name: str, telling: Telling) -> Iterator[list[str]]:
    """Inside, `incoming` is the rows of the mart's view as they come, once; its columns, of the types they had."""
    kinds = source.kinds(connection, name)
    rows = source.stream(connection, source.of_kinds(name, kinds))
    with rows as reader, telling.of(reader) as incoming:
        cursor.register("incoming", incoming)
        yield [
            f'CAST("{column}" AS {kind}) AS "{column}"' if kind.startswith("numeric(") else f'"{column}"'
            for column, kind in kinds.items()
        ]
        cursor.unregister("incoming")


def _of(columns: list[str]) -> str:
    return f"SELECT {', '.join(columns)} FROM incoming"  # noqa: S608 (our own names)


def _derive(cursor: Cursor, name: str, head: Head) -> None:
    """A temporary table of this name has the rows of a view of views that stand.

    Some roots after others: all 200,000 customers at once took 4 GB, 10,000 at a time 1.1 GB and as long (measured,
    10.8 million rows). It also leaves the rows of one near each other: he is sooner replaced (25 ms, then 10).
    """
    narrow = [each for each in head.narrow if each.view in mart.reads(name)]
    slices = list(_slices(cursor, head.root, [each.view for each in narrow if each.of is None]))
    if len(slices) < 2:
        cursor.execute(f'CREATE TEMP TABLE "{name}" AS {_here(name)}')
        return
    for each in narrow:
        cursor.execute(f'ALTER TABLE temp."{each.view}" RENAME TO "{each.view}{ALL}"')
    for place, those in enumerate(slices):
        for each in narrow:
            # As tables, not as views: of these DuckDB knows how many rows they have.
            rows_of = f'FROM "{each.view}{ALL}" WHERE {each.where(those)}'
            cursor.execute(f'CREATE OR REPLACE TEMP TABLE "{each.view}" AS {rows_of}')
        begun = f'INSERT INTO "{name}"' if place else f'CREATE TEMP TABLE "{name}" AS'
        cursor.execute(f"{begun} {_here(name)}")
    for each in narrow:
        cursor.execute(f'DROP TABLE temp."{each.view}"')
        cursor.execute(f'ALTER TABLE temp."{each.view}{ALL}" RENAME TO "{each.view}"')


def _slices(cursor: Cursor, root: str | None, views: list[str]) -> Iterator[str]:
    """Conditions on the roots' column, of which each root meets one."""
    every = " UNION ".join(f'SELECT {root} FROM "{name}"' for name in views)  # noqa: S608 (our own names)
    first = (
        f"SELECT {root} FROM (SELECT {root}, row_number() OVER (ORDER BY {root}) AS n FROM ({every}))"  # noqa: S608
        f" WHERE (n - 1) % {AT_ONCE} = 0 ORDER BY n"
    )
    begins = [begin for (begin,) in cursor.execute(first).fetchall()]
    for begin, end in zip_longest(begins, begins[1:]):
        yield f"{root} >= {begin}" + ("" if end is None else f" AND {root} < {end}")
