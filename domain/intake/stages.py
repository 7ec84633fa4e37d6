"""The stages of the lifecycle after an intake: new orders move customers."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from domain.customers.lifecycle import refresh_lifecycle


async def refresh_stages(connection: AsyncConnection, *, now: datetime) -> int:
    """Every customer is in the stage that the orders up to `now` tell, in the connection's transaction.

    How many have moved. One statement.
    """
    async with AsyncSession(connection, expire_on_commit=False) as session:
        return await refresh_lifecycle(session, now=now)
