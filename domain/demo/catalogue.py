"""The product tree with prices, costs and popularity, and which products were on sale when."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from domain.demo import departments
from domain.demo.catalogue_text import GIFTS, RANGE
from domain.demo.departments import DEPARTMENTS, GIFT_DEPARTMENT, OWN_BRAND
from domain.demo.draws import Floats, Ints, happens, stream
from domain.demo.period import Period
from domain.demo.prices import tidy

ALWAYS = 10**6
LAUNCHED_SHARE = 0.10
DROPPED_SHARE = 0.06
RECLASSIFIED = (
    (f"{DEPARTMENTS['문구·취미'].brand} 공기정화식물", ("홈데코", "조명·소품", "향·소품")),
    (f"{DEPARTMENTS['가전'].brand} 신발건조기", ("가전", "생활가전", "청소가전")),
    (f"{DEPARTMENTS['식품'].brand} 수제 쿠키 상자", ("식품", "선물세트", "명절 가공세트")),
)
"""Products that moved in the tree at half time, and the leaf where they were before."""

Leaf = tuple[str, str, str]


@dataclass(frozen=True)
class Catalogue:
    """Arrays by product, in the order of their codes. `nodes` is the tree: (name, parent or -1), parents first.

    A product is on sale on days launched <= day < dropped. `moved` is product -> node before half time.
    """

    nodes: list[tuple[str, int]]
    names: list[str]
    node: Ints
    category: Ints
    department: Ints
    price: Ints
    cost: Ints
    popularity: Floats
    launched: Ints
    dropped: Ints
    categories: list[str]
    moved: dict[int, int]

    @property
    def gifts(self) -> Ints:
        """The products that are given away."""
        return np.flatnonzero(self.department == departments.NAMES.index(GIFT_DEPARTMENT))


@dataclass(frozen=True)
class _Product:
    leaf: Leaf
    name: str
    price: float
    own: bool


def leaves() -> Iterator[tuple[Leaf, float, float, list[str]]]:
    """Each leaf of the tree, its lowest and highest price, and its nouns from cheap to dear."""
    department = category = ""
    for line in RANGE.strip().splitlines():
        depth = (len(line) - len(line.lstrip())) // 2
        if depth == 0:
            department = line.strip()
        elif depth == 1:
            category = line.strip()
        else:
            name, span, nouns = (part.strip() for part in line.split(";"))
            low, high = (float(bound) for bound in span.split("-"))
            yield (department, category, name), low, high, [noun.strip() for noun in nouns.split(",")]


def _products() -> Iterator[_Product]:
    """Every noun under its department's brand; two of three also under the own brand, a fifth cheaper."""
    for leaf, low, high, nouns in leaves():
        for rank, noun in enumerate(nouns):
            price = low * (high / low) ** (rank / max(len(nouns) - 1, 1))
            yield _Product(leaf, f"{DEPARTMENTS[leaf[0]].brand} {noun}", price, own=False)
            if rank % 3 != 1:
                yield _Product(leaf, f"{OWN_BRAND} {noun}", price * 0.8, own=True)
    for gift in GIFTS:
        yield _Product((GIFT_DEPARTMENT, "사은품", "구매 사은품"), gift, 0.0, own=True)


def _tree(products: list[_Product]) -> dict[tuple[str, ...], int]:
    """The number of each node, by its path; parents come first."""
    nodes: dict[tuple[str, ...], int] = {}
    for product in products:
        for depth in (1, 2, 3):
            nodes.setdefault(product.leaf[:depth], len(nodes))
    return nodes


def build(seed: int, period: Period) -> Catalogue:
    """The catalogue of about 600 products; prices and costs in whole won, as of the period's end."""
    rng = stream(seed, "catalogue")
    products = list(_products())
    nodes = _tree(products)
    categories = list(dict.fromkeys(product.leaf[:2] for product in products))
    department = np.array([departments.NAMES.index(product.leaf[0]) for product in products])
    price = tidy(np.array([p.price for p in products]) * rng.uniform(0.93, 1.07, len(products)))
    price[department == len(departments.NAMES) - 1] = 0
    launched, dropped = _shelf_life(rng, [p.leaf[:2] for p in products], period)
    names = [product.name for product in products]
    return Catalogue(
        nodes=[(path[-1], nodes.get(path[:-1], -1)) for path in nodes],
        names=names,
        node=np.array([nodes[product.leaf] for product in products]),
        category=np.array([categories.index(product.leaf[:2]) for product in products]),
        department=department,
        price=price,
        cost=_costs(rng, products, price),
        popularity=_popularity(rng, products, price),
        launched=launched,
        dropped=dropped,
        categories=[path[1] for path in categories],
        moved={names.index(name): nodes[leaf] for name, leaf in RECLASSIFIED},
    )


def _costs(rng: np.random.Generator, products: list[_Product], price: Ints) -> Ints:
    """Unit costs to ten won: the department's margin, eight points more on the own brand; gifts cost 800 to 6,000."""
    margin = np.array([DEPARTMENTS[p.leaf[0]].margin + 0.08 * p.own for p in products])
    cost = price * (1 - np.clip(margin + rng.normal(0, 0.04, len(products)), 0.05, 0.75))
    cost = np.where(price > 0, cost, rng.uniform(800, 6000, len(products)))
    return np.round(cost / 10).astype(np.int64) * 10


def _popularity(rng: np.random.Generator, products: list[_Product], price: Ints) -> Floats:
    """How often a product is taken, relative to others of its category: few sell much, cheap ones more."""
    leaf_weight = {
        leaf: rng.lognormal(0, 0.4) for leaf in dict.fromkeys(product.leaf for product in products)
    }
    base = np.array([leaf_weight[product.leaf] for product in products])
    popularity: Floats = base * rng.lognormal(0, 0.8, len(products)) / np.sqrt(np.maximum(price, 1000))
    return popularity


def _shelf_life(
    rng: np.random.Generator, category: list[tuple[str, ...]], period: Period
) -> tuple[Ints, Ints]:
    """First day and first day after the last of each product; the first two of a category are always on sale."""
    count = len(category)
    place = np.array([category[: i + 1].count(category[i]) for i in range(count)])
    new = happens(rng, LAUNCHED_SHARE, count) & (place > 2)
    old = happens(rng, DROPPED_SHARE, count) & (place > 2) & ~new
    day = (rng.uniform(0.05, 0.95, count) * period.days).astype(np.int64)
    return np.where(new, day, -ALWAYS), np.where(old, day, ALWAYS)
