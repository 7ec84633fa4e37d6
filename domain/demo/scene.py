"""What the touchpoints are made from: the finished company, with answers that several of them ask for."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from domain.demo import columns
from domain.demo.baskets import KINDS
from domain.demo.demand import second_of_day
from domain.demo.draws import Flags, Ints
from domain.demo.grants import Grants
from domain.demo.ledger import Ledger
from domain.demo.members import Members
from domain.demo.staff import Staff
from domain.demo.world import World
from domain.orders.model import LineKind


@dataclass(frozen=True)
class Scene:
    """The parts of the company that contacts hang on. `owner` is a number in the staff by customer, or -1."""

    world: World
    members: Members
    staff: Staff
    ledger: Ledger
    grants: Grants
    owner: Ints

    @property
    def sold(self) -> Ints:
        """The receipts that sold something."""
        return np.flatnonzero(self.ledger.receipts.origin < 0)

    def member_orders(self) -> Ints:
        """The receipts that sold something to a member."""
        return np.flatnonzero((self.ledger.receipts.origin < 0) & (self.ledger.receipts.customer >= 0))

    def first_product(self) -> Ints:
        """For each receipt the product of its first sold line, -1 for a return."""
        product = np.full(len(self.ledger.receipts), -1)
        lines = self.ledger.lines
        rows = np.flatnonzero(lines.kind == KINDS.index(LineKind.SALE))[::-1]
        product[lines.order[rows]] = lines.product[rows]
        return product

    def paid(self) -> Ints:
        """For each receipt the won of its sold lines."""
        lines = self.ledger.lines
        sold = np.where(lines.kind == KINDS.index(LineKind.SALE), lines.net, 0)
        return np.bincount(lines.order, sold, len(self.ledger.receipts)).astype(np.int64)

    def category_names(self, product: Ints) -> pa.Array:
        """The category of each product, as topics say it."""
        return columns.labels(self.world.catalogue.categories, self.world.catalogue.category[product])

    def office_moment(self, rng: np.random.Generator, day: Ints) -> tuple[Ints, Flags]:
        """A moment on that day or the next on which the offices work; whether it lies in the period."""
        working = np.append(np.flatnonzero(self.world.calendar.office_open), self.world.period.days)
        place = np.minimum(np.searchsorted(working, day), len(working) - 1)
        moment = self.world.period.moment(working[place], second_of_day(rng, "office", len(day)))
        return moment, moment < self.world.period.end


def visitor_ids(numbers: Ints) -> pa.Array:
    """Cookies: a number that looks like none, the same for the same visitor."""
    return columns.joined("v", columns.padded(numbers * 2_654_435_761 % 2**32, 10))
