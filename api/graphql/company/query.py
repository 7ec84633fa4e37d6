"""Root fields of exchange rates."""

import strawberry

from api.graphql.company.types import ExchangeRate
from api.graphql.relay import Connection
from api.graphql.roots import all_of, by_id
from domain.company.queries import exchange_rates


@strawberry.type
class CompanyQuery:
    exchange_rate: ExchangeRate | None = by_id(exchange_rates)
    exchange_rates: Connection[ExchangeRate] = all_of(
        exchange_rates, description="By which the cube converts amounts where `convert` is asked."
    )
