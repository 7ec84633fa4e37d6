"""What the planner knows about the tables that an intake fills."""

from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_TABLES = {
    "customer": ("customers", "customer_external_ids", "customer_versions"),
    "product": ("products", "product_external_ids", "product_versions"),
    "order": ("orders", "order_lines"),
    "touchpoint": ("touchpoints",),
}


async def analyze(connection: AsyncConnection, aggregates: Iterable[str]) -> None:
    """The statistics of the aggregates' tables are those of now. One statement; nobody waits for it."""
    tables = ", ".join(table for aggregate in aggregates for table in _TABLES[aggregate])
    await connection.execute(text(f"ANALYZE {tables}"))
