"""What may be asked of exchange rates, which everybody sees, and of the company itself."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.company.model import Company, ExchangeRate
from domain.selection.entities import ASC, Entity

exchange_rates = Entity(
    "ExchangeRate",
    ExchangeRate.__table__,
    order=(("from_currency", ASC), ("to_currency", ASC), ("valid_on", ASC)),
)


async def company_currency(session: AsyncSession) -> str:
    """The currency that the company books in. One statement."""
    found: str | None = await session.scalar(select(Company.currency))
    assert found is not None, "the company's row is always there"
    return found
