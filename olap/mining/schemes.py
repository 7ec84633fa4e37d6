"""A scheme of RFM as the computation needs it: the domain keeps schemes as dated rows."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Scores 1 to 3 by fixed numbers; monetary is 1 up to `monetary_2_above`, 3 from `monetary_3_from` on."""

    recency_2_months: int
    recency_3_months: int
    frequency_2_orders: int
    frequency_3_orders: int
    monetary_2_above: Decimal
    monetary_3_from: Decimal


@dataclass(frozen=True, kw_only=True)
class Quantiles:
    """Scores 1 to `levels`: 1 + the whole part of levels x the share of customers with orders that are below."""

    levels: int


@dataclass(frozen=True, kw_only=True)
class Scheme:
    """How customers are scored. Frequency counts the months that end with the last order, or with the day scored."""

    currency: str
    frequency_months: int
    at_last_order: bool
    by: Thresholds | Quantiles
