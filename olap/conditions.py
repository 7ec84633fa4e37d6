"""Conditions on facts. Their values stand in a tuple beside them, so that one shape serves all values."""

from dataclasses import dataclass, field
from typing import Any, Literal

from olap.physical import Column, Join, Version

Operator = Literal["=", "<", "<=", ">", ">="]
Against = Operator | Literal["!="]


@dataclass(frozen=True)
class Compare:
    """The column compares so with the value at `slot`; never true for null. With `of_day` the slot holds a day, and
    the value is what the calendar has in the column for it."""

    column: Column
    operator: Operator
    slot: int
    of_day: bool = False


@dataclass(frozen=True)
class OneOf:
    """The column equals one of the tuple of values at `slot`."""

    column: Column
    slot: int


@dataclass(frozen=True)
class IsNull:
    column: Column


@dataclass(frozen=True)
class AllOf:
    """Every part holds; true without parts."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True)
class AnyOf:
    """One of the parts holds; false without parts."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True)
class Without:
    """The part is false; with `nulls` also where it is neither true nor false."""

    part: "Condition"
    nulls: bool


@dataclass(frozen=True)
class Joined:
    """The fact's row in the joined table fulfils the condition."""

    join: Join
    part: "Condition"


@dataclass(frozen=True)
class Belongs:
    """The fact's customer is in a segment that fulfils the condition: at the end of the fact's day, or, with a `day`
    of None, at the moment of `version`."""

    customer: Column
    day: Column | None
    version: Version | None
    part: "Condition"


Condition = Compare | OneOf | IsNull | AllOf | AnyOf | Without | Joined | Belongs


@dataclass
class Values:
    """Collects the values of a plan; each gets the number of its place. `version` is of when traits are asked."""

    collected: list[Any] = field(default_factory=list)
    version: Version | None = None

    def slot(self, value: Any) -> int:
        self.collected.append(value)
        return len(self.collected) - 1


def columns_in(condition: Condition) -> set[Column]:
    """The columns that must be reachable from the fact; those behind `Joined` bring their own way."""
    match condition:
        case Compare(column=column) | OneOf(column=column) | IsNull(column=column):
            return {column}
        case AllOf(parts=parts) | AnyOf(parts=parts):
            return set().union(*map(columns_in, parts)) if parts else set()
        case Without(part=part):
            return columns_in(part)
        case Joined(join=join):
            return {join.fact}
        case Belongs(customer=customer, day=day):
            return {customer} if day is None else {customer, day}
