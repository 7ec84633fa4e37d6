"""The company's own settings, which an import into an empty store may choose."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import Conflict
from domain.messages import say


@dataclass(frozen=True)
class CompanySettings:
    """The zone of the business days, and the currency that reports count in."""

    time_zone: str
    currency: str


async def company_settings(connection: AsyncConnection) -> CompanySettings:
    """What the company counts in today."""
    row = (await connection.execute(text("SELECT time_zone, currency FROM company"))).one()
    return CompanySettings(row.time_zone, row.currency)


async def settle_company(
    connection: AsyncConnection, *, time_zone: str | None, currency: str | None, dry_run: bool = False
) -> CompanySettings:
    """The company counts in this zone and currency (null = as it is). Raises Conflict.

    They are chosen while there are no orders: later, a change would move orders to other days.
    """
    stored = await company_settings(connection)
    wanted = CompanySettings(time_zone or stored.time_zone, currency or stored.currency)
    if wanted == stored:
        return stored
    if await connection.scalar(text("SELECT EXISTS (SELECT FROM orders)")):
        raise Conflict(
            say(
                "the company counts in {zone} and {currency} and has orders, so it cannot become {wanted_zone} and "
                "{wanted_currency}; leave [company] out of the mapping, or use a store of its own (DANGOL_DATA_DIR)",
                zone=stored.time_zone,
                currency=stored.currency,
                wanted_zone=wanted.time_zone,
                wanted_currency=wanted.currency,
            )
        )
    if not dry_run:
        await connection.execute(
            text("UPDATE company SET time_zone = :time_zone, currency = :currency"),
            {"time_zone": wanted.time_zone, "currency": wanted.currency},
        )
    return wanted


async def currency_codes(connection: AsyncConnection) -> frozenset[str]:
    """The currencies that the store may book in."""
    found = await connection.execute(text("SELECT code FROM currencies"))
    return frozenset(row.code for row in found)
