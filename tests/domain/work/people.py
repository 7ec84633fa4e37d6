"""A few people whom tests of cases, opportunities and tasks share, and how to look at what they wrote."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access import Actor
from domain.roles import Role, Scope

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
KIM = Actor(subject="kim", role=Role.AGENT, scope=Scope.OWN, user_id=1)
LEE = Actor(subject="lee", role=Role.AGENT, scope=Scope.OWN, user_id=2)
SHOP = Actor(subject="shop", role=Role.AGENT, scope=Scope.BRANCH, user_id=3, branch_ids=frozenset({1}))
HEAD = Actor(subject="head", role=Role.AGENT, scope=Scope.ALL, user_id=4)

PEOPLE = """
    INSERT INTO branches (id, code, name, kind) VALUES (1, 'A', 'a', 'SHOP'), (2, 'B', 'b', 'SHOP');
    INSERT INTO users (id, subject, name, role, active) VALUES
        (1, 'kim', '김', 'AGENT', true), (2, 'lee', '이', 'AGENT', true), (3, 'shop', '점', 'AGENT', true),
        (4, 'head', '장', 'AGENT', true), (5, 'old', '옛', 'AGENT', false);
    INSERT INTO customers (id, name, owner_id, home_branch_id) VALUES
        (1, 'of kim', 1, NULL), (2, 'of lee', 2, NULL), (3, 'of the shop', NULL, 1), (4, 'of nobody', NULL, NULL);
    INSERT INTO touchpoints
        (id, source_system, source_id, customer_id, channel, direction, occurred_at, agent_id) VALUES
        (1, 's', '1', 1, 'EMAIL', 'INBOUND', '2026-03-02 08:00+00', NULL),
        (2, 's', '2', 1, 'OUTBOUND_CALL', 'OUTBOUND', '2026-03-02 09:30+00', NULL),
        (3, 's', '3', 2, 'EMAIL', 'INBOUND', '2026-03-02 08:00+00', NULL),
        (4, 's', '4', NULL, 'CHAT', 'INBOUND', '2026-03-02 08:00+00', 1),
        (5, 's', '5', 1, 'EMAIL', 'OUTBOUND', '2026-03-02 07:00+00', NULL);
    INSERT INTO orders (id, source_system, source_id, number, ordered_at, currency, customer_id) VALUES
        (1, 'erp', '1', '1', '2026-03-01', 'KRW', 1), (2, 'erp', '2', '2', '2026-03-01', 'KRW', 2);
    INSERT INTO offers (id, code, name, kind) VALUES (1, 'F1', 'f', 'CORE'), (2, 'F2', 'g', 'CORE');
    INSERT INTO offer_grants (id, offer_id, customer_id, granted_at) VALUES
        (1, 1, 1, '2026-03-01'), (2, 1, 2, '2026-03-01')
"""


async def people(session: AsyncSession) -> None:
    """The people and what they have are here."""
    for statement in PEOPLE.split(";"):
        await session.execute(text(statement))


async def rows(session: AsyncSession, statement: str) -> list[tuple[Any, ...]]:
    """What stands in the store."""
    return [tuple(row) for row in await session.execute(text(statement))]
