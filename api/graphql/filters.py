"""Operators of filters, by the type of what they compare, and `Many` for relations to many rows."""

from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Generic, TypeVar

import strawberry

from api.graphql.scalars import BigInt

UNSET: Any = strawberry.UNSET

T = TypeVar("T")


def one_of() -> Any:
    """The operator `in`."""
    return strawberry.field(name="in", default=UNSET, description="One of these; with none, nothing.")


def none_of() -> Any:
    """The operator `notIn`."""
    return strawberry.field(default=UNSET, description="None of these; what has no value is kept.")


def start() -> Any:
    """The start of a range, which may be one of its values."""
    return strawberry.field(name="from", description="The first value that belongs to it.")


@strawberry.input(description="A period, half open: from <= time < to.")
class DateTimePeriod:
    from_: datetime = start()
    to: datetime = strawberry.field(description="The first time that does not belong to it.")


@strawberry.input(description="A period, half open: from <= day < to.")
class DatePeriod:
    from_: date = start()
    to: date = strawberry.field(description="The first day that does not belong to it.")


@strawberry.input(description="A range with both its ends: from <= number <= to.")
class DecimalRange:
    from_: Decimal = start()
    to: Decimal = strawberry.field(description="The last value that belongs to it.")


@strawberry.input(description="A range with both its ends: from <= number <= to.")
class IntRange:
    from_: int = start()
    to: int = strawberry.field(description="The last value that belongs to it.")


@strawberry.input(description="A range with both its ends: from <= number <= to.")
class BigIntRange:
    from_: BigInt = start()
    to: BigInt = strawberry.field(description="The last value that belongs to it.")


@strawberry.input(description="Compares text, exactly and by code point.")
class TextFilter:
    eq: str | None = UNSET
    in_: list[str] | None = one_of()
    not_in: list[str] | None = none_of()
    lt: str | None = UNSET
    lte: str | None = UNSET
    gt: str | None = UNSET
    gte: str | None = UNSET
    contains: str | None = strawberry.field(default=UNSET, description="Has this text in it, as it is.")
    starts_with: str | None = strawberry.field(default=UNSET, description="Starts with this text, as it is.")
    is_null: bool | None = UNSET


@strawberry.input(description="Looks into a list of texts.")
class TextListFilter:
    has: str | None = strawberry.field(default=UNSET, description="This text is one of them, exactly.")


@strawberry.input(description="Compares ids.")
class IdFilter:
    eq: strawberry.ID | None = UNSET
    in_: list[strawberry.ID] | None = one_of()
    not_in: list[strawberry.ID] | None = none_of()


@strawberry.input(description="Compares times.")
class DateTimeFilter:
    eq: datetime | None = UNSET
    in_: list[datetime] | None = one_of()
    not_in: list[datetime] | None = none_of()
    lt: datetime | None = UNSET
    lte: datetime | None = UNSET
    gt: datetime | None = UNSET
    gte: datetime | None = UNSET
    between: DateTimePeriod | None = UNSET
    is_null: bool | None = UNSET


@strawberry.input(description="Compares days.")
class DateFilter:
    eq: date | None = UNSET
    in_: list[date] | None = one_of()
    not_in: list[date] | None = none_of()
    lt: date | None = UNSET
    lte: date | None = UNSET
    gt: date | None = UNSET
    gte: date | None = UNSET
    between: DatePeriod | None = UNSET
    is_null: bool | None = UNSET


@strawberry.input(description="Compares decimal numbers.")
class DecimalFilter:
    eq: Decimal | None = UNSET
    in_: list[Decimal] | None = one_of()
    not_in: list[Decimal] | None = none_of()
    lt: Decimal | None = UNSET
    lte: Decimal | None = UNSET
    gt: Decimal | None = UNSET
    gte: Decimal | None = UNSET
    between: DecimalRange | None = UNSET
    is_null: bool | None = UNSET


@strawberry.input(description="Compares whole numbers.")
class IntFilter:
    eq: int | None = UNSET
    in_: list[int] | None = one_of()
    not_in: list[int] | None = none_of()
    lt: int | None = UNSET
    lte: int | None = UNSET
    gt: int | None = UNSET
    gte: int | None = UNSET
    between: IntRange | None = UNSET
    is_null: bool | None = UNSET


@strawberry.input(description="Compares whole numbers of 64 bits, given as text.")
class BigIntFilter:
    eq: BigInt | None = UNSET
    in_: list[BigInt] | None = one_of()
    not_in: list[BigInt] | None = none_of()
    lt: BigInt | None = UNSET
    lte: BigInt | None = UNSET
    gt: BigInt | None = UNSET
    gte: BigInt | None = UNSET
    between: BigIntRange | None = UNSET


@strawberry.input(description="Yes or no.")
class BooleanFilter:
    eq: bool | None = UNSET
    is_null: bool | None = UNSET


@strawberry.input(
    description="Rows that belong to it; only those that the caller may see count. All given hold."
)
class Many(Generic[T]):
    some: T | None = strawberry.field(default=UNSET, description="At least one of them meets this.")
    none: T | None = strawberry.field(default=UNSET, description="Not one of them meets this.")
    every: T | None = strawberry.field(
        default=UNSET, description="All of them meet this, also where there are none."
    )


def choice_filter(choices: type[Enum], name: str = "") -> Any:
    """The operators of an enum."""
    hints = {
        "eq": choices | None,
        "in_": list[choices] | None,  # type: ignore[valid-type]  # made by value
        "not_in": list[choices] | None,  # type: ignore[valid-type]  # made by value
        "is_null": bool | None,
    }
    namespace = {
        "__annotations__": hints,
        "eq": UNSET,
        "in_": one_of(),
        "not_in": none_of(),
        "is_null": UNSET,
    }
    shown = name or choices.__name__
    made = type(f"{shown}Filter", (), namespace)
    return strawberry.input(made, description=f"Compares a {shown}.")
