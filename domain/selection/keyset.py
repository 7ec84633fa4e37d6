"""The rows beyond a place in an order, as a condition. Null stands last, in both directions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, tuple_


@dataclass(frozen=True)
class Key:
    """One value that rows are ordered by; `place` is what it is at the cursor."""

    value: ColumnElement[Any]
    place: ColumnElement[Any]
    descending: bool
    nullable: bool


def beyond(keys: Sequence[Key], *, turned: bool = False) -> ColumnElement[bool]:
    """The rows that come after the place, or before it where `turned`. It may be null for false where a key may.

    With one direction and no null a comparison of rows, which an index answers; else the expanded form, with the
    first value alone before it where it can be, so that an index still finds the start.
    """
    if any(key.nullable for key in keys):
        return _expanded(keys, turned)
    if len({key.descending for key in keys}) == 1:
        there, here = tuple_(*(key.place for key in keys)), tuple_(*(key.value for key in keys))
        return here < there if keys[0].descending != turned else here > there
    first = keys[0]
    start = first.value <= first.place if first.descending != turned else first.value >= first.place
    return and_(start, _expanded(keys, turned))


def _expanded(keys: Sequence[Key], turned: bool) -> ColumnElement[bool]:
    alternatives = []
    for depth, key in enumerate(keys):
        equal = [_equal(other) for other in keys[:depth]]
        alternatives.append(and_(*equal, _after(key, turned)))
    return or_(*alternatives)


def _equal(key: Key) -> ColumnElement[bool]:
    return key.value.is_not_distinct_from(key.place) if key.nullable else key.value == key.place


def _after(key: Key, turned: bool) -> ColumnElement[bool]:
    compared = key.value < key.place if key.descending != turned else key.value > key.place
    if not key.nullable:
        return compared
    last, other = (key.place, key.value) if turned else (key.value, key.place)
    return or_(compared, and_(last.is_(None), other.is_not(None)))
