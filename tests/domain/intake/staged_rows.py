"""Rows for the staging tables, as tests write them."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from sqlalchemy import text

from domain.intake.connections import Connection, in_transaction
from domain.intake.counts import Counts, count_events
from domain.intake.customers import merge_customers
from domain.intake.orders import merge_orders
from domain.intake.products import merge_products
from domain.intake.staging import CUSTOMERS, LINES, PRODUCTS, index_staging, open_staging, ranges, stage

MERGES = {CUSTOMERS: merge_customers, PRODUCTS: merge_products, LINES: merge_orders}

LINE = {
    "source": 0,
    "line": 1,
    "order_id": "A1",
    "ordered_at": "2026-03-01 10:00:00",
    "currency": "KRW",
    "kind": "SALE",
    "quantity": 1,
    "unit_price": 1000,
    "discount": 0,
}
"""A valid line; tests say what differs."""


async def put(connection: Connection, table: str, rows: Sequence[dict[str, Any]]) -> None:
    """The rows are staged; each has the same keys."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(list(row.values()) for row in rows)
    await stage(connection, table, list(rows[0]), written.getvalue().encode())


async def merge(
    connection: Connection,
    table: str,
    rows: Sequence[dict[str, Any]],
    *,
    system: str = "erp",
    size: int = 1000,
    dry_run: bool = False,
) -> tuple[Counts, int]:
    """The rows alone are staged and merged: what became of them, and the events that it made."""
    async with connection.begin():
        await open_staging(connection)
    await put(connection, table, rows)
    async with connection.begin():
        await index_staging(connection)
        parts = await ranges(connection, table, size=size)
    counts, events = Counts(), 0
    for part in parts:

        async def one(on: Connection, part: Any = part) -> tuple[Counts, int]:
            made = await MERGES[table](
                on, system=system, given=frozenset(rows[0]), within=part, dry_run=dry_run
            )
            return made, await count_events(on)

        made, wrote = await in_transaction(connection, one, origin=f"import:{system}")
        counts, events = counts + made, events + wrote
    return counts, events


async def query(connection: Connection, sql: str) -> list[tuple[Any, ...]]:
    """The rows of a question."""
    async with connection.begin():
        return [tuple(row) for row in await connection.execute(text(sql))]
