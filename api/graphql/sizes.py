"""How many values a request may hold: each costs up to 9 us before it is known whether it is any good (measured).

Bodies of bulk requests are not bounded so: there the rows are counted. Nor are rows that come to /graphql, which are
coerced eight times as fast, but by the body alone.
"""

from collections.abc import Mapping
from typing import Any

from api.errors import BadRequest
from domain.messages import say

IN_BODY = 60_000
IN_VARIABLES = 4_000
LONGEST_NUMBER = 60


def check_body(body: bytes) -> None:
    """Raises BadRequest for JSON of too many values, before it is read. Linear."""
    if len(body) > IN_BODY and _marks(body) > IN_BODY and _marks(_without_texts(body)) > IN_BODY:
        raise BadRequest(say("the body holds more than {most} values", most=IN_BODY))


def _marks(body: bytes) -> int:
    """At least how many values there are: each but the first of a list or an object has a comma before it."""
    return body.count(b",") + body.count(b"[") + body.count(b"{")


def _without_texts(body: bytes) -> bytes:
    """What stands outside the quotation marks: every second part, once those that end no text are gone."""
    return b"".join(body.replace(b"\\\\", b"").replace(b'\\"', b"").split(b'"')[::2])


def check_variables(given: Mapping[str, Any]) -> None:
    """Raises BadRequest for variables of too many values."""
    if _left(given, IN_VARIABLES) < 0:
        raise BadRequest(
            say("the variables hold more than {most} values: ask for less at once", most=IN_VARIABLES)
        )


def _left(value: Any, most: int) -> int:
    """How many more values there may be after those in the list or object; below 0 as soon as there are too many."""
    most -= len(value)
    for each in value if type(value) is list else value.values():
        if most < 0:
            break
        if type(each) is dict or type(each) is list:
            most = _left(each, most)
    return most


def whole(digits: str) -> int:
    """The whole number. Raises BadRequest for one that no column holds: reading it takes time by its square."""
    if len(digits) > LONGEST_NUMBER:
        raise BadRequest(say("the number {digits} is too large", digits=digits[:40]))
    return int(digits)
