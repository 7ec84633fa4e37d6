"""The small company with a crowd of entries of all kinds at the same few moments."""

import asyncio
from collections.abc import AsyncIterator, Callable

import asyncpg
import pytest

from domain.postgres import Server
from tests.api.graphql.asking import Counted
from tests.api.graphql.conftest import COMPANY
from tests.api.served import Connections, connected

CROWD = """
    INSERT INTO touchpoints (source_system, source_id, customer_id, channel, direction, occurred_at)
    SELECT 'crowd', c || '-' || i, c, 'WEB', 'INBOUND', timestamptz '2026-01-12 00:00+00' + (i / 3) * interval '1 hour'
    FROM generate_series(1, 7) i, generate_series(1, 4) c;
    INSERT INTO orders (source_system, source_id, number, customer_id, ordered_at, currency)
    SELECT 'crowd', c || '-' || i, 'N', c, timestamptz '2026-01-12 00:00+00' + (i / 2) * interval '1 hour', 'KRW'
    FROM generate_series(1, 5) i, generate_series(1, 4) c;
    INSERT INTO offer_grants (offer_id, customer_id, state, granted_at)
    SELECT 1, c, 'PROPOSED', timestamptz '2026-01-12 00:00+00' + (i / 2) * interval '1 hour'
    FROM generate_series(1, 5) i, generate_series(1, 4) c;
    INSERT INTO points_entries (customer_id, kind, points, reason, occurred_at)
    SELECT c, 'EARNED', i, 'shopping', timestamptz '2026-01-12 00:00+00' + (i / 3) * interval '1 hour'
    FROM generate_series(1, 6) i, generate_series(1, 4) c;
    INSERT INTO cases (kind, channel, subject, customer_id, opened_at)
    SELECT 'ENQUIRY', 'WEB', 's', c, timestamptz '2026-01-12 00:00+00' + i * interval '1 hour'
    FROM generate_series(0, 2) i, generate_series(1, 4) c;
    INSERT INTO tasks (title, customer_id, created_at)
    SELECT 't', c, timestamptz '2026-01-12 00:00+00' + (i / 2) * interval '1 hour'
    FROM generate_series(0, 4) i, generate_series(1, 4) c;
    INSERT INTO opportunities (customer_id, name, probability, opened_at)
    SELECT c, 'o', 10, timestamptz '2026-01-12 00:00+00' + (i / 2) * interval '1 hour'
    FROM generate_series(0, 4) i, generate_series(1, 4) c;
"""


@pytest.fixture(scope="session")
def company(server: Server, admin: Callable[[str], None], template: str) -> str:
    """The URL of a database of these tests' own. Nobody writes to it but they."""
    admin(f"CREATE DATABASE graphql_timeline TEMPLATE {template} STRATEGY file_copy")
    url = server.url("graphql_timeline")

    async def fill() -> None:
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(COMPANY.read_text())
            await connection.execute(CROWD)
        finally:
            await connection.close()

    asyncio.run(fill())
    return url


@pytest.fixture(scope="session")
async def connections(company: str) -> AsyncIterator[Connections]:
    """Those to that database. Reads count their statements."""
    async with connected(company, connection_class=Counted) as opened:
        yield opened
