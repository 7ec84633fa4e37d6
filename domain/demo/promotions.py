"""Sales over the year and weekly deals: by how many percent a product is reduced on a day.

The calendar of sales is an assumption after the habits of Korean department stores and malls: regular sales in
the four seasons, family month in May, gift fairs before Seollal and Chuseok, a big online sale in November.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from domain.demo import departments
from domain.demo.calendar import Calendar
from domain.demo.catalogue import Catalogue
from domain.demo.draws import Flags, happens, stream

EVERYTHING = tuple(name for name in departments.NAMES if name != departments.GIFT_DEPARTMENT)


@dataclass(frozen=True)
class Sale:
    """From the first to the last (month, day), both included: `share` of the products of some departments, reduced."""

    name: str
    first: tuple[int, int]
    last: tuple[int, int]
    among: tuple[str, ...]
    percents: tuple[int, ...]
    share: float
    lift: float


SALES = (
    Sale("신년 정기세일", (1, 3), (1, 14), EVERYTHING, (10, 20, 30), 0.40, 1.18),
    Sale("신학기 기획전", (2, 15), (3, 8), ("유아동", "문구·취미", "가전"), (10, 15, 20), 0.50, 1.06),
    Sale("봄 정기세일", (3, 29), (4, 14), EVERYTHING, (10, 20, 30), 0.40, 1.20),
    Sale("가정의 달", (5, 1), (5, 8), ("유아동", "식품", "뷰티", "여성패션"), (10, 15), 0.45, 1.22),
    Sale("여름 정기세일", (6, 27), (7, 13), EVERYTHING, (10, 20, 30), 0.40, 1.18),
    Sale("가을 정기세일", (10, 10), (10, 22), EVERYTHING, (10, 20, 30), 0.40, 1.15),
    Sale("느티나무 블랙위크", (11, 18), (11, 28), EVERYTHING, (20, 30, 40), 0.35, 1.35),
    Sale("연말 감사세일", (12, 15), (12, 31), EVERYTHING, (10, 20), 0.35, 1.20),
)
DEAL_SHARE = 0.08
DEAL_PERCENTS = (10, 15, 20)


def running(sale: Sale, calendar: Calendar) -> Flags:
    """By day, whether the sale is on."""
    code = calendar.month * 100 + calendar.day_of_month
    first, last = sale.first[0] * 100 + sale.first[1], sale.last[0] * 100 + sale.last[1]
    return (code >= first) & (code <= last)


def lift(calendar: Calendar) -> npt.NDArray[np.float64]:
    """By day, how much more is bought because of the sale that runs."""
    total = np.ones(len(calendar.month))
    for sale in SALES:
        total = np.maximum(total, np.where(running(sale, calendar), sale.lift, 1.0))
    return total


def percents(seed: int, catalogue: Catalogue, calendar: Calendar) -> npt.NDArray[np.int8]:
    """By product and day, the reduction in percent; the greatest one where several sales overlap."""
    rng = stream(seed, "promotions")
    reduced = _deals(rng, catalogue, calendar)
    for sale in SALES:
        among = np.isin(catalogue.department, [departments.NAMES.index(name) for name in sale.among])
        for year in np.unique(calendar.year):
            picked = among & happens(rng, sale.share, len(among))
            percent = np.where(picked, rng.choice(sale.percents, len(among)), 0).astype(np.int8)
            days = np.flatnonzero(running(sale, calendar) & (calendar.year == year))
            reduced[:, days] = np.maximum(reduced[:, days], percent[:, None])
    reduced[catalogue.gifts] = 0
    return reduced


def _deals(rng: np.random.Generator, catalogue: Catalogue, calendar: Calendar) -> npt.NDArray[np.int8]:
    """This week's deals: a few products, from Monday to Sunday."""
    week = np.cumsum(calendar.weekday == 0)
    shape = (len(catalogue.names), int(week[-1]) + 1)
    deals = np.where(rng.random(shape) < DEAL_SHARE, rng.choice(DEAL_PERCENTS, shape), 0).astype(np.int8)
    return deals[:, week]
