"""What customers will bring: models fitted on all of them, and each one's chance, orders and value by these."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
import pyarrow as pa

from olap.errors import CubeError
from olap.mining.lifetime.bgnbd import BgNbd
from olap.mining.lifetime.gammagamma import GammaGamma
from olap.mining.lifetime.histories import Histories
from olap.mining.lifetime.pareto import ParetoNbd
from olap.mining.lifetime.series import Floats

MODEL = 1
"""Raised when the same orders give other values than before."""

MOST_FITTED = 10_000
"""Histories that a model is fitted on: of more, evenly chosen ones. Its parameters are then known to about one in a
hundred, and a fit takes seconds however many customers there are."""

LEAST_REPEATING = 50
"""Below so many customers who came again a fit says more of chance than of customers."""

YEAR = 52.0


class TooFewOrders(CubeError):
    """Too few customers have ordered again to fit a model."""

    def __init__(self, repeating: int, customers: int) -> None:
        super().__init__(
            f"{repeating:,} of {customers:,} customers have ordered on two days or more in this currency; "
            f"to fit the models it takes {LEAST_REPEATING}"
        )


@dataclass(frozen=True)
class Terms:
    """Over how many weeks value is counted, what part of the revenue is margin, and what a year is discounted by."""

    weeks: int = 52
    margin: float = 1.0
    discount: float = 0.1


@dataclass(frozen=True)
class Lifetimes:
    """The models of one company: `orders` of those who came again, `once` of those who came on one day, `amounts`."""

    orders: BgNbd
    once: ParetoNbd
    amounts: GammaGamma

    @classmethod
    def fitted(cls, of: Histories) -> Self:
        """The likeliest models. Raises TooFewOrders."""
        repeating = int(np.sum((of.x > 0) & (of.m > 0)))
        if repeating < LEAST_REPEATING:
            raise TooFewOrders(repeating, len(of))
        some = of.some(MOST_FITTED)
        return cls(BgNbd.fitted(some), ParetoNbd.fitted(some), GammaGamma.fitted(some))

    def values(self, of: Histories, terms: Terms) -> pa.Table:
        """A row a customer, by his key: customer_id, model, repeat_days, p_alive, churn_risk (1 less that),
        expected_orders (days with orders in the weeks to come), mean_amount, value.

        BG/NBD speaks of those who came again, Pareto/NBD of the others. Amounts are doubles in the currency of the
        histories; null where gamma-gamma has no mean.
        """
        again = of.x > 0
        alive = np.where(again, self.orders.alive(of), self.once.alive(of))
        expected = self._by_model(of, lambda some, weeks: weeks(some, float(terms.weeks)))
        worth = self._by_model(of, lambda some, weeks: _discounted(some, weeks, terms))
        amount = self.amounts.mean(of)
        return pa.table(
            {
                "customer_id": of.customers,
                "model": np.where(again, "BG/NBD", "Pareto/NBD"),
                "repeat_days": of.x,
                "p_alive": alive,
                "churn_risk": 1 - alive,
                "expected_orders": expected * alive,
                "mean_amount": pa.array(amount, from_pandas=True),
                "value": pa.array(terms.margin * amount * worth * alive, from_pandas=True),
            }
        )

    def _by_model(self, of: Histories, told: "Callable[[Histories, Expected], Floats]") -> Floats:
        """Of whoever is alive; reckoned once for all who agree in orders and in weeks since the first."""
        pairs, places = np.unique(np.stack([of.x.astype(np.float64), of.T]), axis=1, return_inverse=True)
        x, weeks = pairs[0].astype(np.int64), pairs[1]
        alike = Histories(x, x, np.zeros_like(weeks), weeks, np.zeros_like(weeks))
        found = np.where(x > 0, told(alike, self.orders.expected), told(alike, self.once.expected))
        return np.asarray(found[places.ravel()])


Expected = Callable[[Histories, float], Floats]


def _discounted(of: Histories, expected: Expected, terms: Terms) -> Floats:
    """Order days to come, each worth the less the later it is: sum of (E(w) - E(w - 1)) / (1 + D)^(w / 52)."""
    total, before = np.zeros(len(of)), np.zeros(len(of))
    for week in range(1, terms.weeks + 1):
        until = expected(of, float(week))
        total, before = total + (until - before) / (1 + terms.discount) ** (week / YEAR), until
    return total
