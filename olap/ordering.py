"""The order of an answer: from what a request writes to the columns of a plan."""

from collections.abc import Iterable, Sequence
from typing import Any

from olap.errors import RequestError
from olap.plan import Order
from olap.vocabulary import SPLIT

Ordering = tuple[str, bool]
"""A reference of the answer, and whether it descends."""


def orderings(items: Iterable[str]) -> tuple[Ordering, ...]:
    """`reference`, `reference:asc` or `reference:desc` each. Raises RequestError."""
    return tuple(map(_ordering, items))


def _ordering(item: str) -> Ordering:
    reference, _, direction = item.partition(":")
    if direction.lower() not in {"", "asc", "desc"}:
        raise RequestError(
            f"unknown direction {direction[:40]!r} to order by {reference[:80]!r}; known: asc, desc"
        )
    return reference, direction.lower() == "desc"


def natural_order(drilldown: Iterable[Any], *, split: bool) -> list[Ordering]:
    """The order of cells that are asked for without one."""
    order = level_order(level for item in drilldown for level in item.levels)
    return [(SPLIT, False), *order] if split else order


def level_order(levels: Iterable[Any]) -> list[Ordering]:
    """By each level's own order, then by its other attributes, so that pages never overlap."""
    order: dict[str, bool] = {}
    for level in levels:
        order.setdefault(level.order_attribute.ref, level.order == "desc")
        order.update({attribute.ref: False for attribute in level.attributes if attribute.ref not in order})
    return list(order.items())


def order_of(
    asked: Sequence[Ordering], natural: Sequence[Ordering], others: Sequence[str]
) -> tuple[Order, ...]:
    """What was asked, then the natural order. Raises RequestError for what the answer does not hold."""
    known = dict.fromkeys([*(ref for ref, _ in natural), *others])
    for ref, _ in asked:
        if ref not in known:
            raise RequestError(
                f"cannot order by {ref[:80]!r}, which the answer does not hold; it holds: {', '.join(known)}"
            )
    # Whether a cell lies within the split comes before everything, as the package has it.
    split = [ordering for ordering in natural if ordering[0] == SPLIT]
    chosen: dict[str, bool] = {}
    for ref, descending in [*split, *asked, *natural]:
        chosen.setdefault(ref, descending)
    return tuple(Order(ref, descending) for ref, descending in chosen.items())
