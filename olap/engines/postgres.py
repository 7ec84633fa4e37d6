"""Postgres itself as the engine: the plans run on the views of the mart, no row is copied, every answer is current.

Statements go through ADBC, which answers in Arrow. What a cell costs is what its facts cost Postgres: for as many
lines as it groups in the time that is asked for.
"""

import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlencode

import pyarrow as pa
from sqlalchemy import Alias, ClauseElement, String, Table
from sqlalchemy.dialects.postgresql.psycopg import PGCompiler_psycopg, PGDialect_psycopg

from olap import source
from olap.adbc import connected
from olap.dialect import BY_HASH, IN_STEPS
from olap.engines.ceilings import GIGABYTE, KILOBYTE, USUAL, Ceilings
from olap.engines.compiled import Compiler, Query
from olap.engines.exact import decimals, scales_of
from olap.engines.interrupt import Insisting, Interrupt, Interrupted
from olap.engines.underway import Underway
from olap.errors import CubeError, NeedsMemory, TookTooLong

if TYPE_CHECKING:
    from adbc_driver_manager.dbapi import Connection, Cursor

SECONDS = 60.0
"""A query that takes longer is stopped, unless told otherwise."""

MOST = 8
"""Queries that run at once; others wait for their turn."""

MEMORY = GIGABYTE
"""Bytes that a query may hold, unless told otherwise."""

PART = 16
"""Postgres bounds each hash and each sort: a plan has several at a time, and each of its workers has them too."""

CANCELLED = "57014"
TOO_MUCH = ("53100", "53200", "53400")
"""The disk is full, the memory is, or temp_file_limit was reached."""
DENIED = "42501"
GONE = ("08", "57P")
"""Classes of errors that say nothing of the query: the connection was lost, the server is shut down."""

SETTINGS = {
    "search_path": "mart",
    "default_transaction_read_only": "on",
    "timezone": "UTC",
    "jit": "off",
    "enable_mergejoin": "off",
    "idle_in_transaction_session_timeout": "60s",
}
"""Compiling the views' expressions costs more than it saves (measured). So does sorting all facts to join them with a
dimension, which the planner does as it cannot know that a fact has one member of it: it expects hundreds.
"""


class _Mart(PGCompiler_psycopg):
    """Compares and orders text by its bytes, as every other engine does, whatever the server's locale; and groups
    facts by one set of keys only: for GROUPING SETS all of them would be sorted, and added up once for each set."""

    def visit_select(self, select_stmt: Any, *args: Any, **options: Any) -> str:
        steps = select_stmt.get_execution_options().get(IN_STEPS, select_stmt)
        rendered: str = super().visit_select(steps, *args, **options)  # type: ignore[no-untyped-call]  # SQLAlchemy's
        return rendered

    def visit_column(self, column: Any, *args: Any, **options: Any) -> str:
        rendered = super().visit_column(column, *args, **options)
        of = column.table.element if isinstance(column.table, Alias) else column.table
        stored = isinstance(of, Table) and isinstance(column.type, String)
        return f'{rendered} COLLATE "C"' if stored else rendered


class _Dialect(PGDialect_psycopg):
    name = "mart"
    statement_compiler = _Mart
    supports_statement_cache = True


DIALECT = _Dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]  # SQLAlchemy's


class Postgres:
    """The mart at a libpq URL. Safe for many threads: each call has a connection of its own, of `most` at most."""

    def __init__(
        self, url: str, *, seconds: float = SECONDS, most: int = MOST, ceilings: Ceilings = USUAL
    ) -> None:
        """No connection is made before the first query, which raises CubeError where there is none to be had.

        The ceiling for disk holds where the user may set `temp_file_limit`.
        """
        self._url = url
        self._seconds = seconds
        self._ceilings = ceilings
        self._compiler = Compiler(DIALECT)
        self._turns = threading.BoundedSemaphore(most)
        self._lock = threading.Lock()
        self._idle: list[Connection] = []
        self._underway = Underway()

    def fetch(
        self,
        statement: ClauseElement,
        values: Mapping[str, Any] | None = None,
        *,
        interrupt: Interrupt | None = None,
    ) -> pa.Table:
        """All rows of a statement, read in one snapshot; columns are named as the statement labels them.

        Raises Interrupted, NeedsMemory, and TookTooLong after the engine's seconds.
        """
        query = self._compiler.query(statement, values)
        stop = interrupt or Interrupt()
        with self._turns, self._underway.counted(stop):
            try:
                found = self._run(query, stop)
            except _Lost:
                # It sat idle while the server was restarted; reading again does no harm.
                self._forget_idle()
                found = self._run(query, stop)
        exact = decimals(found, scales_of(statement))
        # Without what the driver says of Postgres's types.
        return pa.Table.from_arrays(exact.columns, names=exact.column_names)

    def query(self, statement: ClauseElement, values: Mapping[str, Any]) -> Query:
        """The statement as it would be sent."""
        return self._compiler.query(statement, values)

    def interrupt(self) -> None:
        """Whatever runs now ends with Interrupted."""
        self._underway.interrupt()

    def close(self) -> None:
        """No connection is open; what ran was interrupted."""
        self._underway.end()
        self._forget_idle()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self, query: Query, stop: Interrupt) -> pa.Table:
        import adbc_driver_manager as adbc

        connection, fresh = self._connection()
        try:
            found = _read(connection, query, stop)
        except adbc.Error as error:
            connection.close()
            raise self._named(error, stop, fresh=fresh) from error
        except BaseException:
            connection.close()
            raise
        with self._lock:
            self._idle.append(connection)
        return found

    def _named(self, error: Any, stop: Interrupt, *, fresh: bool) -> Exception:
        """What an error of the driver's means."""
        state = error.sqlstate or ""
        if stop.asked:
            return Interrupted("the query was interrupted")
        if state == CANCELLED:
            return TookTooLong(self._seconds)
        if state in TOO_MUCH:
            return NeedsMemory()
        if not fresh and (not state.strip() or state.startswith(GONE)):
            return _Lost()
        return CubeError(f"Postgres could not answer: {error}")

    def _connection(self) -> tuple["Connection", bool]:
        """A connection, and whether it is a new one."""
        with self._lock:
            if self._idle:
                return self._idle.pop(), False
        return _opened(self._url, self._seconds, self._ceilings), True

    def _forget_idle(self) -> None:
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()


class _Lost(Exception):
    """A connection that was kept is of no use any more."""


class _Running:
    """A cursor's query."""

    def __init__(self, cursor: "Cursor") -> None:
        self._cursor = cursor

    def interrupt(self) -> None:
        import adbc_driver_manager as adbc

        # A query that has not begun yet, or is over, cannot be cancelled.
        with suppress(adbc.Error):
            self._cursor.adbc_cancel()


def _read(connection: "Connection", query: Query, stop: Interrupt) -> pa.Table:
    with connection.cursor() as cursor, Insisting(_Running(cursor)) as running, stop.watching(running):
        by_hash = BY_HASH in query.text
        if by_hash:
            _one_by_one(cursor, "off")
        cursor.execute(query.text, list(query.values) or None)
        found = cursor.fetch_arrow_table()
        if by_hash:
            # The connection is used again; one that failed is closed.
            _one_by_one(cursor, "on")
        return found


def _one_by_one(cursor: Any, setting: str) -> None:
    """Whether joins may look rows up one by one."""
    cursor.execute(f"SELECT set_config('enable_nestloop', '{setting}', false) AS set")
    cursor.fetch_arrow_table()


def _opened(url: str, seconds: float, ceilings: Ceilings) -> "Connection":
    """A connection that reads the mart. Raises CubeError."""
    import adbc_driver_manager as adbc

    settings = {
        **SETTINGS,
        "statement_timeout": f"{int(seconds * 1000)}ms",
        "work_mem": f"{(ceilings.memory or MEMORY) // PART // KILOBYTE}kB",
    }
    missing = {name: value for name, value in source.LIVENESS.items() if f"{name}=" not in url}
    try:
        opened = connected(f"{url}{'&' if '?' in url else '?'}{urlencode(missing)}")
    except adbc.Error as error:
        raise CubeError(f"no connection to Postgres: {error}") from error
    with opened.cursor() as cursor:
        names = ", ".join(
            f"set_config('{name}', '{value}', false) AS {name}" for name, value in settings.items()
        )
        cursor.execute(f"SELECT {names}")
        cursor.fetch_arrow_table()
    _bound_disk(opened, ceilings.disk)
    return opened


def _bound_disk(connection: "Connection", disk: int) -> None:
    """A query writes no more to disk, where the user may say so: Postgres asks for a superuser, or for a grant."""
    import adbc_driver_manager as adbc

    with connection.cursor() as cursor:
        try:
            cursor.execute(f"SELECT set_config('temp_file_limit', '{disk // KILOBYTE}kB', false) AS set")
            cursor.fetch_arrow_table()
        except adbc.Error as error:
            if error.sqlstate != DENIED:
                raise CubeError(f"Postgres does not take the setting temp_file_limit: {error}") from error
