"""The rows beyond a place in an order, as a condition."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, tuple_


def beyond(
    keys: Sequence[tuple[ColumnElement[Any], bool]], place: Sequence[ColumnElement[Any]]
) -> ColumnElement[bool]:
    """The rows that come after `place`. Each key is (value of the row, descending); none may be null.

    With one direction a comparison of rows, which an index answers; with mixed ones the expanded form.
    """
    directions = {descending for _, descending in keys}
    if len(directions) == 1:
        row, there = tuple_(*(key for key, _ in keys)), tuple_(*place)
        return row < there if directions == {True} else row > there
    alternatives = []
    for depth, (key, descending) in enumerate(keys):
        equal = [other == place[at] for at, (other, _) in enumerate(keys[:depth])]
        alternatives.append(and_(*equal, key < place[depth] if descending else key > place[depth]))
    return or_(*alternatives)
