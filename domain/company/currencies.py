"""The currencies that amounts may be in."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain import rows
from domain.company.model import Currency
from domain.errors import Invalid


class UnknownCurrency(Invalid):
    """Not a code of ISO 4217, or of a currency with three decimals, which the store cannot hold."""

    def __init__(self, code: str, *path: str | int) -> None:
        super().__init__(f"unknown currency {code[:10]!r}: give a code of ISO 4217, e.g. KRW", *path)


async def scales(session: AsyncSession, codes: Collection[str]) -> dict[str, int]:
    """The digits of the smallest unit of those of the codes that are known. One statement; none for no codes."""
    if not codes:
        return {}
    found = await session.execute(
        select(Currency.code, Currency.scale).where(rows.among(Currency.code, codes))
    )
    return {row.code: row.scale for row in found}
