"""What the company finds and offers, before anybody comes: days, demand, shops, products and their reductions."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from domain.demo import branches, calendar, catalogue, demand, draws, promotions
from domain.demo.branches import Openings
from domain.demo.calendar import Calendar
from domain.demo.catalogue import Catalogue
from domain.demo.demand import Demand
from domain.demo.draws import Ints
from domain.demo.period import Period
from domain.demo.prices import costs_years_ago, years_ago


@dataclass(frozen=True)
class World:
    """The same seed and period make the same world. `percents` is by product and day."""

    seed: int
    period: Period
    calendar: Calendar
    demand: Demand
    openings: Openings
    catalogue: Catalogue
    percents: npt.NDArray[np.int8]

    def stream(self, part: str) -> np.random.Generator:
        """The stream of random numbers of one part."""
        return draws.stream(self.seed, part)

    def price(self, product: Ints, day: Ints) -> Ints:
        """What each product cost on its day, won, before reductions."""
        return years_ago(self.catalogue.price[product], self._age(day))

    def cost(self, product: Ints, day: Ints) -> Ints:
        """What each product cost the company on its day, won."""
        return costs_years_ago(self.catalogue.cost[product], self._age(day))

    def _age(self, day: Ints) -> Ints:
        years: Ints = self.calendar.year[-1] - self.calendar.year[day]
        return years


def build(seed: int, period: Period) -> World:
    """The world of a seed and a period."""
    days, goods = calendar.build(period), catalogue.build(seed, period)
    return World(
        seed=seed,
        period=period,
        calendar=days,
        demand=demand.build(days),
        openings=branches.openings(period),
        catalogue=goods,
        percents=promotions.percents(seed, goods, days),
    )
