"""BG/NBD: customers order at random, each at his own rate, and may stop after any order. Fader, Hardie & Lee (2005)."""

from dataclasses import dataclass
from math import lgamma
from typing import Self

import numpy as np

from olap.mining.lifetime.histories import Histories
from olap.mining.lifetime.series import Floats, log_gamma, log_hypergeometric
from olap.mining.lifetime.simplex import least


@dataclass(frozen=True)
class BgNbd:
    """Rates are gamma distributed (`r`, `alpha` in weeks), the chance to stop beta distributed (`a`, `b`)."""

    r: float
    alpha: float
    a: float
    b: float

    @classmethod
    def fitted(cls, of: Histories) -> Self:
        """The model under which these histories are the likeliest."""
        found = least(lambda logs: -cls(*np.exp(logs)).log_likelihood(of), np.zeros(4))
        return cls(*(float(each) for each in np.exp(found)))

    def log_likelihood(self, of: Histories) -> float:
        """Of all histories together; eq. 6."""
        r, alpha, a, b, x = self.r, self.alpha, self.a, self.b, of.x
        common = log_gamma(1, r, x) - lgamma(r) + r * np.log(alpha)
        beta = lgamma(a) + lgamma(b) - lgamma(a + b)
        alive = _log_beta(a, b, of) - beta - (r + x) * np.log(alpha + of.T)
        # Who never came again cannot have stopped after coming again.
        counted = np.maximum(x, 1)
        gone = lgamma(a + 1) + log_gamma(1, b - 1, counted) - log_gamma(1, a + b, counted)
        gone = gone - beta - (r + x) * np.log(alpha + of.t)
        return float(np.sum(common + np.where(x > 0, np.logaddexp(alive, gone), alive)))

    def alive(self, of: Histories) -> Floats:
        """The chance of each that he has not stopped; 1 where he came on one day alone."""
        odds = self.a / (self.b + np.maximum(of.x, 1) - 1)
        gone = odds * np.exp((self.r + of.x) * (np.log(self.alpha + of.T) - np.log(self.alpha + of.t)))
        return np.where(of.x > 0, 1 / (1 + gone), 1.0)

    def expected(self, of: Histories, weeks: float) -> Floats:
        """Order days of each in the next weeks, if he is alive now; eq. 10 without its P(alive).

        Euler's transformation of its 2F1 takes the power (1 - z)^(r + x) away, which is out of range for many orders.
        """
        r, a, b = self.r, self.a if abs(self.a - 1) > 1e-6 else 1 + 1e-6, self.b
        z = np.asarray(weeks / (self.alpha + of.T + weeks), np.float64)
        c = np.asarray(a + b + of.x - 1.0, np.float64)
        left = (a - 1) * np.log1p(-z) + log_hypergeometric(a + b - 1 - r, a - 1, c, z)
        return np.asarray(-c / (a - 1) * np.expm1(left))


def _log_beta(a: float, b: float, of: Histories) -> Floats:
    """ln B(a, b + x) of each."""
    return lgamma(a) + log_gamma(1, b, of.x) - log_gamma(1, a + b, of.x)
