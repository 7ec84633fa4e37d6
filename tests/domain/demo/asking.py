"""Ways to ask the demo company in SQL, and the days it knows."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import asyncpg

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]
else:
    Connection = asyncpg.Connection

START, UNTIL = date(2023, 1, 1), date(2026, 1, 1)

FEASTS = (
    date(2023, 1, 22),
    date(2023, 9, 29),
    date(2024, 2, 10),
    date(2024, 9, 17),
    date(2025, 1, 29),
    date(2025, 10, 6),
)
"""Seollal and Chuseok by the Korean calendar."""


async def none_of(connection: Connection, query: str, *values: Any) -> None:
    """The query for what must not be finds nothing."""
    # No LIMIT: it makes the planner bet on finding some soon, and nested loops over the feed took two minutes.
    found = await connection.fetch(query, *values)
    assert [dict(row) for row in found[:5]] == []


async def figure(connection: Connection, query: str, *values: Any) -> float:
    """The one number that the query answers with."""
    answer = await connection.fetchval(query, *values)
    assert isinstance(answer, (int, float, Decimal))
    return float(answer)
