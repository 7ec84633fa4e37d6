"""What is to be computed, in the star's terms: frozen, hashable, and the same for every engine.

A plan is a shape and its values. Plans that differ in values alone share the shape, and with it the compiled text.
"""

from dataclasses import dataclass
from typing import Any, Literal

from olap.conditions import Against, AllOf, Condition
from olap.physical import Column, Conversion, Formula, Join


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
    """The facts a plan reads: the table, the joins it needs, and which rows.

    `days` are those among which the last day of a cell is looked for: the same ones, whatever but time is cut.
    `conversion` says at which rates amounts are converted.
    """

    fact: str
    joins: tuple[Join, ...]
    where: Condition
    days: "Star | None" = None
    conversion: Conversion | None = None


@dataclass(frozen=True)
class Bound:
    """A column of the answer compares so with the number at `slot`, which is `double` where the column is."""

    column: str
    operator: Against
    slot: int
    double: bool


@dataclass(frozen=True)
class Ranking:
    """The members of the keys `refs` that come first by a formula, over the whole cell; the others are one more.

    `conditions` are on `formulas` by their name, and only members that fulfil them are ranked.
    """

    refs: tuple[str, ...]
    by: Formula
    descending: bool
    size: int
    others: bool
    conditions: tuple[Bound, ...]
    formulas: tuple[tuple[str, Formula], ...]


Kept = tuple[tuple[Column, Column], ...]
"""Columns of the calendar that tell the months of cells which are of no single days, each with the cells' own."""


@dataclass(frozen=True)
class Shift:
    """Each day stands for the one so many months or days later (the number at slot `by`), up to that at `today`. It is
    `settled` where the cell ends before that: then no period is compared in part. With `kept` months stand for days.
    What `own` tells of a day, its weekday say, it keeps. Cells that a key in `below` tells are of days or weeks, and
    `every` one is where the cell is cut by such: they are compared with the days that lie as many months `back` as the
    number at that slot says (below 0) from those that fulfil `where`. Without a slot no days are told so."""

    day: Column
    months: bool
    by: int
    today: int
    settled: bool = False
    kept: Kept = ()
    own: tuple[Column, ...] = ()
    back: int | None = None
    below: tuple[str, ...] = ()
    every: bool = False
    where: AllOf | None = None


@dataclass(frozen=True)
class Reach:
    """The facts of `star` count in every period of `periods` that ends on or after their day, as far `back` as the
    number at slot `by` says (below 0), or since the period's `year` began, or without end (None). Only periods with a
    day that fulfils `where` are there, and none that begins after the day at slot `today` and after the last fact.
    With `kept` months stand for days."""

    star: Star
    day: Column
    periods: tuple[Attribute, ...]
    where: Condition
    back: Literal["months", "days"] | Column | None
    by: int | None
    today: int
    kept: Kept = ()


@dataclass(frozen=True)
class Spine:
    """Every period of the days that fulfil `where`; where an end is open, from the first and to the last fact.
    Nothing after the day at slot `today` but what has facts. With `kept` months stand for days."""

    day: Column
    periods: tuple[Attribute, ...]
    where: Condition
    open_start: bool
    open_end: bool
    today: int
    kept: Kept = ()


@dataclass(frozen=True)
class Beside:
    """What is shown beside the aggregates. `steps` are the keys that are rolled up together, `sets` those steps that
    each level of totals keeps: first all of them, last none. Without `totals` only the first and the last come out.
    `share` has for each set the one that it is a share of, `shared` the aggregates that have one."""

    steps: tuple[tuple[str, ...], ...]
    sets: tuple[tuple[int, ...], ...]
    totals: bool = False
    share: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...] = ()
    shared: tuple[str, ...] = ()
    conditions: tuple[Bound, ...] = ()
    ranking: Ranking | None = None
    shift: Shift | None = None
    reach: Reach | None = None
    spine: Spine | None = None


@dataclass(frozen=True)
class Whole:
    """Where the summary of an aggregation is read, and how, if not beside its groups."""

    star: Star
    aggregates: tuple[tuple[str, Formula], ...]
    currency: Column | None


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
    beside: Beside | None = None
    whole: Whole | None = None

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


@dataclass(frozen=True)
class Analysis:
    """A question of another kind (see olap/journeys): its statement gives rows as that of an `Aggregation` does, the
    summary first. `keys` are the columns that tell its rows apart besides the attributes, `measured` those of values
    besides the aggregates."""

    star: Star
    attributes: tuple[Attribute, ...]
    aggregates: tuple[tuple[str, Formula], ...]
    currency: Column | None
    keys: tuple[str, ...]
    measured: tuple[str, ...]
    order: tuple[Order, ...]
    page: Page


Shape = Aggregation | Members | Facts | Analysis


@dataclass(frozen=True)
class Plan:
    """`values[n]` belongs to slot n of the shape; a tuple is a list of values."""

    shape: Shape
    values: tuple[Any, ...]
