"""Who ordered when, where and how: receipts, before anything is in the basket."""

from dataclasses import dataclass, fields

import numpy as np

from domain.demo.branches import BRANCH_OF_WAY, SHOPS, Openings
from domain.demo.demand import Demand, Way, second_of_order
from domain.demo.draws import Flags, Floats, Ints, choose, happens
from domain.demo.lifetimes import Lifetimes
from domain.demo.members import Members
from domain.demo.people import People
from domain.demo.world import World

STRANGERS = {Way.STORE: 0.42, Way.WEB: 0.07}
"""Orders of people who are not members or did not say so, for each member's order of that way. Assumption: members
make about four fifths of the receipts (in Online Retail II 7.8 % of the invoices have no customer)."""

OTHER_SHOP = 0.10
"""The share of a member's visits that go to another shop than their own. Assumption."""


@dataclass(frozen=True)
class Receipts:
    """Arrays by order, in the order of time. `customer` is -1 where nobody knows who bought.

    `branch` is a number in BRANCHES, `at` seconds since 1970 in UTC, `day` the day in KST. `origin` is -1, or
    for a receipt that books a return, the number of the one that sold.
    """

    customer: Ints
    way: Ints
    branch: Ints
    day: Ints
    at: Ints
    origin: Ints

    def __len__(self) -> int:
        return len(self.at)

    def take(self, rows: Ints | Flags) -> "Receipts":
        """Some of the receipts, or all in another order."""
        return Receipts(*(getattr(self, field.name)[rows] for field in fields(self)))


def draw(rng: np.random.Generator, world: World, members: Members) -> Receipts:
    """All orders of the period."""
    customer, way, day = _members(rng, world.demand, members.lives, members.people)
    stranger_way, stranger_day = _strangers(rng, world.demand, way)
    home = np.r_[members.home_on(customer, day), np.full(len(stranger_day), -1)]
    customer = np.r_[customer, np.full(len(stranger_way), -1)]
    way, day = np.r_[way, stranger_way], np.r_[day, stranger_day]
    afar = np.array([-1, *(BRANCH_OF_WAY[other] for other in (Way.WEB, Way.MOBILE, Way.CALL))])
    branch = np.where(way == Way.STORE, _shops(rng, home, day, world.openings), afar[way])
    at = world.period.moment(day, second_of_order(rng, way, world.calendar.weekend[day]))
    unsorted = Receipts(customer, way, branch, day, at, origin=np.full(len(at), -1))
    return unsorted.take(np.argsort(at, kind="stable"))


def _members(
    rng: np.random.Generator, demand: Demand, lives: Lifetimes, people: People
) -> tuple[Ints, Ints, Ints]:
    """Customer, way and day of each order: the first with joining, the others at random in business time."""
    first = np.flatnonzero(lives.buys_on_joining)
    customers, ways, days = [first], [lives.way[first]], [lives.joined[first]]
    for way in Way:
        begun = demand.at(way, lives.since)
        span = demand.at(way, lives.gone) - begun
        count = rng.poisson(lives.rate * people.ways[:, way] * span)
        who = np.repeat(np.arange(len(count)), count)
        customers.append(who)
        ways.append(np.full(len(who), int(way)))
        days.append(demand.day(way, begun[who] + rng.random(len(who)) * span[who]))
    return np.concatenate(customers), np.concatenate(ways), np.concatenate(days)


def _strangers(rng: np.random.Generator, demand: Demand, member_ways: Ints) -> tuple[Ints, Ints]:
    """Way and day of the orders of strangers, as many as their share of the members' orders."""
    ways: list[Ints] = []
    days: list[Ints] = []
    for way, share in STRANGERS.items():
        count = round(share * int((member_ways == way).sum()))
        at: Floats = rng.random(count) * demand.passed[way][-1]
        ways.append(np.full(count, int(way)))
        days.append(demand.day(way, at))
    return np.concatenate(ways), np.concatenate(days)


def _shops(rng: np.random.Generator, home: Ints, day: Ints, openings: Openings) -> Ints:
    """The shop of each visit: mostly the customer's own; another one where that is closed, or there is none."""
    pull = [shop.pull for shop in SHOPS]
    elsewhere = (home < 0) | happens(rng, OTHER_SHOP, len(home))
    shop = np.where(elsewhere, choose(rng, pull, len(home)), home)
    while (shut := np.flatnonzero(~openings.open_on(shop, day))).size:
        shop[shut] = choose(rng, pull, len(shut))
    return shop
