"""How Postgres joins where a rule is asked of all customers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


@asynccontextmanager
async def joined_by_hash(session: AsyncSession) -> AsyncIterator[None]:
    """While inside, no table is gone through once for each row of another.

    Conditions over coalesced values tell the planner nothing: it expects a row or two, and loops over each behaviour.
    Two statements.
    """
    await session.execute(text("SET LOCAL enable_nestloop = off"))
    yield
    await session.execute(text("SET LOCAL enable_nestloop = on"))
