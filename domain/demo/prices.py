"""Prices in won: how they end and how they rose."""

import numpy as np

from domain.demo.draws import Floats, Ints

PRICE_RISE = 0.03
"""Prices rise by this much each January. Assumption: a little above Korean consumer prices of the 2020s."""


def tidy(won: Floats) -> Ints:
    """Prices as shops print them: below 10,000 won to the hundred, above that ending in 900 or 000."""
    hundreds = np.round(won / 100).astype(np.int64)
    thousands = (hundreds + 5) // 10 * 1000 - np.where(hundreds % 3 > 0, 100, 0)
    return np.where(hundreds < 100, np.maximum(hundreds, 1) * 100, thousands)


def years_ago(prices: Ints, years: Ints) -> Ints:
    """Today's prices, as they stood that many Januaries ago."""
    return tidy(prices * (1 - PRICE_RISE) ** years)


def costs_years_ago(costs: Ints, years: Ints) -> Ints:
    """Today's unit costs, as they stood that many Januaries ago, to ten won."""
    return np.round(costs * (1 - PRICE_RISE) ** years / 10).astype(np.int64) * 10
