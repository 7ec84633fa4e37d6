"""Pareto/NBD: customers order at random, each at his own rate, and stop at a moment of their own.

Schmittlein, Morrison & Colombo (1987), in the form of Fader & Hardie (2005), note 009 of brucehardie.com.
"""

from dataclasses import dataclass
from math import lgamma
from typing import Self

import numpy as np

from olap.mining.lifetime.histories import Histories
from olap.mining.lifetime.series import Floats, log_gamma, log_hypergeometric
from olap.mining.lifetime.simplex import least


@dataclass(frozen=True)
class ParetoNbd:
    """Rates of orders are gamma distributed (`r`, `alpha` in weeks), and so are those of stopping (`s`, `beta`)."""

    r: float
    alpha: float
    s: float
    beta: float

    @classmethod
    def fitted(cls, of: Histories) -> Self:
        """The model under which these histories are the likeliest."""
        start = np.log([1.0, 10.0, 1.0, 10.0])
        found = least(lambda logs: -cls(*np.exp(logs)).log_likelihood(of), start)
        return cls(*(float(each) for each in np.exp(found)))

    def log_likelihood(self, of: Histories) -> float:
        """Of all histories together."""
        r, alpha, s, beta = self.r, self.alpha, self.s, self.beta
        common = log_gamma(1, r, of.x) - lgamma(r) + r * np.log(alpha) + s * np.log(beta)
        return float(np.sum(common + np.logaddexp(self._alive(of), self._gone(of))))

    def alive(self, of: Histories) -> Floats:
        """The chance of each that he has not stopped."""
        return np.asarray(1 / (1 + np.exp(self._gone(of) - self._alive(of))))

    def expected(self, of: Histories, weeks: float) -> Floats:
        """Order days of each in the next weeks, if he is alive now."""
        s = self.s if abs(self.s - 1) > 1e-6 else 1 + 1e-6
        rate = (self.r + of.x) * (self.beta + of.T) / (self.alpha + of.T) / (s - 1)
        return np.asarray(rate * (1 - ((self.beta + of.T) / (self.beta + of.T + weeks)) ** (s - 1)))

    def _alive(self, of: Histories) -> Floats:
        """ln of the part of the likelihood in which he is alive, without what is common to both."""
        return np.asarray(-(self.r + of.x) * np.log(self.alpha + of.T) - self.s * np.log(self.beta + of.T))

    def _gone(self, of: Histories) -> Floats:
        """ln of the part in which he has stopped since his last order."""
        until, now = self._stopped(of, of.t), self._stopped(of, of.T)
        power = self.r + self.s + of.x
        # A difference of two: in logs, so that nothing is out of range.
        less = np.exp(np.minimum(now - until, 0.0))
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(self.s / power) + until + np.log1p(-less))

    def _stopped(self, of: Histories, at: Floats) -> Floats:
        """ln of F(r + s + x, b; r + s + x + 1; z) / (most + at)^(r + s + x), b being s + 1 or r + x.

        F(c - 1, b; c; z) = (1 - z)^(1 - b) F(1, c - b; c; z), whose terms do not grow.
        """
        c = np.asarray(self.r + self.s + of.x + 1.0, np.float64)
        most, b = (
            (self.alpha, self.s + 1 + 0.0 * of.x) if self.alpha >= self.beta else (self.beta, self.r + of.x)
        )
        z = np.asarray(abs(self.alpha - self.beta) / (most + at), np.float64)
        found = log_hypergeometric(1.0, c - b, c, z) + (1 - b) * np.log1p(-z)
        return np.asarray(found - (c - 1) * np.log(most + at))
