"""Statements as DuckDB parsed them, so that one that is asked again is not parsed again.

What is kept is the tree of the words alone: DuckDB copies it, and binds and plans the copy anew each time, by the
tables and the values of that moment. So nothing kept can be stale, whatever is built or replaced under it, and one
tree serves all cursors. Of a rollup's answer, parsing is half a millisecond of CPU.

`execute` takes such a statement, and gives its rows in Python, one by one; to Arrow only `submit` leads at once, which
takes text. So it is for answers of few rows, and of types that Python has.
"""

from collections.abc import Sequence
from typing import Any

import duckdb
import duckdb._seam as relations
import pyarrow as pa
from sqlalchemy.util import LRUCache

MOST = 256
LONGEST = 4_000
"""How many statements are kept, and of how many characters at most: a tree takes 15 to 40 times as many bytes, so that
all take 5 MB, and 40 MB at worst."""

PLAIN = frozenset(
    {"boolean", "tinyint", "smallint", "integer", "bigint", "hugeint", "decimal", "double", "varchar", "date"}
)
"""Types whose values are the same by way of Python."""

Cursor = duckdb.DuckDBPyConnection


class Parsed:
    """Safe for many threads."""

    def __init__(self, *, most: int = MOST) -> None:
        self._kept: LRUCache[str, duckdb.Statement] = LRUCache(most)

    def few(self, cursor: Cursor, text: str, values: Sequence[Any]) -> pa.Table:
        """All rows of a statement, with the schema that `submit` gives them."""
        cursor.execute(self.statement(cursor, text), list(values))
        columns = [(name, type_) for name, type_, *_ in cursor.description]
        if not PLAIN.issuperset(type_.id for _, type_ in columns):
            cursor.abort()
            return submitted(cursor, text, values)
        return _table(cursor, columns, cursor.fetchall())

    def statement(self, cursor: Cursor, text: str) -> duckdb.Statement:
        """The tree of the text, which says one statement."""
        found = self._kept.get(text)
        if found is None:
            (found,) = cursor.extract_statements(text)
            if len(text) <= LONGEST:
                self._kept[text] = found
        return found


REFRESHES = Parsed()
"""Those that every refresh says: parsing was a tenth of it."""


def again(cursor: Cursor, text: str, values: Sequence[Any] = ()) -> Cursor:
    """The statement has run; its text will be said again, by whatever cursor."""
    return cursor.execute(REFRESHES.statement(cursor, text), list(values))


def submitted(cursor: Cursor, text: str, values: Sequence[Any]) -> pa.Table:
    """All rows of a statement, which may be many."""
    # What a relation does when it is read. `cursor.sql` makes one, and binds the statement before that, to describe it,
    # for a third of a rollup's answer (3.0 ms, not 4.5); no public way to Arrow does without.
    table: pa.Table = relations.submit(cursor, text, list(values), "arrow").arrow_table()
    return table


def _table(cursor: Cursor, columns: list[tuple[str, Any]], rows: list[tuple[Any, ...]]) -> pa.Table:
    schema = relations.arrow_schema(cursor, [name for name, _ in columns], [type_ for _, type_ in columns])
    if not rows:
        return schema.empty_table()
    arrays = [
        pa.array(column, type=field.type)
        for column, field in zip(zip(*rows, strict=True), schema, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=schema)
