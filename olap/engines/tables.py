"""The star's tables in an engine's own SQL: what makes them, and how rows from elsewhere are cast into them.

No key is declared: a key's index costs memory and makes each replaced row twice as dear, and the rows come
from views that have it already. `verify` counts the rows instead.
"""

import pyarrow as pa
from sqlalchemy import Numeric, Table
from sqlalchemy.engine import Dialect

from olap.errors import ModelError


def create_table(table: Table, dialect: Dialect) -> str:
    """The statement that makes the table anew, empty, in place of one of the same name."""
    columns = ", ".join(
        f'"{column.name}" {column.type.compile(dialect)}' + ("" if column.nullable else " NOT NULL")
        for column in table.columns
    )
    return f'CREATE OR REPLACE TABLE "{table.name}" ({columns})'


def insert_from(table: Table, source: str, dialect: Dialect) -> str:
    """The statement that adds all rows of the relation `source`: the table's columns by name, in any type."""
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    return f'INSERT INTO "{table.name}" ({names}) {select_from(table, source, dialect)}'


def select_from(table: Table, source: str, dialect: Dialect) -> str:
    """The query for all rows of the relation `source` in the table's columns and types."""
    casts = ", ".join(
        f'CAST("{column.name}" AS {column.type.compile(dialect)}) AS "{column.name}"'
        for column in table.columns
    )
    return f'SELECT {casts} FROM "{source}"'  # noqa: S608 (our own names)


def check_exact(table: Table, schema: pa.Schema) -> None:
    """Raise ModelError where an exact column would be filled from a float, which holds no cent exactly."""
    for column in table.columns:
        index = schema.get_field_index(column.name)
        if index < 0:
            raise ModelError(f"no column {column.name!r} for {table.name}; given: {', '.join(schema.names)}")
        given = schema.field(index).type
        if isinstance(column.type, Numeric) and pa.types.is_floating(given):
            raise ModelError(f"{table.name}.{column.name} is exact and was given as {given}")
