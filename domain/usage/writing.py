"""Calls are added to what the days have already."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from domain.usage.model import CallKind, Client

if TYPE_CHECKING:
    import asyncpg

ADD = """
    INSERT INTO usage_calls AS had (day, user_id, role, client, kind, operation, calls, errors, milliseconds)
    SELECT ($1::timestamptz AT TIME ZONE company.time_zone)::date, users.id, given.role, given.client, given.kind,
           given.operation, sum(given.calls), sum(given.errors), sum(given.milliseconds)
    FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[],
                $9::float8[])
        AS given (user_id, role, client, kind, operation, calls, errors, milliseconds)
    CROSS JOIN company
    LEFT JOIN users ON users.id = given.user_id
    GROUP BY 1, 2, 3, 4, 5, 6
    -- In one order: processes that write at once wait for each other, and never in a circle.
    ORDER BY 1, 2, 3, 4, 5, 6
    ON CONFLICT (day, user_id, role, client, kind, operation) DO UPDATE
    SET calls = had.calls + excluded.calls, errors = had.errors + excluded.errors,
        milliseconds = had.milliseconds + excluded.milliseconds
"""
"""Users that are none any more count as nobody in particular."""


@dataclass(frozen=True)
class Calls:
    """Calls of one operation by one user, or by whoever is no user."""

    user_id: int | None
    role: str
    client: Client
    kind: CallKind
    operation: str
    calls: int
    errors: int
    milliseconds: float


async def add_calls(pool: "asyncpg.Pool[asyncpg.Record]", found: Sequence[Calls], *, since: datetime) -> None:
    """The calls are added to the business day on which `since` falls, all or none. One statement."""
    rows = [
        (
            each.user_id,
            each.role,
            each.client.value,
            each.kind.value,
            each.operation,
            each.calls,
            each.errors,
            each.milliseconds,
        )
        for each in found
    ]
    async with pool.acquire() as connection:
        await connection.execute(ADD, since, *map(list, zip(*rows, strict=True)))
