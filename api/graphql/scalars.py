"""Scalars: what they take in, strictly. What they give out, SQL has formatted already."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NewType

import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

from domain.messages import Message, say

_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,6})?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DECIMAL = re.compile(r"-?\d{1,16}(\.\d{1,4})?", re.ASCII)

_PRECISE = re.compile(r"-?\d{1,16}(\.\d{1,10})?", re.ASCII)
_WHOLE = re.compile(r"-?\d{1,19}", re.ASCII)

BigInt = NewType("BigInt", str)
"""A whole number of 64 bits, as a string."""

PreciseDecimal = NewType("PreciseDecimal", Decimal)
"""A decimal with up to ten digits after the point."""

CubeValue = NewType("CubeValue", object)
"""One value of the cube."""

SegmentRule = NewType("SegmentRule", object)
"""A rule tree, as JSON."""

HOLDING_OBJECTS = frozenset({"SegmentRule"})
"""Scalars whose values may be objects of JSON: none of the schema, so none that costs."""


def refused(name: str, given: object, wanted: Message) -> GraphQLError:
    """What the scalar does not take, and what it takes."""
    return GraphQLError(
        say("{name} cannot represent {given}: {why}", name=name, given=repr(str(given)[:60]), why=wanted)
    )


def moment(given: Any) -> datetime:
    """A time in UTC from RFC 3339 with an offset. A naive time is refused: it would be taken for one of UTC."""
    wanted = say("give RFC 3339 with an offset, e.g. 2026-03-01T09:30:00+09:00, in the years 1 to 9999")
    if not isinstance(given, str) or _TIME.fullmatch(given) is None:
        raise refused("DateTime", given, wanted)
    try:
        return datetime.fromisoformat(given.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise refused("DateTime", given, wanted) from None


def day(given: Any) -> date:
    """A date from YYYY-MM-DD."""
    wanted = say("give YYYY-MM-DD, in the years 1 to 9999")
    if not isinstance(given, str) or _DATE.fullmatch(given) is None:
        raise refused("Date", given, wanted)
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise refused("Date", given, wanted) from None


def amount(given: Any) -> Decimal:
    """A decimal from its digits in a string: no float, no NaN, no exponent."""
    if not isinstance(given, str) or _DECIMAL.fullmatch(given) is None:
        wanted = say('give digits in a string, e.g. "1234.50", at most 16 before the point and 4 after it')
        raise refused("Decimal", given, wanted)
    return Decimal(given)


def precise(given: Any) -> Decimal:
    """A decimal with more digits after the point than an amount has."""
    if not isinstance(given, str) or _PRECISE.fullmatch(given) is None:
        wanted = say(
            'give digits in a string, e.g. "0.0005425568", at most 16 before the point and 10 after it'
        )
        raise refused("PreciseDecimal", given, wanted)
    return Decimal(given)


def whole(given: Any) -> int:
    """A whole number of 64 bits from its digits in a string."""
    if isinstance(given, str) and _WHOLE.fullmatch(given) and -(2**63) <= int(given) < 2**63:
        return int(given)
    raise refused("BigInt", given, say('give digits in a string, e.g. "12345678901", of 64 bits at most'))


SCALARS: Mapping[object, ScalarDefinition] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description="A time in UTC: YYYY-MM-DDTHH:MM:SS.ffffffZ. Taken in with any offset, never without one.",
        specified_by_url="https://datatracker.ietf.org/doc/html/rfc3339",
        parse_value=moment,
    ),
    date: strawberry.scalar(name="Date", description="A day: YYYY-MM-DD.", parse_value=day),
    BigInt: strawberry.scalar(
        name="BigInt",
        description="A whole number of 64 bits as a string, so that no digit is lost.",
        parse_value=whole,
    ),
    CubeValue: strawberry.scalar(
        name="CubeValue",
        description="What the cube says: text, a count, a ratio, a boolean or null; exact amounts and days as text.",
    ),
    SegmentRule: strawberry.scalar(
        name="SegmentRule", description="The rule of a segment: an object as SegmentRuleInput takes it."
    ),
    PreciseDecimal: strawberry.scalar(
        name="PreciseDecimal",
        description="A decimal number with up to ten digits after the point, as a string.",
        parse_value=precise,
    ),
    Decimal: strawberry.scalar(
        name="Decimal",
        description="A decimal number as a string, so that no digit is lost.",
        parse_value=amount,
    ),
}
