"""What is to be computed, in the star's terms: frozen, hashable, and the same for every engine.

A plan is a shape and its values. Plans that differ in values alone share the shape, and with it the compiled text.
"""

from dataclasses import dataclass
from typing import Any

from olap.conditions import Condition
from olap.physical import Column, Formula, Join


@dataclass(frozen=True)
class RowFilter:
    """The caller's mandatory restriction, put below every cell by `bind`.

    `branch_keys`: sales of these branches, and of customers who belong to them. `owner_id`: sales of the customers
    of that user. Both: sales that fulfil both. None: no restriction.
    """

    branch_keys: frozenset[int] | None = None
    owner_id: int | None = None


NONE = RowFilter()
"""No restriction: the caller may see all."""


@dataclass(frozen=True)
class Attribute:
    """A column of the answer: its reference in the model, and where it comes from."""

    ref: str
    column: Column


@dataclass(frozen=True)
class Order:
    """By a column of the answer, nulls last either way."""

    ref: str
    descending: bool


@dataclass(frozen=True)
class Page:
    """Slots of how many rows are wanted and how many come before them; None: all of them, from the first."""

    limit: int | None = None
    offset: int | None = None


@dataclass(frozen=True)
class Star:
    """The facts a plan reads: the table, the joins it needs, and which rows."""

    fact: str
    joins: tuple[Join, ...]
    where: Condition


@dataclass(frozen=True)
class Aggregation:
    """Facts grouped by attributes (and by whether they lie within `split`), beside the summary of all of them.

    `currency` is set where amounts are added: the answer then says whether the cell holds several currencies.
    """

    star: Star
    attributes: tuple[Attribute, ...]
    split: Condition | None
    aggregates: tuple[tuple[str, Formula], ...]
    currency: Column | None
    order: tuple[Order, ...]
    page: Page

    @property
    def grouped(self) -> bool:
        return bool(self.attributes) or self.split is not None


@dataclass(frozen=True)
class Members:
    """Distinct rows of a dimension that the facts refer to. `join` leads to its table; `where` narrows its rows."""

    star: Star
    join: Join
    attributes: tuple[Attribute, ...]
    where: Condition | None
    order: tuple[Order, ...]
    page: Page


@dataclass(frozen=True)
class Facts:
    """The facts themselves, one row each."""

    star: Star
    attributes: tuple[Attribute, ...]
    order: tuple[Order, ...]
    page: Page


Shape = Aggregation | Members | Facts


@dataclass(frozen=True)
class Plan:
    """`values[n]` belongs to slot n of the shape; a tuple is a list of values."""

    shape: Shape
    values: tuple[Any, ...]
