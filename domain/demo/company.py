"""The whole company in memory: every part drawn from its own stream of one seed, in the order they depend."""

from datetime import date

import numpy as np

from domain.demo import baskets, corrections, grants, ledger, members, purchases, staff, world
from domain.demo.baskets import Lines
from domain.demo.corrections import code
from domain.demo.departments import NAMES
from domain.demo.draws import Flags, Ints
from domain.demo.grants import Grants
from domain.demo.ledger import Ledger
from domain.demo.members import Members
from domain.demo.occasions import History
from domain.demo.offer_book import OFFERS
from domain.demo.period import Period, years_before
from domain.demo.purchases import Receipts
from domain.demo.scene import Scene
from domain.demo.staff import Staff
from domain.demo.world import World
from domain.errors import Invalid
from domain.messages import say
from domain.offers.tree import OfferKind
from domain.orders.model import LineKind

SMALLEST, LARGEST = 50, 1_000_000
OWNED_SHARE = 0.04
"""The customers with the most revenue have an agent of their own, as organisations do."""

GIFTS = (OfferKind.REWARD_GIFT, OfferKind.PROACTIVE_GIFT)


def draw(*, size: int, years: int, until: date, seed: int) -> Scene:
    """A company of `size` customers, up to the day before `until`. The same arguments give the same company.

    About one second for 20,000 customers and three years. Raises Invalid for a size or length out of range.
    """
    _check(size, years, until)
    here = world.build(seed, Period(years_before(until, years), until))
    customers = members.draw(here, size)
    hired = staff.hire(here.stream("staff"))
    sold = purchases.draw(here.stream("purchases"), here, customers)
    filled = baskets.draw(here.stream("baskets"), here, customers.people, sold)
    cancelled = corrections.cancellations(here.stream("cancellations"), sold, filled)
    given = _grants(here, customers, hired, sold, filled, cancelled)
    books = _books(here, sold, filled, cancelled, given)
    in_ledger = np.where(given.order >= 0, books.place[given.order], -1)
    return Scene(
        world=here,
        members=customers,
        staff=hired,
        ledger=books,
        grants=Grants(given.offer, given.customer, given.agent, in_ledger, given.reached),
        owner=_owners(here.stream("owners"), customers, hired, books),
    )


def _check(size: int, years: int, until: date) -> None:
    if not SMALLEST <= size <= LARGEST:
        told = say(
            "size is {size}; allowed: {least} to {most} customers", size=size, least=SMALLEST, most=LARGEST
        )
        raise Invalid(told, "size")
    if not 1 <= years <= 10:
        raise Invalid(say("years is {years}; allowed: 1 to 10", years=years), "years")
    if not date(2015, 1, 1) <= until <= date(2049, 12, 31):
        raise Invalid(say("until is {until}; allowed: 2015-01-01 to 2049-12-31", until=until), "until")


def _is_cancelled(sold: Receipts, cancelled: Lines) -> Flags:
    flags: Flags = np.bincount(cancelled.order, minlength=len(sold)) > 0
    return flags


def _paid(sold: Receipts, filled: Lines, cancelled: Lines) -> Ints:
    """What was sold in each order, won; nothing where any of it was cancelled."""
    paid = np.bincount(filled.order, filled.net, len(sold)).astype(np.int64)
    return np.where(_is_cancelled(sold, cancelled), 0, paid)


def _grants(
    here: World, customers: Members, hired: Staff, sold: Receipts, filled: Lines, cancelled: Lines
) -> Grants:
    """The grants that what was ordered, or not, gave occasion to."""
    bought = np.zeros((len(sold), len(NAMES)), dtype=np.bool_)
    bought[filled.order, here.catalogue.department[filled.product]] = True
    history = History.of(
        sold.customer, sold.at, _paid(sold, filled, cancelled), _is_cancelled(sold, cancelled), bought
    )
    return grants.draw(here.stream("grants"), here, customers, hired, history)


def _books(here: World, sold: Receipts, filled: Lines, cancelled: Lines, given: Grants) -> Ledger:
    """The ledger of what was sold, with all that came on top and all that came back."""
    paid = _paid(sold, filled, cancelled)
    extras = baskets.together(
        cancelled,
        corrections.gifts(here.stream("gifts"), here, sold, paid),
        corrections.apologies(here.stream("apologies"), paid),
        corrections.money_off(*grants.money_off(given)),
        _handed_over(here, sold, given),
    )
    final = np.zeros(len(sold), dtype=np.bool_)
    final[extras.order[extras.kind != code(LineKind.FREE)]] = True
    returned, back = corrections.returns(here.stream("returns"), here, sold, filled, final=final)
    return ledger.book(here.period, sold, baskets.together(filled, extras), returned, back)


def _handed_over(here: World, sold: Receipts, given: Grants) -> Lines:
    """A free line for each gift that an order redeemed."""
    names = here.catalogue.names
    gift = np.array([names.index(o.product) if o.kind in GIFTS and o.product else -1 for o in OFFERS])
    redeemed = (given.order >= 0) & (gift[given.offer] >= 0)
    return corrections.free(here, sold, given.order[redeemed], gift[given.offer[redeemed]])


def _owners(rng: np.random.Generator, customers: Members, hired: Staff, books: Ledger) -> Ints:
    """For each customer the agent who looks after them, or -1: all organisations, and the best persons."""
    lines, customer = books.lines, books.receipts.customer
    known = customer[lines.order] >= 0
    revenue = np.bincount(customer[lines.order[known]], lines.net[known], len(customers))
    best = revenue >= np.quantile(revenue, 1 - OWNED_SHARE)
    agent = hired.agent_of(rng, customers.moves.home)
    sales = rng.choice(hired.sales_agents, len(customers))
    return np.where(customers.people.organisation, sales, np.where(best, agent, -1))
