"""ClickHouse as the engine: the plans compiled by the dialect of its own driver, run there, answered in Arrow."""

import threading
import uuid
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Self

import pyarrow as pa
from sqlalchemy import ClauseElement

from olap.engines.ceilings import USUAL, Ceilings
from olap.engines.clickhouse.connect import EMBEDDED, Client, connect
from olap.engines.compiled import Compiler
from olap.engines.interrupt import Insisting, Interrupt, Interrupted
from olap.engines.underway import Underway
from olap.errors import CubeError, NeedsMemory, TookTooLong

SECONDS = 60.0

CANCELLED, TOO_LONG = 394, 159
TOO_MUCH = (241, 243, 307, 396)
"""Memory or disk ran out, or a query has written as much as it may."""
"""ClickHouse's own numbers of these errors."""


class ClickHouse:
    """A cube in ClickHouse. Safe for many threads; the embedded engine takes one query after the other."""

    def __init__(
        self,
        url: str,
        *,
        cluster: str | None = None,
        seconds: float = SECONDS,
        ceilings: Ceilings = USUAL,
    ) -> None:
        """Raises CubeError where there is no server, or it does not take our settings."""
        from olap.engines.clickhouse.dialect import Dialect

        self.cluster = cluster
        self._seconds = seconds
        self._compiler = Compiler(Dialect(server_side_params=True))
        self._reading = connect(url, cluster=cluster, seconds=seconds, ceilings=ceilings)
        self.writing = connect(url, cluster=cluster)
        self._stopping = connect(url)
        self._embedded = url.startswith(EMBEDDED)
        self._alone: AbstractContextManager[object] = threading.Lock() if self._embedded else nullcontext()
        self._underway = Underway()

    def read_from(self, database: str) -> None:
        """Queries from now on read the tables of this database."""
        self._reading.database = database

    def fetch(
        self,
        statement: ClauseElement,
        values: Mapping[str, Any] | None = None,
        *,
        interrupt: Interrupt | None = None,
    ) -> pa.Table:
        """All rows of a statement; columns are named as the statement labels them.

        Raises Interrupted, NeedsMemory, and TookTooLong after the engine's seconds.
        """
        from clickhouse_connect.driver.exceptions import Error

        from olap.engines.clickhouse.dialect import as_labelled

        text, parameters = self._compiler.named(statement, values)
        stop = interrupt or Interrupt()
        query = _Running(self._stopping)
        with self._underway.counted(stop), self._alone, Insisting(query) as running, stop.watching(running):
            try:
                found = self._reading.query_arrow(f"/* {query.mark} */ {text}", parameters)
            except Error as error:
                self._forget_answer()
                raise self._named(error, stop) from error
        return found.rename_columns([as_labelled(name) for name in found.column_names])

    def interrupt(self) -> None:
        """Whatever runs now ends with Interrupted."""
        self._underway.interrupt()

    def close(self) -> None:
        """No connection is open; what ran was interrupted."""
        self._underway.end()
        for client in (self._reading, self.writing, self._stopping):
            client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _forget_answer(self) -> None:
        """The embedded engine puts what it had of an answer that failed before the next one (chdb 4.4)."""
        if self._embedded:
            self._reading.raw_query("SELECT 1")

    def _named(self, error: Any, stop: Interrupt) -> Exception:
        """What an error of the driver's means."""
        if stop.asked:
            return Interrupted("the query was interrupted")
        if error.code == TOO_LONG:
            return TookTooLong(self._seconds)
        if error.code in TOO_MUCH:
            return NeedsMemory()
        return CubeError(f"ClickHouse could not answer: {error}")


class _Running:
    """A query that is known by the mark in its text: its id is not ours to choose in the embedded engine."""

    def __init__(self, stopping: Client) -> None:
        self.mark = f"dangol {uuid.uuid4()}"
        self._stopping = stopping

    def interrupt(self) -> None:
        """Told to stop, if it runs."""
        self._stopping.command(f"KILL QUERY WHERE startsWith(query, '/* {self.mark} */') ASYNC")
