"""Gamma-gamma: what a customer pays varies about a mean of his own. Fader & Hardie (2013), note 025."""

from dataclasses import dataclass
from math import lgamma
from typing import Self

import numpy as np

from olap.mining.lifetime.histories import Histories
from olap.mining.lifetime.series import Counts, Floats, log_gamma
from olap.mining.lifetime.simplex import least


@dataclass(frozen=True)
class GammaGamma:
    """A payment is gamma distributed with shape `p`, and so is its rate: shape `q`, rate `gamma`."""

    p: float
    q: float
    gamma: float

    @classmethod
    def fitted(cls, of: Histories) -> Self:
        """The model under which the means of these histories are the likeliest; those without one are left out."""
        paid = (of.x > 0) & (of.m > 0)
        x, m = of.x[paid], of.m[paid]
        # In multiples of the mean payment, so that currencies do not matter to the search.
        unit = float(np.mean(m))
        found = least(lambda logs: -cls(*np.exp(logs)).log_likelihood(x, m / unit), np.zeros(3))
        p, q, gamma = (float(each) for each in np.exp(found))
        return cls(p, q, gamma * unit)

    def log_likelihood(self, x: Counts, m: Floats) -> float:
        """Of customers who paid `m` on average on `x` days each."""
        p, q, gamma = self.p, self.q, self.gamma
        found = np.asarray(log_gamma(p, q, x) - log_gamma(p, 0.0, x)) - lgamma(q) + q * np.log(gamma)
        found = found + (p * x - 1) * np.log(m) + p * x * np.log(x) - (p * x + q) * np.log(gamma + m * x)
        return float(np.sum(found))

    def mean(self, of: Histories) -> Floats:
        """What each pays on an order day in the long run: between his own mean and that of all, the nearer to his own
        the more he has ordered. Unknown (NaN) where q is 1 or less: then all have no mean."""
        if self.q <= 1:
            return np.full(len(of), np.nan)
        x = np.where(of.m > 0, of.x, 0)
        return np.asarray(self.p * (self.gamma + of.m * x) / (self.p * x + self.q - 1))
