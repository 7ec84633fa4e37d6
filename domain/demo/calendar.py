"""Business days: seasons, Seollal and Chuseok, weekends, closed days, and how much is bought on each."""

from dataclasses import dataclass
from datetime import date, timedelta

import holidays
import numpy as np

from domain.demo.draws import Flags, Floats, Ints
from domain.demo.period import Period

MONTHS = (1.00, 0.88, 0.96, 0.97, 1.05, 0.95, 0.96, 0.91, 0.98, 1.00, 1.06, 1.18)
"""Relative demand by month, without holidays and sales. Assumption: February lowest, December highest, as in
Statistics Korea's monthly retail sales index; Online Retail II peaks in November (index 1.47 and 1.65)."""

RUN_UP_DAYS = 14
RUN_UP = {"설날": 1.45, "추석": 1.50}
"""Demand on the last of the fourteen days before the feast; it rises towards it. Assumption."""

MONDAY_TO_SUNDAY = {
    "shop": (0.80, 0.82, 0.86, 0.90, 1.08, 1.34, 1.20),
    "online": (1.14, 1.08, 1.04, 1.00, 0.92, 0.84, 0.98),
}
"""Relative demand by weekday. Assumption: shops live on the weekend, the mall on Monday."""


@dataclass(frozen=True)
class Calendar:
    """Arrays by day of the period. `feast` is 0, or the run-up's height 0..1 to Seollal or Chuseok.

    `shops_open` is false on the two feasts themselves, `office_open` on weekends and public holidays.
    """

    period: Period
    year: Ints
    month: Ints
    day_of_month: Ints
    weekday: Ints
    feast: Floats
    feast_lift: Floats
    holiday: Flags
    shops_open: Flags
    office_open: Flags

    @property
    def weekend(self) -> Flags:
        """Saturday, Sunday or public holiday."""
        return (self.weekday >= 5) | self.holiday


def feasts(first: date, last: date) -> dict[date, str]:
    """Seollal and Chuseok between two days and in the months after them, by day."""
    korean = holidays.country_holidays("KR", years=range(first.year, last.year + 2), language="ko")
    return {day: name for name in RUN_UP for day in korean.get_named(name, lookup="exact")}


def build(period: Period) -> Calendar:
    """The calendar of the period, by the public holidays of Korea."""
    days = [period.start + timedelta(days=number) for number in range(period.days)]
    public = holidays.country_holidays("KR", years=range(period.start.year, period.until.year + 1))
    feast_days = feasts(period.start, period.until)
    height, lifted = _run_up(period, feast_days)
    weekday = np.array([day.weekday() for day in days])
    holiday = np.array([day in public for day in days])
    return Calendar(
        period=period,
        year=np.array([day.year for day in days]),
        month=np.array([day.month for day in days]),
        day_of_month=np.array([day.day for day in days]),
        weekday=weekday,
        feast=height,
        feast_lift=lifted,
        holiday=holiday,
        shops_open=np.array([day not in feast_days for day in days]),
        office_open=(weekday < 5) & ~holiday,
    )


def _run_up(period: Period, feast_days: dict[date, str]) -> tuple[Floats, Floats]:
    """By day: how near the next feast is (0 to 1, 0 beyond the run-up), and the demand that this makes."""
    height, lifted = np.zeros(period.days), np.ones(period.days)
    for feast, name in feast_days.items():
        for before in range(1, RUN_UP_DAYS + 1):
            day = (feast - period.start).days - before
            if 0 <= day < period.days:
                height[day] = 1 - (before - 1) / RUN_UP_DAYS
                lifted[day] = 1 + (RUN_UP[name] - 1) * (0.5 + 0.5 * height[day])
    return height, lifted
