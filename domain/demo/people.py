"""Who the customers are: kind, sex, birth, occupation, wealth, home and tastes."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from domain.demo import branches
from domain.demo.branches import Openings
from domain.demo.demand import Way
from domain.demo.draws import Flags, Floats, Ints, choose, choose_in_rows, happens
from domain.demo.lifetimes import Lifetimes
from domain.demo.period import Period

ORGANISATIONS_SHARE = 0.02
WOMEN_SHARE = 0.63
"""Assumption: membership programmes of such shops have more women than men."""

AGES = ((19, 0.04), (23, 0.14), (30, 0.27), (40, 0.27), (50, 0.17), (60, 0.08), (70, 0.03), (82, 0.0))
"""From this age on until the next, the share of those who join. Assumption."""

OCCUPATIONS = ("학생", "회사원", "전문직", "공무원", "교사", "자영업", "프리랜서", "주부", "은퇴")
OCCUPATION_BY_AGE = {
    19: (0.62, 0.22, 0.01, 0.02, 0.01, 0.03, 0.07, 0.02, 0.00),
    27: (0.06, 0.54, 0.08, 0.08, 0.05, 0.06, 0.09, 0.04, 0.00),
    37: (0.00, 0.45, 0.09, 0.08, 0.06, 0.13, 0.06, 0.13, 0.00),
    52: (0.00, 0.29, 0.07, 0.07, 0.05, 0.24, 0.05, 0.22, 0.01),
    62: (0.00, 0.09, 0.04, 0.01, 0.01, 0.22, 0.04, 0.29, 0.30),
}
"""From this age on, the shares of the occupations. Assumption."""

WEALTH_BANDS = ("하", "중하", "중", "중상", "상")
WEALTH_SHARES = (0.12, 0.25, 0.34, 0.20, 0.09)
WEALTHY_OCCUPATIONS = {"전문직": 1, "학생": -1}


class Persona(IntEnum):
    """What a customer is after; the number is the row in tables of tastes."""

    SINGLE = 0
    FAMILY = 1
    HOME = 2
    FASHION = 3
    SENIOR = 4
    GOURMET = 5
    OUTDOOR = 6
    BUSINESS = 7


PERSONA_BY_AGE = {
    19: (0.36, 0.03, 0.10, 0.33, 0.00, 0.07, 0.11),
    30: (0.20, 0.32, 0.14, 0.16, 0.00, 0.09, 0.09),
    45: (0.08, 0.17, 0.24, 0.15, 0.05, 0.16, 0.15),
    60: (0.05, 0.03, 0.18, 0.08, 0.40, 0.15, 0.11),
}


@dataclass(frozen=True)
class People:
    """Arrays by customer. `place` and `home` are those at the period's start or at joining; see moves.py.

    `home` is a shop's number or -1 for those who have none near. `appetite` multiplies what goes into a
    basket (mean 1), `taste` 0 to 2 says how dear, `ways` are the shares of the ways to buy.
    """

    organisation: Flags
    female: Flags
    born_year: Ints
    born_day: Ints
    occupation: Ints
    wealth: Ints
    persona: Ints
    place: Ints
    home: Ints
    appetite: Floats
    taste: Ints
    ways: Floats


def _by_age(table: Mapping[int, tuple[float, ...]], age: Ints) -> tuple[Floats, Ints]:
    """The table as rows, and each one's row: that of the greatest age which is not over theirs."""
    return np.array(list(table.values())), np.searchsorted(list(table), age, side="right") - 1


def draw(rng: np.random.Generator, lives: Lifetimes, period: Period, openings: Openings) -> People:
    """The people whose lifetimes these are."""
    size = len(lives.joined)
    organisation = happens(rng, ORGANISATIONS_SHARE, size)
    bounds = np.array([bound for bound, _ in AGES])
    group = choose(rng, [share for _, share in AGES], size)
    age = rng.integers(bounds[group], bounds[group + 1])
    occupation = choose_in_rows(rng, *_by_age(OCCUPATION_BY_AGE, age))
    wealth = _wealth(rng, occupation)
    persona = choose_in_rows(rng, *_by_age(PERSONA_BY_AGE, age))
    place = choose(rng, branches.customers_by_place(), size)
    home = home_shop(rng, place, lives.joined, openings)
    born_year = period.start.year + lives.joined // 365 - age
    return People(
        organisation=organisation,
        female=happens(rng, WOMEN_SHARE, size),
        born_year=born_year,
        born_day=rng.integers(1, 366, size),
        occupation=occupation,
        wealth=wealth,
        persona=np.where(organisation, Persona.BUSINESS, persona),
        place=place,
        home=home,
        appetite=rng.gamma(1.5, 1 / 1.5, size) * (0.82 + 0.09 * wealth) * np.where(organisation, 1.5, 1.0),
        taste=choose_in_rows(
            rng, np.array([[5, 3, 1], [4, 4, 1], [3, 5, 2], [2, 4, 4], [1, 3, 6]]) * 1.0, wealth
        ),
        ways=_ways(rng, age, home, organisation),
    )


def home_shop(rng: np.random.Generator, place: Ints, day: Ints, openings: Openings) -> Ints:
    """For each place the shop somebody from there calls theirs, among those open on the day; -1 where none is near."""
    pull = branches.pulls()
    shop = choose_in_rows(rng, pull + 1e-9, place)
    closed = ~openings.open_on(shop, np.maximum(day, 0))
    lasting = pull * openings.lasting
    shop = np.where(closed, lasting.argmax(axis=1)[place], shop)
    near: Flags = pull[place, shop] > 0
    return np.where(near, shop, -1)


def _wealth(rng: np.random.Generator, occupation: Ints) -> Ints:
    """Bands by share, a step up or down for some occupations."""
    step = np.array([WEALTHY_OCCUPATIONS.get(name, 0) for name in OCCUPATIONS])
    drawn = choose(rng, WEALTH_SHARES, len(occupation)) + step[occupation]
    bands: Ints = np.clip(drawn, 0, len(WEALTH_BANDS) - 1)
    return bands


def _ways(rng: np.random.Generator, age: Ints, home: Ints, organisation: Flags) -> Floats:
    """By customer and way: the young buy on the phone, the old in shops and by call; far from a shop, online."""
    young = np.clip((60 - age) / 40, 0, 1)
    wanted = np.empty((len(age), len(Way)))
    wanted[:, Way.STORE] = np.where(home >= 0, 0.58, 0.10)
    wanted[:, Way.WEB] = 0.14 + 0.30 * organisation
    wanted[:, Way.MOBILE] = 0.10 + 0.34 * young
    wanted[:, Way.CALL] = 0.08 - 0.07 * young + 0.10 * organisation
    shares: Floats = rng.standard_gamma(wanted * 2.5 + 1e-3) + 1e-9
    shares /= shares.sum(axis=1, keepdims=True)
    return shares
