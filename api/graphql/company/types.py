"""Exchange rates as the API shows them."""

from datetime import date, datetime

import strawberry

from api.graphql.fields import column, reads
from api.graphql.filters import DateFilter, DateTimeFilter, IdFilter, TextFilter
from api.graphql.planning.browsing import ordering
from api.graphql.planning.filters import filters, where
from api.graphql.relay import Node
from api.graphql.scalars import PreciseDecimal
from domain.company.queries import exchange_rates


@filters
class ExchangeRateFilter:
    id: IdFilter | None = where(exchange_rates.id)
    from_currency: TextFilter | None = where(exchange_rates.from_currency)
    to_currency: TextFilter | None = where(exchange_rates.to_currency)
    valid_on: DateFilter | None = where(exchange_rates.valid_on)
    created_at: DateTimeFilter | None = where(exchange_rates.created_at)
    updated_at: DateTimeFilter | None = where(exchange_rates.updated_at)


@reads(
    exchange_rates,
    filter=ExchangeRateFilter,
    order=ordering(
        "ExchangeRate",
        VALID_ON=exchange_rates.valid_on,
        CREATED_AT=exchange_rates.created_at,
        UPDATED_AT=exchange_rates.updated_at,
        ID=exchange_rates.id,
    ),
)
@strawberry.type
class ExchangeRate(Node):
    """What one of a currency is in another one, from a day on."""

    from_currency: str
    to_currency: str
    valid_on: date = column(
        exchange_rates.valid_on, description="It holds from this business day until a later rate does."
    )
    rate: PreciseDecimal = column(
        exchange_rates.rate, description="How much of toCurrency one of fromCurrency is."
    )
    source_system: str
    created_at: datetime
    updated_at: datetime
    version: int
