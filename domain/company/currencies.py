"""The currencies that amounts may be in."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain import rows
from domain.company.model import Currency


async def scales(session: AsyncSession, codes: Collection[str]) -> dict[str, int]:
    """The digits of the smallest unit of those of the codes that are known. One statement; none for no codes."""
    if not codes:
        return {}
    found = await session.execute(
        select(Currency.code, Currency.scale).where(rows.among(Currency.code, codes))
    )
    return {row.code: row.scale for row in found}
