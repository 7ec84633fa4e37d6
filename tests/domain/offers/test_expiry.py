"""Grants expire with their offer."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from domain.offers.moves import expire_grants

END = datetime(2026, 3, 1, tzinfo=UTC)
GRANTS = """
    INSERT INTO customers (id, name) VALUES (1, 'a'), (2, 'b');
    INSERT INTO offers (id, code, name, kind, valid_from, valid_to) VALUES
        (1, 'A', 'a', 'CORE', '2026-01-01 00:00+00', '2026-03-01 00:00+00'),
        (2, 'B', 'b', 'CORE', '2026-01-01 00:00+00', NULL);
    INSERT INTO offer_grants (offer_id, customer_id, state, granted_at)
    SELECT o, 1, s, '2026-02-01 00:00+00' FROM generate_series(1, 2) o,
        unnest(ARRAY['PROPOSED', 'DELIVERED', 'VIEWED', 'ACCEPTED', 'REDEEMED', 'DECLINED', 'EXPIRED']) s;
"""


@pytest.fixture(autouse=True)
async def grants(session: AsyncSession) -> None:
    """Offer 1 ends, offer 2 does not; each has a grant in every state."""
    for statement in filter(str.strip, GRANTS.split(";\n")):
        await session.execute(text(statement))


async def _states(session: AsyncSession, offer: int) -> list[str]:
    found = await session.scalars(
        text("SELECT state FROM offer_grants WHERE offer_id = :offer ORDER BY id"), {"offer": offer}
    )
    return list(found)


class TestExpireGrants:
    async def test_what_is_open_expires_at_the_end_and_is_noted(self, session: AsyncSession) -> None:
        before = await expire_grants(session, now=END - timedelta(microseconds=1))

        expired = await expire_grants(session, now=END)

        assert (before, expired) == (0, 4)
        assert await _states(session, 1) == [*["EXPIRED"] * 4, "REDEEMED", "DECLINED", "EXPIRED"]
        assert await _states(session, 2) == [
            "PROPOSED", "DELIVERED", "VIEWED", "ACCEPTED", "REDEEMED", "DECLINED", "EXPIRED",
        ]  # fmt: skip
        noted = await session.execute(text("SELECT DISTINCT state, reached_at FROM offer_grant_states"))
        assert [tuple(row) for row in noted] == [("EXPIRED", END)]

    async def test_as_many_as_told_and_the_rest_later(self, session: AsyncSession) -> None:
        told = [await expire_grants(session, now=END, most=3) for _ in range(3)]

        assert told == [3, 1, 0]

    async def test_the_grants_of_an_erased_person_stay_as_they_are(self, session: AsyncSession) -> None:
        await session.execute(text("SET LOCAL dangol.erasing = 'on'"))
        await session.execute(text("UPDATE customers SET erased_at = now() WHERE id = 1"))
        await session.execute(text("SET LOCAL dangol.erasing = 'off'"))

        assert await expire_grants(session, now=END) == 0
