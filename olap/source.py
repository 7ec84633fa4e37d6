"""Reading the mart out of Postgres: snapshots, tables and streams of Arrow, through ADBC.

ADBC hands numeric over as text, decoded slowly on our side; so exact columns are asked for as text, and become
DECIMAL in the engine, never a float.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import pyarrow as pa
from sqlalchemy import Numeric, Table

from olap import adbc, mart
from olap.adbc import Connection as Connection

SETTINGS = {
    "application_name": "dangol cube",
    "timezone": "UTC",
    "jit": "off",
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "work_mem": "64MB",
}
"""A build is one long statement a view. Compiling its expressions costs more than it saves (measured)."""

LIVENESS = {"connect_timeout": 5, "keepalives_idle": 5, "keepalives_interval": 2, "tcp_user_timeout": 10_000}
"""A server that vanished without a word is noticed within 10 s."""


@dataclass(frozen=True)
class Position:
    """Where a snapshot of the database stands, and what the company counts in.

    Every transaction below `horizon` is over and seen; none from `next_xid` on had begun. `last_event` is the
    last transaction below the horizon that left an event in the feed, or 0. `today` is the company's day, `scored` is
    another whenever customers were scored.
    """

    database: str
    epoch: int
    horizon: int
    next_xid: int
    last_event: int
    time_zone: str
    currency: str
    read_at: datetime
    today: str = ""
    scored: str = ""


POSITION = """
    SELECT concat_ws('/', (SELECT system_identifier FROM pg_control_system()),
                          (SELECT timeline_id FROM pg_control_checkpoint()),
                          (SELECT oid FROM pg_database WHERE datname = current_database())) AS database,
           s.feed_epoch AS epoch, s.horizon, pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS next_xid,
           coalesce((SELECT xid FROM mart.changes ORDER BY raw_xid DESC LIMIT 1), 0) AS last_event,
           s.time_zone, s.currency, clock_timestamp() AS read_at,
           (now() AT TIME ZONE s.time_zone)::date::text AS today, s.scored
    FROM mart.state s
"""
"""A cluster restored from a dump, a server set back or promoted, a database made from a template: each is another."""


@contextmanager
def connect(url: str) -> Iterator[Connection]:
    """A connection to the database at a libpq URL, each statement in a transaction of its own."""
    missing = {name: value for name, value in LIVENESS.items() if f"{name}=" not in url}
    joined = "&" if "?" in url else "?"
    with adbc.connected(f"{url}{joined}{urlencode(missing)}") as connection:
        read(
            connection,
            "SELECT " + ", ".join(f"set_config('{k}', '{v}', false) AS {k}" for k, v in SETTINGS.items()),
        )
        yield connection


@contextmanager
def snapshot(connection: Connection) -> Iterator[Connection]:
    """All that is read inside is of one moment."""
    execute(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    try:
        yield connection
    finally:
        execute(connection, "ROLLBACK")


def execute(connection: Connection, statement: str) -> None:
    """The statement has run; it gives no rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement)


def read(connection: Connection, query: str) -> pa.Table:
    """All rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetch_arrow_table()


def one(connection: Connection, query: str) -> dict[str, Any]:
    """The one row of a query, by column name."""
    (row,) = read(connection, query).to_pylist()
    return dict(row)


@contextmanager
def stream(connection: Connection, query: str) -> Iterator[pa.RecordBatchReader]:
    """The rows of a query in batches of about 16 MB, as they arrive; nothing else can be read meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(query)
        yield cursor.fetch_record_batch()


def position(connection: Connection) -> Position:
    """Where the present snapshot stands."""
    return Position(**one(connection, POSITION))


def view(table: Table) -> str:
    """The query for all columns of a mart view, exact ones as text."""
    return f'SELECT {_columns(table)} FROM mart."{table.name}"'  # noqa: S608 (our own names)


def of_roots(table: Table, roots: Collection[int]) -> str:
    """The query for the rows of a view that belong to these roots, whose rows are replaced together; as `view`.

    A condition on the whole view reaches what it groups, not what it joins: there Postgres read the versions of all
    customers for twenty. What the view's head names is narrowed one by one.
    """
    head = mart.heads()[table.name]
    assert head.root is not None
    those = one_of(head.root, roots)
    if not head.narrow:
        return f"{view(table)} WHERE {those}"
    narrow = {each.view: f" WHERE {each.where(those)}" for each in head.narrow}
    told_by = {each.view for each in head.narrow if each.of is not None}
    parts = sorted(mart.parts(table.name), key=lambda name: (mart.is_derived(name), name in told_by))
    named = re.compile(rf"\bmart\.({'|'.join(parts)})\b")
    # What is read more than once is computed once, as Postgres has it: the months, seven times.
    few = {
        name: named.sub(r"\1", mart.statement(name))
        if mart.is_derived(name)
        else f"SELECT * FROM mart.{name}{narrow.get(name, '')}"  # noqa: S608 (our own names)
        for name in parts
    }
    first = ", ".join(f"{name} AS ({rows})" for name, rows in few.items())
    rows = named.sub(r"\1", mart.statement(table.name))
    return f'WITH {first} SELECT {_columns(table)} FROM ({rows}) AS "{table.name}"'  # noqa: S608


def kinds(connection: Connection, name: str) -> dict[str, str]:
    """The columns of a mart view, with their types as Postgres writes them."""
    columns = f"""
        SELECT attname AS name, format_type(atttypid, atttypmod) AS kind FROM pg_attribute
        WHERE attrelid = 'mart."{name}"'::regclass AND attnum > 0 ORDER BY attnum
    """  # noqa: S608 (our own names)
    return {row["name"]: row["kind"] for row in read(connection, columns).to_pylist()}


def of_kinds(name: str, columns: Mapping[str, str]) -> str:
    """The query for these columns of a mart view, exact ones as text."""
    each = (f'"{c}"::text' if kind.startswith("numeric") else f'"{c}"' for c, kind in columns.items())
    return f'SELECT {", ".join(each)} FROM mart."{name}"'  # noqa: S608 (our own names)


def _columns(table: Table) -> str:
    return ", ".join(
        f'"{c.name}"::text' if isinstance(c.type, Numeric) else f'"{c.name}"' for c in table.columns
    )


def one_of(column: str, ids: Iterable[int]) -> str:
    """The condition that a column holds one of the ids. As one array, it is looked up by index (measured)."""
    return f"{column} = ANY ('{{{','.join(map(str, sorted(ids)))}}}'::bigint[])"


def expected_rows(connection: Connection, name: str) -> int:
    """About how many rows a mart view has, by the planner's statistics; costs a millisecond."""
    import adbc_driver_postgresql

    with connection.cursor() as cursor:
        cursor.adbc_statement.set_options(**{adbc_driver_postgresql.StatementOptions.USE_COPY.value: "false"})
        cursor.execute(f'EXPLAIN (FORMAT JSON) SELECT * FROM mart."{name}"')  # noqa: S608 (our own names)
        (row,) = cursor.fetch_arrow_table().to_pylist()
    (plan,) = json.loads(next(iter(row.values())))
    return int(plan["Plan"]["Plan Rows"])
