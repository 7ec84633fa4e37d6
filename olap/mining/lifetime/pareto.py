"""Pareto/NBD: customers order at random, each at his own rate, and stop at a moment of their own.

Schmittlein, Morrison & Colombo (1987), in the form of Fader & Hardie (2005), note 009 of brucehardie.com.
"""

from dataclasses import dataclass
from math import lgamma
from typing import Self

import numpy as np

from olap.mining.lifetime.histories import Histories
from olap.mining.lifetime.series import Floats, log_gamma
from olap.mining.lifetime.simplex import least

FAR = 45.0
"""A fall to e^-45 of what it was."""

POINTS, WEIGHTS = (
    (place + shift) / 2 for place, shift in zip(np.polynomial.legendre.leggauss(40), (1.0, 0.0), strict=True)
)
"""Of Gauss and Legendre, between 0 and 1."""

AT_ONCE = 500
"""So many customers at once, at all points: 160 kB, which the processor holds at hand."""


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
        """ln of the part in which he has stopped since his last order: ln of the integral of
        s (alpha + u)^-(r + x) (beta + u)^-(s + 1) from t to T.

        The papers have two 2F1 instead, one less the other: their series need thousands of terms where alpha and beta
        are far apart. In y = ln((alpha + u) / (alpha + t)) the integrand falls like an exponential, of which Gauss'
        points are exact to more digits than there are, and beyond `FAR` there is nothing of it left.
        """
        power = np.asarray(self.r + of.x, np.float64)
        begin = self.alpha + of.t
        end = np.minimum(np.log((self.alpha + of.T) / begin), FAR / power)
        stops = np.log(self.beta + of.t)
        total = np.zeros(len(of))
        for first in range(0, len(of), AT_ONCE):
            some = slice(first, first + AT_ONCE)
            y = np.outer(POINTS, end[some])
            until = begin[some] * np.expm1(y) + of.t[some]
            fall = (1 - power[some]) * y - (self.s + 1) * (np.log(self.beta + until) - stops[some])
            total[some] = np.sum(WEIGHTS[:, np.newaxis] * np.exp(fall), axis=0)
        with np.errstate(divide="ignore"):  # of who ordered today nothing has stopped
            found = np.log(total * end)
        edge = (1 - power) * np.log(begin) - (self.s + 1) * stops
        return np.asarray(found + edge + np.log(self.s))
