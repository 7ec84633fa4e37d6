"""A database in which nothing happens is read once, however often a cube that is damaged is compared with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import pyarrow as pa

from olap.source import Connection
from tests.olap.store.shop import Cube

if TYPE_CHECKING:
    from adbc_driver_manager.dbapi import Cursor


def remembering(cube: Cube) -> Cube:
    """The same cube; what is read of its shop is what was read the first time."""
    return Cube(cube.engine, cast("Connection", _Remembering(cube.connection)), cube.mark)


class _Remembering:
    """A connection that reads each query once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._found: dict[str, pa.Table] = {}

    @contextmanager
    def cursor(self) -> Iterator["_Cursor"]:
        with self._connection.cursor() as cursor:
            yield _Cursor(cursor, self._found)


class _Cursor:
    def __init__(self, cursor: "Cursor", found: dict[str, pa.Table]) -> None:
        self._cursor = cursor
        self._found = found
        self._query = ""

    def execute(self, query: str) -> Any:
        self._query = query
        # What gives no rows, such as the beginning of a snapshot, is done each time.
        return None if query in self._found else self._cursor.execute(query)

    def fetch_arrow_table(self) -> pa.Table:
        if self._query not in self._found:
            self._found[self._query] = self._cursor.fetch_arrow_table()
        return self._found[self._query]
