"""What may be asked of exchange rates. Everybody sees them."""

from domain.company.model import ExchangeRate
from domain.selection.entities import ASC, Entity

exchange_rates = Entity(
    "ExchangeRate",
    ExchangeRate.__table__,
    order=(("from_currency", ASC), ("to_currency", ASC), ("valid_on", ASC)),
)
