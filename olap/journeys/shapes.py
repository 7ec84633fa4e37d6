"""What is computed of customers' ways, in the star's terms: shapes of plans, beside those of olap/plan.py."""

from dataclasses import dataclass
from typing import Literal

from olap.conditions import Condition
from olap.physical import Column, Count, CountDistinct, Sum
from olap.plan import Analysis, Star

CohortUnit = Literal["week", "month", "quarter", "year"]

Event = Sum | Count | CountDistinct
"""What happens where a fact counts in it."""


@dataclass(frozen=True)
class Cohort(Analysis):
    """Customers by the unit of the first `event` among the facts of `began`, by units since; what the facts of `star`
    come to in each.

    `unit` is told by the `columns` of a fact's day. Units with a day that fulfils `days` are there: up to the day at
    slot `today`, and with `open_end` up to the last day of the facts of `seen`.
    """

    began: Star
    seen: Star
    customer: Column
    event: Event
    unit: CohortUnit
    columns: tuple[Column, ...]
    days: Condition
    open_end: bool
    today: int


@dataclass(frozen=True)
class Step:
    """An event among the facts of `star`, of a customer, at a moment. `strictly`: after the step before, else not
    before it. `name` is the slot of what it is called."""

    star: Star
    customer: Column
    moment: Column
    event: Event
    strictly: bool
    name: int


@dataclass(frozen=True)
class Funnel(Analysis):
    """How many customers went through the steps in their order; by attributes of the first one's facts.

    `within`: slot of the microseconds that lie between the first step and the last at most.
    """

    steps: tuple[Step, ...]
    within: int | None


@dataclass(frozen=True)
class Rfm(Analysis):
    """Customers by their scores at the end of a month, and what the facts of `amounts` up to then come to.

    `month`: slot of the month's number, None for the last one of the facts of `seen`. A fact says how a customer
    stands where `stands` is 1. `amounts` are read where `amounted`. With a slot `day` it is the matrix of that day
    within the month: of those who were `known` by then, and of amounts up to it, whose customer is `buyer`.
    """

    amounts: Star
    seen: Star
    customer: Column
    stands: Column
    scores: tuple[Column, ...]
    columns: tuple[Column, ...]
    month: int | None
    today: int
    amounted: bool
    day: int | None = None
    known: Column | None = None
    buyer: Column | None = None


@dataclass(frozen=True)
class Deciles(Analysis):
    """Customers with facts in `star` in so many equal `parts`, by the formula `by`, which is the first aggregate's."""

    customer: Column
    by: Event
    parts: int


@dataclass(frozen=True)
class Migration(Analysis):
    """Customers by where they stood at the end of a period and of the one before.

    `columns` tell the month of a fact, `period` its period; `periods` are the facts whose periods are looked at, `seen`
    all of them.
    """

    periods: Star
    seen: Star
    customer: Column
    stands: Column
    of: Column
    unit: CohortUnit
    columns: tuple[Column, ...]
    period: tuple[Column, ...]
    today: int
