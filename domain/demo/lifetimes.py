"""When customers come, how often they buy and when they leave: Pareto/NBD in business time.

Each customer buys at random at a rate of their own and leaves after an exponential time of their own; rates and
hazards are gamma distributed over the customers. Source: Schmittlein, Morrison & Colombo (1987), Management
Science 33(1):1-24. The four numbers below are chosen so that the company lies in the bands of bands.py.
"""

from dataclasses import dataclass

import numpy as np

from domain.demo.demand import Demand, Way
from domain.demo.draws import Flags, Floats, Ints, choose, happens
from domain.demo.period import Period

RATE_SHAPE = 0.62
"""r: the smaller, the more unequal are the rates of buying."""

RATE_SCALE_DAYS = 62.0
"""alpha, in average business days: the mean rate is r / alpha, an order each 100 days."""

LEAVING_SHAPE = 0.75
"""s: the smaller, the more unequal are the hazards of leaving."""

LEAVING_SCALE_DAYS = 420.0
"""beta, in days: half of the customers have left after beta (2^(1/s) - 1) = 638 days."""

FOUNDERS_SHARE = 0.38
"""The share of customers who were members when the period began."""

FOUNDERS_YEARS = 6.0
"""They had joined in the six years before it, evenly."""

GROWTH = 0.18
"""New members a day grow by this much a year. Assumption."""

JOINS_BY = (0.56, 0.14, 0.25, 0.05)
"""The share of joins by way: in a shop, in the mall, in the app, by phone. Assumption."""

BUYS_ON_JOINING = 0.86
"""The share of new members who join with their first order; others look first, and some never buy. Assumption."""


@dataclass(frozen=True)
class Lifetimes:
    """Arrays by customer, in the order of joining. Days are of the period; founders joined before day 0.

    A customer may buy while since <= t < gone; `rate` is orders per average business day.
    """

    joined: Ints
    way: Ints
    buys_on_joining: Flags
    since: Floats
    gone: Floats
    rate: Floats


def draw(rng: np.random.Generator, size: int, period: Period, demand: Demand) -> Lifetimes:
    """The lifetimes of `size` customers."""
    founders = round(size * FOUNDERS_SHARE)
    way = choose(rng, JOINS_BY, size)
    joined = np.r_[
        np.floor(-FOUNDERS_YEARS * 365.25 * rng.random(founders)).astype(np.int64),
        _joins(rng, way[founders:], period, demand),
    ]
    order = np.argsort(joined, kind="stable")
    joined, way = joined[order], way[order]
    since = np.maximum(joined, 0).astype(np.float64)
    # A founder is known not to have left before day 0; given that, the hazard is gamma (s, beta + years before).
    hazard = rng.gamma(LEAVING_SHAPE, 1 / (LEAVING_SCALE_DAYS + np.maximum(-joined, 0)))
    gone = np.minimum(since + rng.exponential(1 / np.maximum(hazard, 1e-9)), period.days)
    return Lifetimes(
        joined=joined,
        way=way,
        buys_on_joining=(joined >= 0) & happens(rng, BUYS_ON_JOINING, size),
        since=since,
        gone=gone,
        rate=rng.gamma(RATE_SHAPE, 1 / RATE_SCALE_DAYS, size),
    )


def _joins(rng: np.random.Generator, ways: Ints, period: Period, demand: Demand) -> Ints:
    """The days of joining: more each year, and by season and weekday of the way they joined by."""
    share = rng.random(len(ways))
    years = period.days / 365.25
    grown = np.log1p(share * ((1 + GROWTH) ** years - 1)) / (years * np.log1p(GROWTH))
    days = np.zeros(len(ways), dtype=np.int64)
    for way in Way:
        mine = ways == way
        days[mine] = demand.day(way, grown[mine] * demand.passed[way][-1])
    return days
