"""Upserts of exchange rates."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import strawberry

from api.graphql.company.types import ExchangeRate
from api.graphql.scalars import PreciseDecimal
from api.graphql.upserts.field import upserts
from api.graphql.upserts.inputs import reading
from api.graphql.upserts.keys import GivenRate
from api.graphql.writes import Write
from domain.company.queries import exchange_rates
from domain.errors import Invalid
from domain.intake.upserts.outcomes import Outcome, Policy
from domain.intake.upserts.rates import upsert_exchange_rates
from domain.money import UnknownCurrency


@strawberry.input(
    description="What one of a currency is in another one, from a day on until a later rate of the two."
)
class UpsertExchangeRate:
    from_currency: str = strawberry.field(description="ISO 4217, e.g. GBP.")
    to_currency: str = strawberry.field(description="ISO 4217, e.g. KRW.")
    valid_on: date
    rate: PreciseDecimal = strawberry.field(
        description="Above zero; 8 digits before the point and 10 after it. The other way round is a rate of its own."
    )


@strawberry.input(description="Exchange rates as a system says them, 1 to 10,000 a call.")
class UpsertExchangeRatesInput:
    system: str = strawberry.field(description="Which system says so.")
    policy: Policy
    rows: list[UpsertExchangeRate]


async def _upsert(write: Write, given: Mapping[str, Any], rows: Sequence[Any]) -> list[Outcome]:
    return await upsert_exchange_rates(write.session, rows, system=given["system"], policy=given["policy"])


def _echo(row: Mapping[str, Any]) -> dict[str, Any]:
    """The key of a row by the names that the answer has. Raises Invalid for one that names no day."""
    if isinstance(row["valid_on"], Invalid):
        raise row["valid_on"]
    return {
        "fromCurrency": row["from_currency"],
        "toCurrency": row["to_currency"],
        "validOn": row["valid_on"].isoformat(),
    }


@strawberry.type
class RateUpserts:
    upsert_exchange_rates: Any = upserts(
        "upsert_exchange_rates",
        ExchangeRate,
        exchange_rates,
        UpsertExchangeRatesInput,
        reading(),
        _upsert,
        errors={"UNKNOWN_CURRENCY": UnknownCurrency},
        key=GivenRate,
        echo=_echo,
        description="Tell by which rates amounts are converted.",
    )
