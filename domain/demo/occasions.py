"""To whom each offer is given, and when: what the customer did, or did not do, that makes the occasion."""

from dataclasses import dataclass

import numpy as np

from domain.demo.calendar import Calendar
from domain.demo.demand import second_of_day
from domain.demo.departments import NAMES
from domain.demo.draws import Flags, Ints, happens, runs
from domain.demo.members import Members
from domain.demo.offer_book import DemoOffer, Occasion
from domain.demo.period import Period, nth_day
from domain.demo.world import World

DAY = 86400


@dataclass(frozen=True)
class History:
    """The members' orders, each customer's together and in the order of time.

    `order` is the number of the receipt, `nth` counts from 1, `next_at` is never (the largest integer) after the
    last one. `departments` says by receipt and department whether anything of it was bought.
    """

    customer: Ints
    order: Ints
    at: Ints
    paid: Ints
    nth: Ints
    next_at: Ints
    cancelled: Flags
    departments: Flags

    @classmethod
    def of(cls, customer: Ints, at: Ints, paid: Ints, cancelled: Flags, departments: Flags) -> "History":
        """From arrays by receipt."""
        order = np.flatnonzero(customer >= 0)
        order = order[np.lexsort((at[order], customer[order]))]
        who, when = customer[order], at[order]
        same = np.r_[who[1:] == who[:-1], False]
        return cls(
            customer=who,
            order=order,
            at=when,
            paid=paid[order],
            nth=runs(who) + 1,
            next_at=np.where(same, np.r_[when[1:], 0], np.iinfo(np.int64).max),
            cancelled=cancelled[order],
            departments=departments[order],
        )

    def next_order(self, customer: Ints, after: Ints) -> Ints:
        """For each customer the row of their first order after a moment; -1 where there is none."""
        base = int(self.at.min()) if len(self.at) else 0
        span = 2**40
        place = np.searchsorted(
            self.customer * span + (self.at - base), customer * span + (after - base), "right"
        )
        row = np.minimum(place, len(self.at) - 1)
        found = (place < len(self.at)) & (self.customer[row] == customer) if len(self.at) else place < 0
        return np.where(found, row, -1)


def due(
    rng: np.random.Generator, offer: DemoOffer, world: World, members: Members, history: History
) -> tuple[Ints, Ints]:
    """Customers who get the offer, and when, seconds since 1970: in working hours, while the offer is valid."""
    if offer.occasion in (Occasion.JOINED, Occasion.BIRTHDAY, Occasion.SEASON):
        customer, day = _by_date(offer, world.calendar, members)
    else:
        customer, day = _by_orders(offer, world.period, history)
    first, last = validity(offer, world.period)
    chosen = (day >= first) & (day < last) & happens(rng, offer.share, len(day))
    order = np.argsort(day[chosen], kind="stable")
    customer, day = customer[chosen][order], day[chosen][order]
    return customer, world.period.moment(day, second_of_day(rng, "message", len(day)))


def validity(offer: DemoOffer, period: Period) -> tuple[int, int]:
    """First day of the offer and the first after its last, in days of the period."""
    days = period.days
    return round(offer.valid[0] * days), days if offer.valid[1] is None else round(offer.valid[1] * days)


def _by_date(offer: DemoOffer, calendar: Calendar, members: Members) -> tuple[Ints, Ints]:
    """Joining (the day after), birthdays, or a day of the year for all who are members by then."""
    joined, people = members.lives.joined, members.people
    if offer.occasion is Occasion.JOINED:
        new = np.flatnonzero(joined >= 0)
        return new, joined[new] + 1
    if offer.occasion is Occasion.SEASON:
        month, day = (int(part) for part in offer.what.split("-"))
        days = np.flatnonzero((calendar.month == month) & (calendar.day_of_month == day))
        customer = np.tile(np.arange(len(joined)), len(days))
        when = np.repeat(days, len(joined))
    else:
        years = np.unique(calendar.year)
        persons = np.flatnonzero(~people.organisation)
        customer = np.tile(persons, len(years))
        when = nth_day(np.repeat(years, len(persons)), people.born_day[customer]) - calendar.period.first
    member = joined[customer] < when
    return customer[member], when[member]


def _by_orders(offer: DemoOffer, period: Period, history: History) -> tuple[Ints, Ints]:
    """What was ordered, how often, how dear, how long ago: the day after it was so."""
    wait = 1
    if offer.occasion is Occasion.SILENCE:
        wait = offer.number
        rows = history.next_at > history.at + (wait + 1) * DAY
    elif offer.occasion is Occasion.NTH_ORDER:
        rows = history.nth == offer.number
    elif offer.occasion is Occasion.BIG_ORDER:
        rows = (history.paid >= offer.number) & ~history.cancelled
    elif offer.occasion is Occasion.CANCELLED:
        rows = history.cancelled
    else:
        rows = history.departments[:, NAMES.index(offer.what)]
    return history.customer[rows], period.day_of(history.at[rows]) + wait
