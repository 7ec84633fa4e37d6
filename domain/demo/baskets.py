"""What is in each order: products, quantities, prices as they were, discounts, costs."""

from dataclasses import dataclass, fields

import numpy as np

from domain.demo import tastes
from domain.demo.catalogue import Catalogue
from domain.demo.demand import Way
from domain.demo.departments import DEPARTMENTS
from domain.demo.draws import Flags, Floats, Ints, choose_in_rows, happens
from domain.demo.people import People, Persona
from domain.demo.purchases import Receipts
from domain.demo.world import World
from domain.orders.model import LineKind

KINDS = tuple(LineKind)
"""The kind of a line, by its code in arrays."""

MORE_LINES = {Way.STORE: 1.55, Way.WEB: 1.60, Way.MOBILE: 1.15, Way.CALL: 0.70}
"""The mean number of lines beyond the first, by way. Assumption."""

SAME_CATEGORY = 0.45
"""The share of lines that stay in the category of the order's first line. Assumption."""

STRANGERS_APPETITE = 0.6
BUSINESS_UNITS = 6.0
"""How many more pieces an organisation takes of each product, on average. Assumption."""

COMPANIONS = (
    ("캡슐커피머신", "캡슐커피 30개", 0.55),
    ("반자동 커피머신", "원두 500g", 0.50),
    ("로봇청소기", "청소포 100매", 0.25),
    ("원터치 텐트", "캠핑의자", 0.40),
    ("초등 책가방", "신발주머니", 0.50),
    ("고양이 사료 5kg", "두부모래 7L 4개", 0.35),
    ("국내산 삼겹살 600g", "쌈채소 모둠", 0.40),
    ("분유 800g 2캔", "팬티 기저귀 4팩", 0.35),
    ("사계절 차렵이불", "베개커버 2장", 0.30),
    ("에어프라이어 5L", "실리콘 조리도구 5종", 0.20),
)
"""Who buys the first takes the second too, with this probability: affinities that mining can find again."""


@dataclass(frozen=True)
class Lines:
    """Arrays by line. `order` is the number of the receipt, `kind` a code in KINDS, `product` -1 for none.

    Amounts are whole won; `discount` is for the whole line and has the sign of the quantity.
    """

    order: Ints
    kind: Ints
    product: Ints
    quantity: Ints
    price: Ints
    discount: Ints
    cost: Ints

    def __len__(self) -> int:
        return len(self.order)

    def take(self, rows: Ints | Flags) -> "Lines":
        """Some of the lines, or all in another order."""
        return Lines(*(getattr(self, field.name)[rows] for field in fields(self)))

    @property
    def net(self) -> Ints:
        """What was paid for each line, won."""
        return self.quantity * self.price - self.discount


def together(*parts: Lines) -> Lines:
    """The lines of all parts, one after the other."""
    return Lines(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Lines)))


def draw(rng: np.random.Generator, world: World, people: People, receipts: Receipts) -> Lines:
    """The sold lines of all orders, in the order of the receipts; no product twice in one order."""
    known = receipts.customer >= 0
    persona, taste, appetite = _shoppers(rng, people, receipts.customer)
    count = 1 + rng.poisson(np.array(list(MORE_LINES.values()))[receipts.way] * appetite)
    order = np.repeat(np.arange(len(receipts)), count)
    row = persona * tastes.SEASONS + tastes.season(world.calendar)[receipts.day]
    category = _categories(rng, tastes.categories(world.catalogue), row, order)
    shelf = category * len(tastes.TASTE_EXPONENTS) + taste[order]
    product = choose_in_rows(rng, tastes.products(world.catalogue), shelf)
    product = _on_shelf(world.catalogue, product, receipts.day[order])
    order, product = _with_companions(rng, world.catalogue, order, product)
    business = known & (persona == Persona.BUSINESS)
    units = _units(rng, world.catalogue, product, business[order])
    return _priced(world, receipts.day[order], order, product, units)


def _shoppers(rng: np.random.Generator, people: People, customer: Ints) -> tuple[Ints, Ints, Floats]:
    """Persona, taste and appetite of each who buys; of strangers, any."""
    count, known = len(customer), customer >= 0
    return (
        np.where(known, people.persona[customer], rng.integers(0, Persona.BUSINESS, count)),
        np.where(known, people.taste[customer], rng.integers(0, len(tastes.TASTE_EXPONENTS), count)),
        np.where(known, people.appetite[customer], STRANGERS_APPETITE),
    )


def _categories(rng: np.random.Generator, weights: Floats, row: Ints, order: Ints) -> Ints:
    """The category of each line: that of the order's main one, or another by the same weights."""
    main = choose_in_rows(rng, weights, row)[order]
    other = choose_in_rows(rng, weights, row[order])
    return np.where(happens(rng, SAME_CATEGORY, len(order)), main, other)


def _on_shelf(catalogue: Catalogue, product: Ints, day: Ints) -> Ints:
    """The product, or the category's first one, which is always on sale, where it was not on sale that day."""
    first = np.array([int(np.argmax(catalogue.category == c)) for c in range(len(catalogue.categories))])
    on_sale = (catalogue.launched[product] <= day) & (day < catalogue.dropped[product])
    return np.where(on_sale, product, first[catalogue.category[product]])


def _with_companions(
    rng: np.random.Generator, catalogue: Catalogue, order: Ints, product: Ints
) -> tuple[Ints, Ints]:
    """The lines with companions added, by order, none twice."""
    orders, products = [order], [product]
    for noun, companion, probability in COMPANIONS:
        triggers = [i for i, name in enumerate(catalogue.names) if name.endswith(noun)]
        added = next(i for i, name in enumerate(catalogue.names) if name.endswith(companion))
        bought = order[np.isin(product, triggers)]
        bought = bought[happens(rng, probability, len(bought))]
        orders.append(bought)
        products.append(np.full(len(bought), added))
    pair = np.unique(np.concatenate(orders) * len(catalogue.names) + np.concatenate(products))
    return pair // len(catalogue.names), pair % len(catalogue.names)


def _units(rng: np.random.Generator, catalogue: Catalogue, product: Ints, business: Flags) -> Ints:
    """Pieces of each line: mostly one; organisations take more."""
    extra = np.array([department.extra_units for department in DEPARTMENTS.values()])[
        catalogue.department[product]
    ]
    units: Ints = (
        1 + rng.poisson(extra) + np.where(business, rng.geometric(1 / BUSINESS_UNITS, len(product)) - 1, 0)
    )
    return units


def _priced(world: World, day: Ints, order: Ints, product: Ints, units: Ints) -> Lines:
    """The lines at that day's prices; the discount on a piece is cut to ten won."""
    price = world.price(product, day)
    off = price * world.percents[product, day] // 1000 * 10
    return Lines(
        order=order,
        kind=np.full(len(order), KINDS.index(LineKind.SALE)),
        product=product,
        quantity=units,
        price=price,
        discount=off * units,
        cost=world.cost(product, day),
    )
