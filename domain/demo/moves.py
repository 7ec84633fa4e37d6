"""How customers changed: some moved house, some changed their occupation. The past keeps what it was."""

from dataclasses import dataclass

import numpy as np

from domain.demo import branches, places
from domain.demo.branches import Openings
from domain.demo.draws import Flags, Ints, choose, choose_in_rows, happens
from domain.demo.lifetimes import Lifetimes
from domain.demo.people import OCCUPATIONS, People, home_shop
from domain.demo.period import Period

MOVED_A_YEAR = 0.045
"""A year, this share of customers moves to another district. Statistics Korea counted moves of 12.0 % of the
population in 2023, most of them within a district or unknown to a shop: the rest is an assumption."""

FAR_SHARE = 0.4
"""Of the moves, those that may go anywhere; the others stay in the region."""

NEW_OCCUPATION_A_YEAR = 0.02
"""Assumption."""

BECOMES = {
    "학생": "회사원",
    "회사원": "자영업",
    "공무원": "은퇴",
    "교사": "은퇴",
    "프리랜서": "회사원",
    "자영업": "은퇴",
}
NEVER = 10**6


@dataclass(frozen=True)
class Moves:
    """Arrays by customer: on what day they moved, and where to; likewise for occupations. NEVER is after the period.

    `home` is the shop after the move (or the first one), -1 for none.
    """

    moved: Ints
    place: Ints
    home: Ints
    changed: Ints
    occupation: Ints


def draw(
    rng: np.random.Generator, people: People, lives: Lifetimes, period: Period, openings: Openings
) -> Moves:
    """Each customer moves at most once and changes occupation at most once, after joining and within the period."""
    years = (period.days - lives.since) / 365.25
    moved = _day(rng, happens(rng, MOVED_A_YEAR * years, len(years)), lives, period)
    place = np.where(moved < NEVER, _new_places(rng, people.place), people.place)
    moved = np.where(place == people.place, NEVER, moved)
    turn = np.array([OCCUPATIONS.index(BECOMES.get(name, name)) for name in OCCUPATIONS])
    occupation = turn[people.occupation]
    changes = happens(rng, NEW_OCCUPATION_A_YEAR * years, len(years)) & (occupation != people.occupation)
    changed = _day(rng, changes & ~people.organisation, lives, period)
    return Moves(
        moved=moved,
        place=place,
        home=np.where(moved < NEVER, home_shop(rng, place, moved, openings), people.home),
        changed=changed,
        occupation=np.where(changed < NEVER, occupation, people.occupation),
    )


def _day(rng: np.random.Generator, does: Flags, lives: Lifetimes, period: Period) -> Ints:
    """A day after joining and before the period's end, for those who do; NEVER for the rest."""
    room = period.days - 2 - lives.since
    day = (lives.since + 1 + rng.random(len(room)) * room).astype(np.int64)
    return np.where(does & (room > 1), day, NEVER)


def _new_places(rng: np.random.Generator, old: Ints) -> Ints:
    """A place for each, by how many live there: most within the region."""
    weights = branches.customers_by_place()
    anywhere = choose(rng, weights, len(old))
    region = np.unique(places.REGION_OF, return_inverse=True)[1]
    within = choose_in_rows(rng, (region[:, None] == region[None, :]) * weights, old)
    return np.where(happens(rng, FAR_SHARE, len(old)), anywhere, within)
