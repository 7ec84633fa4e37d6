"""DuckDB, the embedded engine: one file (or memory), one writer process, readers that no writer blocks.

Statements are compiled by SQLAlchemy's PostgreSQL dialect and run natively; results are Arrow.
`duckdb-engine` was refused (its reflection, savepoints and Arrow are broken), and `ibis` (broken on 2.0).
"""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import Any, Self, TypeVar

import duckdb
import pyarrow as pa
from sqlalchemy import ClauseElement, MetaData, Table

from olap.dialect import DIALECT
from olap.engines.ceilings import DISK
from olap.engines.compiled import Compiler, Query
from olap.engines.interrupt import Insisting, Interrupt, Interrupted
from olap.engines.parsed import Parsed, again, submitted
from olap.engines.tables import check_exact, create_table, insert_from
from olap.engines.turns import before_others, with_memory
from olap.engines.underway import Underway
from olap.errors import CubeError

MEMORY = ":memory:"

# DuckDB's own is 80 %, which leaves too little for the Postgres beside it.
HALF = "50%"

LOG = "256MB"
"""What is committed lies in a log of so much before it is put into the file. DuckDB's own 16 MB come together in 20 s
of 50 orders a second, and whoever follows the feed then stands still for 0.7 s: changes showed after 1.7 s at p99,
after 1.05 with this (measured on one slow machine). Reading it again after a kill takes 1 s for each 110 MB."""

Cursor = duckdb.DuckDBPyConnection

T = TypeVar("T")


class DuckDB:
    """An open database. Safe for many threads: each call has a cursor of its own."""

    def __init__(
        self,
        path: str | Path = MEMORY,
        *,
        threads: int | None = None,
        memory_limit: str = HALF,
        disk: int = DISK,
    ) -> None:
        """Open or create the file. `threads` is all cores unless given, `memory_limit` as DuckDB writes it: `2GB`.

        What does not fit into it goes to `disk`, so many bytes at most. Raises CubeError where the file is not
        DuckDB's or another process has it open.
        """
        self._connection = _connect(str(path), threads=threads, memory_limit=memory_limit, disk=disk)
        self._compiler = Compiler(DIALECT)
        self._parsed = Parsed()
        self._underway = Underway()
        self.rollups: Mapping[str, int] = {}
        """How many rows each rollup has that a plan may be put over, by table."""

    def fetch(
        self,
        statement: ClauseElement,
        values: Mapping[str, Any] | None = None,
        *,
        interrupt: Interrupt | None = None,
    ) -> pa.Table:
        """All rows of a statement, read in one snapshot; columns are named as the statement labels them.

        `values` are those of the statement's named parameters.
        """
        return self.run(self._compiler.query(statement, values), interrupt=interrupt)

    def run(self, query: Query, *, interrupt: Interrupt | None = None) -> pa.Table:
        """All rows of a statement that was compiled already.

        Raises NeedsMemory, and MemoryTaken where others held it.
        """
        stop = interrupt or Interrupt()
        return with_memory(self._underway, stop, lambda: self._once(query, stop))

    def _once(self, query: Query, stop: Interrupt) -> pa.Table:
        with self._cursor(stop) as cursor:
            ask = self._parsed.few if query.few else submitted
            return ask(cursor, query.text, query.values)

    def before_others(self, write: Callable[[], T]) -> T:
        """What `write` gives, which writes in transactions; asked again alone where it ran out of memory."""
        return before_others(self._underway, write)

    def query(self, statement: ClauseElement, values: Mapping[str, Any]) -> Query:
        """The statement as it would be sent."""
        return self._compiler.query(statement, values)

    def interrupt(self) -> None:
        """Whatever runs now ends with Interrupted."""
        self._underway.interrupt()

    def create_tables(self, metadata: MetaData) -> None:
        """All tables of the star stand, empty."""
        with self.transaction() as cursor:
            for table in metadata.sorted_tables:
                cursor.execute(create_table(table, DIALECT))

    def tables(self) -> frozenset[str]:
        """The names of the tables that stand."""
        with self._cursor() as cursor:
            return frozenset(name for (name,) in cursor.execute("SHOW TABLES").fetchall())

    def insert(self, table: Table, rows: pa.Table | pa.RecordBatchReader) -> int:
        """The rows are in the table, by column name; how many. See `append`."""
        with self.transaction() as cursor:
            return append(cursor, table, rows)

    @contextmanager
    def transaction(self) -> Iterator[Cursor]:
        """All that the cursor does is committed at the end, or nothing of it."""
        with self._cursor() as cursor:
            cursor.begin()
            try:
                yield cursor
            except BaseException:
                cursor.rollback()
                raise
            cursor.commit()

    @contextmanager
    def reading(self) -> Iterator[Cursor]:
        """A cursor whose queries all see the database as it is now, whatever is written meanwhile."""
        with self._cursor() as cursor:
            cursor.begin()
            # The snapshot is taken by the first statement, not by BEGIN (observed).
            cursor.execute("SELECT count(*) FROM duckdb_tables()").fetchall()
            yield cursor
            cursor.rollback()

    def close(self) -> None:
        """The file is closed and free for another process; what ran was interrupted."""
        self._underway.end()  # a connection that is busy refuses to be closed
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _cursor(self, interrupt: Interrupt | None = None) -> Iterator[Cursor]:
        """A cursor of one call's own, which `interrupt` and the engine's own can stop, with Interrupted. Raises
        CubeError once closed."""
        stop = interrupt or Interrupt()
        with (
            self._underway.counted(stop),
            closing(self._connection.cursor()) as cursor,
            # One query is told until it has stopped: DuckDB forgets what was said before it began.
            nullcontext(cursor) if interrupt is None else Insisting(cursor) as running,
            stop.watching(running),
        ):
            try:
                yield cursor
            except duckdb.InterruptException:
                raise Interrupted("the query was interrupted") from None


def append(cursor: Cursor, table: Table, rows: pa.Table | pa.RecordBatchReader) -> int:
    """The rows are in the table, by column name, in the cursor's transaction; how many. A reader is streamed.

    Values are cast to the table's types: exact numbers may come as text or as decimals. Raises ModelError for
    a missing column and for an exact one given as a float.
    """
    check_exact(table, rows.schema)
    cursor.register("incoming", rows)
    added = again(cursor, insert_from(table, "incoming", DIALECT)).fetchall()
    # Not after an error: an aborted transaction refuses it, and the cursor ends with the transaction.
    cursor.unregister("incoming")
    return int(added[0][0])


def _connect(path: str, *, threads: int | None, memory_limit: str, disk: int) -> Cursor:
    """A connection that touches no file but its own, whatever finds its way into a statement."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "temp_directory": tempfile.gettempdir() if path == MEMORY else f"{path}.tmp",
        "preserve_insertion_order": False,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "memory_limit": memory_limit,
        "checkpoint_threshold": LOG,
    }
    if threads is not None:
        config["threads"] = threads
    try:
        connection = duckdb.connect(path, config=config)
    except duckdb.Error as error:
        raise CubeError(f"cannot open the cube's file {path}: {error}") from error
    # Among the settings to connect with it is taken, shown, and not in force (2.0).
    connection.execute(f"SET max_temp_directory_size = '{disk}B'")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection
