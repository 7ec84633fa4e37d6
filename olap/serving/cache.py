"""Answers kept as long as the cube stays as it is.

An answer is found again by the cube's version, the statement and all its values. The statement is made of the plan
alone, and the caller's row filter is part of the plan (olap/bind.py): its conditions stand in the statement, its keys
among the values. So two callers share an answer only where they may see the same facts.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa
from sqlalchemy import ClauseElement

from olap.engines.compiled import Query
from olap.engines.interrupt import Interrupt
from olap.explain import query_of
from olap.requests import RequestLog
from olap.rollups.choice import rows_of
from olap.serving.interruptible import Stoppable

MOST = 256 * 2**20
"""Bytes of all answers that are kept."""
SHARE = 16
"""An answer of more than this part of the bytes is not kept: it would drive out too many others."""

Key = tuple[Any, ...]


class Cached:
    """An engine that keeps its answers, the ones used last, up to so many bytes. Safe for many threads.

    Without a version nothing is kept.

    `version` names what the cube holds. It is asked before the query runs, so that what is kept under it may be
    fresher than it says, never staler.
    """

    def __init__(
        self,
        engine: Stoppable,
        version: Callable[[], str],
        *,
        most: int = MOST,
        requests: RequestLog | None = None,
    ) -> None:
        self.requests = requests
        self._engine = engine
        self._version = version
        self._most = most
        self._kept: OrderedDict[Key, pa.Table] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()
        self.hits = 0
        self.sizes: dict[Any, tuple[int, float]] = {}
        """What `estimate` has counted of the engine's dimensions."""

    @property
    def rollups(self) -> Mapping[str, int]:
        """Those of the engine, where it has any."""
        return rows_of(self._engine)

    def fetch(
        self, statement: ClauseElement, values: Mapping[str, Any], *, interrupt: Interrupt | None = None
    ) -> pa.Table:
        """All rows of a statement, which may have been read before."""
        version = self._version()
        if not version:
            return self._engine.fetch(statement, values, interrupt=interrupt)
        key = (version, statement, *_told_apart(values))
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
                self.hits += 1
                return found
        table = self._engine.fetch(statement, values, interrupt=interrupt)
        self._keep(key, table)
        return table

    def query(self, statement: ClauseElement, values: Mapping[str, Any]) -> Query:
        """The statement as the engine would be sent it."""
        return query_of(self._engine, statement, values)

    def _keep(self, key: Key, table: pa.Table) -> None:
        if table.nbytes * SHARE > self._most:
            return
        with self._lock:
            if key in self._kept:
                return
            self._kept[key] = table
            self._bytes += table.nbytes
            while self._bytes > self._most:
                _, oldest = self._kept.popitem(last=False)
                self._bytes -= oldest.nbytes


def _told_apart(values: Mapping[str, Any]) -> Key:
    """The values with their types: 1, 1.0 and true are equal in Python and not in SQL."""
    return tuple((name, *_told(value)) for name, value in sorted(values.items()))


def _told(value: Any) -> Key:
    if isinstance(value, list | tuple):
        return ("list", *(_told(item) for item in value))
    return (type(value), value)
