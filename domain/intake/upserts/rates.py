"""Upserts of exchange rates: what one of a currency is in another one from a day on, as the ERP says."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Boolean, and_, literal_column, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain import rows as tables
from domain import text
from domain.company.currencies import scales
from domain.company.model import ExchangeRate
from domain.errors import DomainError, Invalid
from domain.intake.upserts.amounts import number
from domain.intake.upserts.outcomes import DuplicateInBatch, Outcome, Policy, RowStatus, by_policy
from domain.intake.upserts.rows import Given, Reader, Row, column, read
from domain.messages import say
from domain.money import UnknownCurrency

SMALLEST = Decimal("0.0000000001")
_READERS: dict[str, Reader] = {
    "from_currency": column("from_currency", clears=False),
    "to_currency": column("to_currency", clears=False),
    "valid_on": column("valid_on", clears=False),
    "rate": column("rate", number(whole=8, decimals=10, least=SMALLEST), clears=False),
}
_KEY = (ExchangeRate.from_currency, ExchangeRate.to_currency, ExchangeRate.valid_on)
_CONTENT = (ExchangeRate.rate, ExchangeRate.source_system)

Name = tuple[str, str, date]
"""From which currency to which, and from which day on."""


async def upsert_exchange_rates(
    session: AsyncSession, given: Sequence[Given], *, system: str, policy: Policy
) -> list[Outcome]:
    """The rates are as the rows say. One outcome per row, in their order; three statements, however many rows.

    Raises Invalid for a system without a name. Under REJECT_ALL whoever calls takes back what was written.
    """
    source = text.name(system, "system", limit=60)
    rows = [read(index, each, _READERS) for index, each in enumerate(given)]
    told = [row for row in rows if row.error is None]
    known = await scales(
        session, {row.cells[side] for row in told for side in ("from_currency", "to_currency")}
    )
    first: dict[Name, int] = {}
    for row in told:
        row.error = _wrong(row, first, known)
    good = [row for row in told if row.error is None]
    found = await _write(session, [{**row.cells, "source_system": source} for row in good])
    outcomes = {row.index: found[_name(row.cells)] for row in good}
    return by_policy(
        [outcomes.get(row.index) or Outcome(RowStatus.REJECTED, error=row.error) for row in rows], policy
    )


def _name(cells: Mapping[str, Any]) -> Name:
    return cells["from_currency"], cells["to_currency"], cells["valid_on"]


def _wrong(row: Row, first: dict[Name, int], known: Mapping[str, int]) -> DomainError | None:
    for side in ("from_currency", "to_currency"):
        if row.cells[side] not in known:
            return UnknownCurrency(row.cells[side], side)
    if row.cells["from_currency"] == row.cells["to_currency"]:
        return Invalid(say("a currency has no exchange rate to itself"), "to_currency")
    place = first.setdefault(_name(row.cells), row.index)
    return None if place == row.index else DuplicateInBatch(place)


async def _write(session: AsyncSession, rates: Sequence[Mapping[str, Any]]) -> dict[Name, Outcome]:
    """In the order of their keys, so that two batches never wait in a circle."""
    if not rates:
        return {}
    given = tables.given(rates, *_KEY, *_CONTENT)
    names = [each.key for each in (*_KEY, *_CONTENT)]
    placed = insert(ExchangeRate).from_select(
        names, select(*(given.c[name] for name in names)).order_by(*(given.c[each.key] for each in _KEY))
    )
    made = await session.execute(
        placed.on_conflict_do_update(
            index_elements=_KEY,
            set_={each.key: placed.excluded[each.key] for each in _CONTENT},
            where=placed.excluded.rate != ExchangeRate.rate,
        ).returning(ExchangeRate.id, *_KEY, literal_column("(xmax = 0)", Boolean()).label("inserted"))
    )
    written = {
        _name(row._asdict()): Outcome(RowStatus.CREATED if row.inserted else RowStatus.UPDATED, row.id)
        for row in made
    }
    same = and_(*(given.c[each.key] == each for each in _KEY))
    standing = await session.execute(select(ExchangeRate.id, *_KEY).join(given, same))
    return {_name(row._asdict()): Outcome(RowStatus.UNCHANGED, row.id) for row in standing} | written
