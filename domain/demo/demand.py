"""How much is bought on each day and at each hour, by the way it is bought."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from domain.channels import Channel
from domain.demo import promotions
from domain.demo.calendar import MONDAY_TO_SUNDAY, MONTHS, Calendar
from domain.demo.draws import Flags, Floats, Ints


class Way(IntEnum):
    """The ways to buy; the number is the code that arrays hold."""

    STORE = 0
    WEB = 1
    MOBILE = 2
    CALL = 3


CHANNELS = (Channel.STORE, Channel.WEB, Channel.MOBILE, Channel.INBOUND_CALL)
"""The channel of an order, by its way."""

DRIFT = {Way.STORE: (1.06, 0.94), Way.WEB: (1.15, 0.85), Way.MOBILE: (0.82, 1.18), Way.CALL: (1.10, 0.90)}
"""From the first to the last day the same people buy more on the phone and less elsewhere. Assumption, in the
direction of Statistics Korea's online shopping survey, where mobile is about three quarters of online sales."""

AFTER_FEAST = 0.6
"""Demand online on the feast itself, when the shops are closed. Assumption."""

HALF_HOURS = {
    "shop": (0,) * 21 + (3, 5, 7, 8, 8, 8, 9, 10, 10, 10, 10, 10, 11, 11, 11, 10, 9, 8, 6) + (0,) * 8,
    "shop_late": (0,) * 21
    + (3, 5, 7, 8, 9, 9, 10, 11, 12, 12, 12, 12, 12, 11, 11, 10, 9, 8, 7, 5)
    + (0,) * 7,
    "online": (
        *(6, 4, 3, 2, 1, 1, 1, 1, 1, 1, 1, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 11, 10, 10),
        *(11, 11, 10, 9, 9, 9, 9, 9, 9, 8, 8, 8, 8, 8, 8, 9, 10, 12, 14, 15, 15, 14, 12, 9),
    ),
    "office": (0,) * 18 + (8, 11, 12, 11, 9, 8, 6, 6, 10, 11, 10, 9, 9, 8, 8, 7, 6, 4) + (0,) * 12,
    "message": (0,) * 20 + (12, 14, 12, 8, 6, 6, 8, 8, 8, 8, 7, 7, 6, 6, 5, 4) + (0,) * 12,
}
"""Weights of the 48 half hours of a day. Shops open from 10:30 to 20:00, on weekends and holidays to 20:30;
the call centre works from 9:00 to 18:00; advertising goes out from 10:00 to 18:00, far from the night window."""

SHOP_OPENS = 10 * 3600 + 1800
SHOP_CLOSES = 20 * 3600
SHOP_CLOSES_LATE = 20 * 3600 + 1800


@dataclass(frozen=True)
class Demand:
    """Business time: for each way, how much demand has passed by the start of each day; one unit is an average day."""

    passed: dict[Way, Floats]

    def between(self, way: Way, first: Floats, last: Floats) -> Floats:
        """The demand from one moment (in days, with a fraction) to another."""
        return self.at(way, last) - self.at(way, first)

    def at(self, way: Way, moment: Floats) -> Floats:
        """The demand that has passed by a moment, in days with a fraction."""
        passed = self.passed[way]
        reached: Floats = np.interp(moment, np.arange(len(passed)), passed)
        return reached

    def day(self, way: Way, at: Floats) -> Ints:
        """The day on which so much demand has passed: never one on which this way is closed."""
        found = np.searchsorted(self.passed[way], at, side="right") - 1
        return np.clip(found, 0, len(self.passed[way]) - 2)


def build(calendar: Calendar) -> Demand:
    """Demand by way and day: season, feasts, sales, weekday, drift, and nothing where the way is closed."""
    shared = np.array(MONTHS)[calendar.month - 1] * calendar.feast_lift * promotions.lift(calendar)
    return Demand({way: _passed(shared * _of_way(way, calendar)) for way in Way})


def _of_way(way: Way, calendar: Calendar) -> Floats:
    """What is particular to a way: its weekdays, its closed days, its drift."""
    rhythm = np.array(MONDAY_TO_SUNDAY["shop" if way is Way.STORE else "online"])[calendar.weekday]
    drift = np.linspace(*DRIFT[way], calendar.period.days)
    working: Floats = np.where(calendar.shops_open, 1.0, AFTER_FEAST).astype(np.float64)
    if way is Way.STORE:
        working = np.where(calendar.holiday, 1.15, 1.0) * calendar.shops_open
    elif way is Way.CALL:
        working = calendar.office_open.astype(np.float64)
    by_day: Floats = np.multiply(rhythm * working, drift)
    return by_day


def _passed(by_day: Floats) -> Floats:
    """The sum before each day, scaled so that an average day counts one."""
    passed: Floats = np.r_[0.0, np.cumsum(by_day / by_day.mean())]
    return passed


def second_of_day(rng: np.random.Generator, hours: str, count: int) -> Ints:
    """Seconds since midnight, drawn by one of HALF_HOURS."""
    weights = np.array(HALF_HOURS[hours], dtype=np.float64)
    ends = np.r_[0.0, np.cumsum(weights / weights.sum())]
    return np.minimum(np.interp(rng.random(count), ends, np.arange(49) * 1800).astype(np.int64), 86_399)


def second_of_order(rng: np.random.Generator, way: Ints, late: Flags) -> Ints:
    """Seconds since midnight of orders, by their way; `late` says where shops close later that day."""
    seconds = second_of_day(rng, "online", len(way))
    for hours, where in (
        ("shop", (way == Way.STORE) & ~late),
        ("shop_late", (way == Way.STORE) & late),
        ("office", way == Way.CALL),
    ):
        seconds[where] = second_of_day(rng, hours, int(where.sum()))
    return seconds
