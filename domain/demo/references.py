"""Foreign keys, looked at once for all rows: row by row they are half of what it costs to load a company."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

from domain.demo.copying import Connection

# In the order in which they were made, which is that of their checks.
_FOUND = """
    SELECT conrelid::regclass::text AS owner, quote_ident(conname) AS name, pg_get_constraintdef(oid) AS rule
    FROM pg_constraint
    WHERE contype = 'f' AND conrelid = ANY($1::text[]::regclass[]) AND conparentid = 0
    ORDER BY oid
"""


@asynccontextmanager
async def checked_at_the_end(connection: Connection, tables: Collection[str]) -> AsyncIterator[None]:
    """What the tables refer to is checked when the block ends, in one statement a foreign key.

    Only inside a transaction. Until it ends nobody else reads the tables or what they refer to. Raises asyncpg's
    ForeignKeyViolationError where a row refers to nothing.
    """
    found = await connection.fetch(_FOUND, list(tables))
    for key in found:
        await connection.execute(f"ALTER TABLE {key['owner']} DROP CONSTRAINT {key['name']}")
    yield
    for key in found:
        await connection.execute(f"ALTER TABLE {key['owner']} ADD CONSTRAINT {key['name']} {key['rule']}")
