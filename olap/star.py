"""The star as SQLAlchemy tables: the same names and columns in every engine and in the Postgres schema `mart`.

They are what the heads of the mart's views declare, so that a new column or a new table needs its view alone. Keys
join facts to dimensions, `<table>_key` on both sides; row 0 of every dimension is Unknown. Money is DECIMAL(19,4)
from end to end.
"""

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Integer, MetaData, Numeric, Table, Text
from sqlalchemy.types import TypeEngine

from olap import mart
from olap.errors import ModelError
from olap.mart.heads import ColumnHead, Head

metadata = MetaData()

rollups = MetaData()
"""Tables made of the star's, which only an engine has: see olap/rollups."""

KINDS: dict[str, TypeEngine[Any]] = {
    "bigint": BigInteger(),
    "integer": Integer(),
    "text": Text(),
    "boolean": Boolean(),
    "date": Date(),
    "timestamptz": DateTime(timezone=True),
    "money": Numeric(19, 4),
    "total": Numeric(38, 4),
    "quantity": Numeric(15, 3),
    "rate": Numeric(18, 10),
}
"""The types that the head of a view may name."""


def _column(head: Head, column: ColumnHead) -> "Column[object]":
    if column.kind not in KINDS:
        raise ModelError(f"{head.name}.{column.name} has the type {column.kind!r}; known: {', '.join(KINDS)}")
    key = column == head.columns[0]
    return Column(column.name, KINDS[column.kind], primary_key=key, nullable=column.nullable and not key)


for _head in mart.heads().values():
    Table(_head.name, metadata, *(_column(_head, each) for each in _head.columns))

FACTS = tuple(table for table in metadata.sorted_tables if mart.heads()[table.name].fact)

DIMENSIONS = tuple(table for table in metadata.sorted_tables if not mart.heads()[table.name].fact)

FIXED = tuple(table for table in DIMENSIONS if not mart.heads()[table.name].follows)
"""Dimensions that no event tells of: only a new version of the schema, or of the company's settings, changes them."""

date = metadata.tables["date"]
customer = metadata.tables["customer"]
product = metadata.tables["product"]
channel = metadata.tables["channel"]
branch = metadata.tables["branch"]
currency = metadata.tables["currency"]
line_kind = metadata.tables["line_kind"]
known = metadata.tables["known"]
agent = metadata.tables["agent"]
sales = metadata.tables["sales"]


def table_of(name: str) -> Table:
    """The table of that name, of the star or a rollup's. Raises KeyError."""
    found = metadata.tables.get(name)
    return rollups.tables[name] if found is None else found


def is_dated(table: Table) -> bool:
    """Whether a dimension has a row for each period of a member (SCD2), who is `<table>_id`."""
    return "valid_from" in table.c and f"{table.name}_id" in table.c


def is_daily(table: Table) -> bool:
    """Whether a dimension has a row for each time of a customer, told by days: the keys from `from_key` up to `to_key`,
    without it."""
    return {"customer_id", "from_key", "to_key"} <= set(table.c.keys())


def label_of(dimension: Table) -> "Column[object]":
    """The column that names a member: the last one that is text."""
    return [column for column in dimension.columns if isinstance(column.type, Text)][-1]
