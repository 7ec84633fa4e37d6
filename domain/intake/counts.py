"""How many rows of a merge were new, changed or as before, and how many events that made."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True)
class Counts:
    """Aggregates by what became of them; counts of two ranges add up."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.created + other.created, self.updated + other.updated, self.unchanged + other.unchanged
        )

    @property
    def total(self) -> int:
        return self.created + self.updated + self.unchanged


async def count_states(connection: AsyncConnection, table: str, column: str = "state") -> Counts:
    """The rows of a plan by their state."""
    row = (
        await connection.execute(
            text(f"""
                SELECT count(*) FILTER (WHERE {column} = 'CREATED') AS created,
                       count(*) FILTER (WHERE {column} = 'UPDATED') AS updated,
                       count(*) FILTER (WHERE {column} = 'UNCHANGED') AS unchanged
                FROM {table}
            """)
        )
    ).one()
    return Counts(row.created, row.updated, row.unchanged)


async def count_events(connection: AsyncConnection) -> int:
    """How many events the present transaction has written so far."""
    return int(
        await connection.scalar(
            text("SELECT count(*) FROM change WHERE xid = pg_current_xact_id_if_assigned()")
        )
        or 0
    )
