"""How a source counts the versions of what it speaks about."""

import re
from datetime import datetime
from typing import Any, NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

from api.graphql.scalars import moment, refused
from domain.messages import say

SourceVersion = NewType("SourceVersion", object)

_DIGITS = re.compile(r"\d{1,19}", re.ASCII)
LARGEST = 2**63 - 1


def source_version(given: Any) -> int | datetime:
    """A whole number, also as digits in a string, or a time."""
    if isinstance(given, str) and not _DIGITS.fullmatch(given):
        return moment(given)
    number = int(given) if isinstance(given, str) or type(given) is int else -1
    if not 0 <= number <= LARGEST:
        wanted = say(
            "give a whole number from 0 to {most} (beyond 2^53 as a string), or a time in RFC 3339 with an offset",
            most=LARGEST,
        )
        raise refused("SourceVersion", given, wanted)
    return number


SOURCE_VERSION: ScalarDefinition = strawberry.scalar(
    name="SourceVersion",
    description="How its source counts the versions of what a row is about: a whole number, or a time with an offset. "
    "A row with an older one than was seen before changes nothing. Once a number, always a number.",
    parse_value=source_version,
)
