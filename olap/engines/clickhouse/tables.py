"""The star's tables in ClickHouse: on one server, or replicated and sharded over a cluster.

A row is replaced by inserting it again with a higher `_version`, and taken away by inserting it with `_gone`: reads
with `final` see the newest of each key. One insert of one block is seen whole or not at all, on one server.
"""

from typing import Any

from sqlalchemy import BigInteger, Boolean, Date, DateTime, Integer, Numeric, String, Table
from sqlalchemy.types import TypeEngine

from olap.errors import ModelError

VERSION, GONE = "_version", "_gone"


def type_of(kind: TypeEngine[Any]) -> str:
    """ClickHouse's name of a type of the star."""
    match kind:
        case Numeric(precision=int(precision), scale=int(scale)):
            return f"Decimal({precision}, {scale})"
        case BigInteger():
            return "Int64"
        case Integer():
            return "Int32"
        case Boolean():
            return "Bool"
        case DateTime():
            return "DateTime64(6, 'UTC')"
        case Date():
            return "Date32"
        case String():
            return "String"
        case _:
            raise ModelError(f"the star has a column of the type {kind!r}, which ClickHouse is not told of")


def is_dimension(table: Table) -> bool:
    """Whether other tables point to it by its key, `<table>_key`; those that do not are facts."""
    return f"{table.name}_key" in table.primary_key.columns


def create_table(table: Table, database: str, *, cluster: str | None = None) -> list[str]:
    """The statements that make the table, empty.

    On a cluster a fact is sharded by its key, and a dimension is whole on every server, so that joins stay there.
    """
    if cluster is None:
        return [_create(table, f"{database}.{table.name}", f"ReplacingMergeTree({VERSION}, {GONE})")]
    on = f" ON CLUSTER {cluster}"
    if is_dimension(table):
        everywhere = f"'/clickhouse/tables/{database}/{table.name}', '{{shard}}-{{replica}}'"
        return [_create(table, f"{database}.{table.name}{on}", _replicated(everywhere))]
    local = f"{table.name}_local"
    shard = f"'/clickhouse/tables/{database}/{{shard}}/{table.name}', '{{replica}}'"
    spread = f"Distributed({cluster}, {database}, {local}, cityHash64({_key(table)}))"
    return [
        _create(table, f"{database}.{local}{on}", _replicated(shard)),
        f"CREATE TABLE {database}.{table.name}{on} AS {database}.{local} ENGINE = {spread}",
    ]


def columns_of(table: Table) -> list[str]:
    """The columns' definitions."""
    return [
        f"`{column.name}` "
        + (f"Nullable({type_of(column.type)})" if column.nullable else type_of(column.type))
        for column in table.columns
    ]


def _create(table: Table, name: str, engine: str) -> str:
    columns = ", ".join([*columns_of(table), f"{VERSION} UInt64", f"{GONE} UInt8"])
    return f"CREATE TABLE {name} ({columns}) ENGINE = {engine} ORDER BY ({_key(table)})"


def _replicated(place: str) -> str:
    return f"ReplicatedReplacingMergeTree({place}, {VERSION}, {GONE})"


def _key(table: Table) -> str:
    return ", ".join(f"`{column.name}`" for column in table.primary_key.columns)
