"""Rows into ClickHouse, as Arrow."""

import pyarrow as pa
from sqlalchemy import Table

from olap.engines.clickhouse.connect import Client
from olap.engines.clickhouse.tables import GONE, VERSION
from olap.engines.tables import check_exact

BLOCK = {"max_insert_block_size": 2**31, "min_insert_block_size_rows": 0, "min_insert_block_size_bytes": 0}
"""An insert is one block, whatever its size, and so is seen whole or not at all."""


def append(
    client: Client,
    table: Table,
    rows: pa.Table,
    *,
    database: str,
    version: int,
    gone: pa.Table | None = None,
) -> None:
    """The rows are in the table in place of older ones with their keys, and those in `gone` are not; all at once.

    Exact numbers may come as text or as decimals. Raises ModelError for a missing column and for an exact one
    given as a float.
    """
    check_exact(table, rows.schema)
    names = table.columns.keys()
    told = [_told(rows.select(names), version, gone=0)]
    if gone is not None:
        told.insert(0, _told(gone.select(names).cast(rows.select(names).schema), version, gone=1))
    block = pa.concat_tables(told)
    if block.num_rows:
        client.insert_arrow(table.name, block.combine_chunks(), database=database, settings=BLOCK)


def _told(rows: pa.Table, version: int, *, gone: int) -> pa.Table:
    length = rows.num_rows
    versions, flags = pa.array([version] * length, pa.uint64()), pa.array([gone] * length, pa.uint8())
    return rows.append_column(VERSION, versions).append_column(GONE, flags)
