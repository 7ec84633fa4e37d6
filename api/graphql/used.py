"""What an answer has cost: the objects that it holds, and the work that was done for it."""

import json
from collections.abc import Iterable
from typing import Any

from api.graphql.cost import Path, Price, resolved

ENVELOPE = 2
"""Objects around every good answer: the answer itself and `data`."""

ERRORS = b'{"errors":'


def used(body: bytes, price: Price) -> int:
    """The points of the answer with this body: of each object of which something was asked, and of the work.

    Never more than the price. Objects are counted in the bytes; only an answer with errors, or with JSON that the
    schema does not describe, is read.
    """
    if not (price.base or price.per_row):
        return 0
    if price.opaque or body.startswith(ERRORS):
        return price.work + _below(json.loads(body)["data"], price.opaque)
    return price.work + max(0, resolved(body) - ENVELOPE)


def _below(data: Any, opaque: Iterable[Path]) -> int:
    """How many objects the answer's data holds, itself not counted."""
    return max(0, _objects(data, opaque) - 1)


def _objects(value: Any, opaque: Iterable[Path]) -> int:
    match value:
        case dict():
            return bool(value) + sum(_value(key, each, opaque) for key, each in value.items())
        case list():
            return sum(_objects(each, opaque) for each in value)
    return 0


def _value(key: str, value: Any, opaque: Iterable[Path]) -> int:
    below = [path[1:] for path in opaque if path[0] == key]
    return 0 if () in below else _objects(value, below)
