"""The days that the company's data covers. Inside the generator a day is its number from the first one, in KST."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from domain.demo.draws import Ints

EPOCH = date(1970, 1, 1)
KST_SECONDS = 9 * 3600
"""KST has been nine hours ahead of UTC, without summer time, since 1988."""


def years_before(day: date, years: int) -> date:
    """The same day `years` earlier; the 29th of February becomes the 28th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def nth_day(year: Ints, number: Ints) -> Ints:
    """The day since 1970 that is the `number`th (from 1) of the year, not counting a 29th of February."""
    first = (year - 1970).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    days: Ints = first + number - 1 + (leap & (number > 59))
    return days


@dataclass(frozen=True)
class Period:
    """start <= day < until."""

    start: date
    until: date

    @property
    def days(self) -> int:
        return (self.until - self.start).days

    @property
    def first(self) -> int:
        """The first day, in days since 1970."""
        return (self.start - EPOCH).days

    def moment(self, day: npt.ArrayLike, second: npt.ArrayLike) -> Ints:
        """Seconds since 1970 in UTC, of a second of a day in KST."""
        seconds: Ints = (np.asarray(day) + self.first) * 86400 + np.asarray(second) - KST_SECONDS
        return seconds

    def day_of(self, moment: Ints) -> Ints:
        """The day in KST on which a moment lies."""
        return (moment + KST_SECONDS) // 86400 - self.first

    @property
    def end(self) -> int:
        """The first moment after the period."""
        return int(self.moment(self.days, 0))
