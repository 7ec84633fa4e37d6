"""Operators of filters, by the type of what they compare."""

from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

import strawberry

UNSET: Any = strawberry.UNSET


def one_of() -> Any:
    """The operator `in`."""
    return strawberry.field(name="in", default=UNSET, description="One of these; with none, nothing.")


@strawberry.input(description="Compares text, exactly and by code point.")
class TextFilter:
    eq: str | None = UNSET
    in_: list[str] | None = one_of()
    lt: str | None = UNSET
    gte: str | None = UNSET
    contains: str | None = strawberry.field(default=UNSET, description="Has this text in it, as it is.")
    is_null: bool | None = UNSET


@strawberry.input(description="Compares ids.")
class IdFilter:
    eq: strawberry.ID | None = UNSET
    in_: list[strawberry.ID] | None = one_of()


@strawberry.input(description="Compares times; a period is half open: gte and lt.")
class DateTimeFilter:
    eq: datetime | None = UNSET
    lt: datetime | None = UNSET
    gte: datetime | None = UNSET
    is_null: bool | None = UNSET


@strawberry.input(description="Compares days; a period is half open: gte and lt.")
class DateFilter:
    eq: date | None = UNSET
    in_: list[date] | None = one_of()
    lt: date | None = UNSET
    gte: date | None = UNSET
    is_null: bool | None = UNSET


@strawberry.input(description="Compares decimal numbers.")
class DecimalFilter:
    eq: Decimal | None = UNSET
    in_: list[Decimal] | None = one_of()
    lt: Decimal | None = UNSET
    gte: Decimal | None = UNSET
    is_null: bool | None = UNSET


@strawberry.input(description="Yes or no.")
class BooleanFilter:
    eq: bool | None = UNSET
    is_null: bool | None = UNSET


def choice_filter(choices: type[Enum], name: str = "") -> Any:
    """The operators of an enum."""
    hints = {"eq": choices | None, "in_": list[choices] | None, "is_null": bool | None}  # type: ignore[valid-type]
    namespace = {"__annotations__": hints, "eq": UNSET, "in_": one_of(), "is_null": UNSET}
    shown = name or choices.__name__
    made = type(f"{shown}Filter", (), namespace)
    return strawberry.input(made, description=f"Compares a {shown}.")
