"""What comes on top of what was sold: cancellations, free gifts, apologies in money, and returns days later."""

from dataclasses import replace

import numpy as np

from domain.demo.baskets import KINDS, Lines
from domain.demo.demand import Way, second_of_day
from domain.demo.departments import DEPARTMENTS
from domain.demo.draws import Flags, Ints, happens
from domain.demo.promotions import lift
from domain.demo.purchases import Receipts
from domain.demo.world import World
from domain.orders.model import LineKind

CANCELLED_ONLINE = 0.030
"""The share of orders from afar that are cancelled before dispatch. Assumption."""

CANCELLED_WHOLE = 0.6
"""Of these, the share that is cancelled as a whole; the others lose one line. Assumption."""

GIFT_FROM_WON = 100_000
GIFT_SHARE = 0.6
"""While a sale is on or a feast is near, this share of orders from 100,000 won gets a free gift. Assumption."""

APOLOGY_SHARE = 0.003
"""The share of orders with a small sum knocked off after a complaint or a price match. Assumption."""

RETURN_WITHIN_DAYS = 14


def code(kind: LineKind) -> int:
    """The code of a line's kind in arrays."""
    return KINDS.index(kind)


def cancellations(rng: np.random.Generator, receipts: Receipts, sold: Lines) -> Lines:
    """Lines that take back sold ones in full, in the same order, before dispatch; only from afar."""
    hit = happens(rng, np.where(receipts.way == Way.STORE, 0.0, CANCELLED_ONLINE), len(receipts))
    whole = happens(rng, CANCELLED_WHOLE, len(receipts))
    first = np.r_[True, sold.order[1:] != sold.order[:-1]] if len(sold) else np.zeros(0, dtype=np.bool_)
    lines = sold.take(hit[sold.order] & (whole[sold.order] | first))
    return replace(
        lines,
        kind=np.full(len(lines), code(LineKind.CANCELLATION)),
        quantity=-lines.quantity,
        discount=-lines.discount,
    )


def gifts(rng: np.random.Generator, world: World, receipts: Receipts, paid: Ints) -> Lines:
    """Free gifts with large orders in festive times: no price, but a cost."""
    festive = (lift(world.calendar) > 1.1) | (world.calendar.feast > 0)
    won = festive[receipts.day] & (paid >= GIFT_FROM_WON) & happens(rng, GIFT_SHARE, len(receipts))
    order = np.flatnonzero(won)
    return free(world, receipts, order, rng.choice(world.catalogue.gifts, len(order)))


def free(world: World, receipts: Receipts, order: Ints, product: Ints) -> Lines:
    """One piece of each product for nothing, in each order."""
    nothing = np.zeros(len(order), dtype=np.int64)
    return Lines(
        order=order,
        kind=np.full(len(order), code(LineKind.FREE)),
        product=product,
        quantity=nothing + 1,
        price=nothing,
        discount=nothing,
        cost=world.cost(product, receipts.day[order]),
    )


def apologies(rng: np.random.Generator, paid: Ints) -> Lines:
    """1,000 to 5,000 won off some orders, never more than a tenth of what was paid."""
    order = np.flatnonzero(happens(rng, APOLOGY_SHARE, len(paid)) & (paid >= 50_000))
    return money_off(order, rng.integers(1, 6, len(order)) * 1000)


def money_off(order: Ints, amount: Ints) -> Lines:
    """Lines that take an amount of won off orders, without goods."""
    nothing = np.zeros(len(order), dtype=np.int64)
    return Lines(
        order=order,
        kind=np.full(len(order), code(LineKind.ADJUSTMENT)),
        product=np.full(len(order), -1),
        quantity=nothing + 1,
        price=-amount,
        discount=nothing,
        cost=nothing,
    )


def returns(
    rng: np.random.Generator, world: World, receipts: Receipts, sold: Lines, *, final: Flags
) -> tuple[Receipts, Lines]:
    """Receipts that book returns, one for each order with any, and their lines; `order` counts these receipts.

    At most what was bought comes back, for what was paid; none from orders in `final`.
    """
    day = receipts.day + rng.integers(1, RETURN_WITHIN_DAYS + 1, len(receipts))
    possible = ~final & _counter_open(world, receipts, day)
    lines = sold.take(possible[sold.order] & _comes_back(rng, world, receipts, sold))
    origin, order = np.unique(lines.order, return_inverse=True)
    in_shop, by_post = (second_of_day(rng, hours, len(origin)) for hours in ("shop", "office"))
    second = np.where(receipts.way[origin] == Way.STORE, in_shop, by_post)
    booked = replace(
        receipts.take(origin), day=day[origin], at=world.period.moment(day[origin], second), origin=origin
    )
    pieces = 1 + (rng.random(len(lines)) * lines.quantity).astype(np.int64)
    back = replace(
        lines,
        order=order,
        kind=np.full(len(lines), code(LineKind.RETURN)),
        quantity=-pieces,
        discount=-(lines.discount // lines.quantity * pieces),
    )
    return booked, back


def _counter_open(world: World, receipts: Receipts, day: Ints) -> Flags:
    """Whether somebody takes the return on its day: within the period, and while shop or call centre is open."""
    known = np.minimum(day, world.period.days - 1)
    shop = np.where(receipts.way == Way.STORE, receipts.branch, 0)
    in_shop = world.calendar.shops_open[known] & world.openings.open_on(shop, day)
    by_way = [in_shop, world.calendar.office_open[known]]
    open_that_day = np.select([receipts.way == Way.STORE, receipts.way == Way.CALL], by_way, default=True)
    taken: Flags = (day < world.period.days) & open_that_day
    return taken


def _comes_back(rng: np.random.Generator, world: World, receipts: Receipts, sold: Lines) -> Flags:
    """Whether each line comes back, by department, and more often from afar."""
    shares = np.array([(each.returned_online, each.returned_in_shop) for each in DEPARTMENTS.values()])
    from_shop = (receipts.way[sold.order] == Way.STORE).astype(np.int64)
    return happens(rng, shares[world.catalogue.department[sold.product], from_shop], len(sold))
