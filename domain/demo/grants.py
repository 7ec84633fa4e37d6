"""Offers given to customers, and how far each came: every state with its time, each in its turn."""

from dataclasses import dataclass

import numpy as np

from domain.demo.calendar import Calendar
from domain.demo.draws import Flags, Ints, happens, runs
from domain.demo.members import Members
from domain.demo.occasions import DAY, History, due
from domain.demo.offer_book import MONEY_OFF, OFFERS, DemoOffer
from domain.demo.staff import Staff
from domain.demo.world import World
from domain.offers.model import GrantState

STATES = tuple(GrantState)
"""The columns of `reached`, which is also the order in which states can follow each other."""

DELIVERED_SHARE = 0.97
VIEWED_SHARE = 0.62
DECLINED_SHARE = 0.12
"""Of those delivered who look, and of those who looked and did not accept who say no. Assumptions."""

LATER = np.iinfo(np.int64).max // 4


@dataclass(frozen=True)
class Grants:
    """Arrays by grant, in the order of time. `reached` holds the moment of each of STATES, -1 for not reached.

    `agent` is a number in the staff, -1 where no person gave it; `order` the receipt that redeemed it, or -1.
    """

    offer: Ints
    customer: Ints
    agent: Ints
    order: Ints
    reached: Ints

    def __len__(self) -> int:
        return len(self.offer)


def draw(rng: np.random.Generator, world: World, members: Members, staff: Staff, history: History) -> Grants:
    """All grants; no order redeems two, no agent spends more a month than the offer's budget."""
    parts = []
    for number, offer in enumerate(OFFERS):
        customer, at = due(rng, offer, world, members, history)
        parts.append(_given(rng, number, customer, at, world, staff, history))
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    by_time = np.argsort(columns[-1][:, 0], kind="stable")
    return _one_redemption_an_order(Grants(*(column[by_time] for column in columns)))


def _given(
    rng: np.random.Generator,
    number: int,
    customer: Ints,
    at: Ints,
    world: World,
    staff: Staff,
    history: History,
) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """The columns of one offer's grants: within its limit and its agents' budgets, with their fates."""
    offer = OFFERS[number]
    agent = np.full(len(at), -1)
    kept = np.arange(len(at)) < (offer.limit or len(at))
    if offer.monthly_budget is not None:
        agent = staff.agent_of(rng, np.full(len(at), -1))
        kept = _within_budget(offer, agent, at, world.calendar)
    customer, at, agent = customer[kept], at[kept], agent[kept]
    reached, order = _fates(rng, offer, customer, at, world.period.end, history)
    return np.full(len(at), number), customer, agent, order, reached


def _within_budget(offer: DemoOffer, agent: Ints, at: Ints, calendar: Calendar) -> Flags:
    """Whether each grant fits what its agent may still give away that month."""
    day = calendar.period.day_of(at)
    month = calendar.year[day] * 12 + calendar.month[day]
    order = np.lexsort((at, month, agent))
    place = np.empty(len(at), dtype=np.int64)
    place[order] = runs((agent * 100_000 + month)[order])
    return (place + 1) * (offer.cost or 0) <= (offer.monthly_budget or 0)


def _fates(
    rng: np.random.Generator, offer: DemoOffer, customer: Ints, at: Ints, end: int, history: History
) -> tuple[Ints, Ints]:
    """When each state was reached, shape (grants, STATES), and the order that redeemed; nothing after `end`."""
    count = len(at)
    delivered = np.where(happens(rng, DELIVERED_SHARE, count), at + rng.integers(60, 3600, count), LATER)
    looked = delivered + 60 + rng.exponential(1.5 * DAY, count).astype(np.int64).clip(max=20 * DAY)
    viewed = np.where(happens(rng, VIEWED_SHARE, count) & (delivered < LATER), looked, LATER)
    takes = happens(rng, offer.taken, count) & (viewed < LATER)
    row = history.next_order(customer, np.minimum(viewed, end) + 120)
    order, ordered = _redeeming(offer, takes, row, at + offer.window * DAY, history)
    accepted = np.where(takes, viewed + 60 + (rng.random(count) * 2 * DAY).astype(np.int64), LATER)
    accepted = np.where(order >= 0, np.minimum(accepted, ordered - 30), accepted)
    refuses = happens(rng, DECLINED_SHARE, count) & (viewed < LATER) & ~takes
    declined = np.where(refuses, viewed + 30 + rng.integers(0, DAY, count), LATER)
    open_ended = (offer.window == 0) | (order >= 0) | refuses
    expired = np.where(open_ended, LATER, at + max(offer.window, 1) * DAY)
    reached = np.stack([at, delivered, viewed, accepted, ordered, declined, expired], axis=1)
    reached[:, 1:4][reached[:, 1:4] >= expired[:, None]] = LATER
    redeemed = reached[:, 4] < end
    return np.where(reached < end, reached, -1), np.where(redeemed, order, -1)


def _redeeming(
    offer: DemoOffer, takes: Flags, row: Ints, expires: Ints, history: History
) -> tuple[Ints, Ints]:
    """The receipt that redeems, or -1, and its time, or LATER: the next order in the window, if dear enough."""
    if not len(history.at) or offer.window == 0 or offer.value is None:
        return np.full(len(row), -1), np.full(len(row), LATER)
    soon = history.at[row] < expires
    dear = history.paid[row] >= 3 * offer.value
    fits = takes & (row >= 0) & soon & dear & ~history.cancelled[row]
    return np.where(fits, history.order[row], -1), np.where(fits, history.at[row], LATER)


def _one_redemption_an_order(grants: Grants) -> Grants:
    """Of several grants that one order would redeem, the first does; the others stay accepted."""
    order, reached = grants.order.copy(), grants.reached.copy()
    redeeming = np.flatnonzero(order >= 0)
    first = np.unique(order[redeeming], return_index=True)[1]
    again = np.setdiff1d(redeeming, redeeming[first])
    order[again] = -1
    reached[again, STATES.index(GrantState.REDEEMED)] = -1
    return Grants(grants.offer, grants.customer, grants.agent, order, reached)


def money_off(grants: Grants) -> tuple[Ints, Ints]:
    """Orders and the won that redeemed offers take off them at once."""
    value = np.array([offer.value or 0 if offer.kind in MONEY_OFF else 0 for offer in OFFERS])
    off = np.where(grants.order >= 0, value[grants.offer], 0)
    return grants.order[off > 0], off[off > 0]
