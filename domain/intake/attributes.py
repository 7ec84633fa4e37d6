"""Staged custom attributes of customers: of each the latest value, checked and written as those of upserts are."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from domain.customers import attribute_values
from domain.customers.attribute_values import COLUMNS
from domain.intake.masters import Master
from domain.intake.staging import ATTRIBUTES, IN_RANGE, Range, create_table
from domain.intake.upserts.attributes import BESIDE, FIELD, part_of

__all__ = ["BESIDE", "FIELD", "declared", "latest_table", "settle", "write"]


async def declared(connection: AsyncConnection) -> dict[str, Any]:
    """The declared attributes by their names. One statement."""
    async with AsyncSession(connection, expire_on_commit=False) as session:
        return await attribute_values.declared(session)


def latest_table(master: Master) -> str:
    """The statement that makes the temporary table of the values of a range: empty again after each transaction."""
    part = part_of(master)
    columns = {"place": 'text COLLATE "C" NOT NULL', **part.columns}
    return create_table(part.table, columns) + " ON COMMIT DELETE ROWS"


async def settle(connection: AsyncConnection, master: Master, *, system: str, within: Range) -> None:
    """The range's values are known: of each customer and attribute that of the latest line that has one.

    A value of a line older than orders that are already here is left out where the customer has one. Two statements.
    """
    latest, values = part_of(master).table, ", ".join(COLUMNS)
    later = ", ".join(f"{column} DESC" for column in COLUMNS)
    await connection.execute(text(f"DELETE FROM {latest}"))
    await connection.execute(
        text(f"""
            INSERT INTO {latest} (place, attribute, {values})
            SELECT g.external_id, g.attribute, {values} FROM (
                SELECT DISTINCT ON (external_id, attribute) * FROM {ATTRIBUTES}
                WHERE {IN_RANGE.format(key="external_id")}
                ORDER BY external_id, attribute, at DESC NULLS LAST, seq DESC NULLS LAST, {later}
            ) AS g
            WHERE NOT EXISTS (
                SELECT FROM customer_external_ids e
                JOIN customer_attribute_values p ON p.customer_id = e.customer_id
                JOIN orders o ON o.customer_id = e.customer_id
                WHERE e.system = :system AND e.external_id = g.external_id AND p.attribute = g.attribute
                  AND o.source_system = :system AND o.ordered_at > g.at)
        """),
        {"system": system, **within.bounds},
    )


async def write(connection: AsyncConnection, master: Master) -> None:
    """The settled values of customers in the plan are theirs. Two statements."""
    await part_of(master).write(connection)
