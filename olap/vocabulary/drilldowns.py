"""From drilldown texts to the package's `Drilldown`: which levels the rows of an answer stand for."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from olap.errors import RequestError
from olap.vocabulary import package
from olap.vocabulary.belonging import CUT_ONLY
from olap.vocabulary.errors import HierarchyMismatch, TooMuch
from olap.vocabulary.names import dimension_of, hierarchy_of, level_depth

ITEM = re.compile(r"(\w+)(?:@(\w+))?(?::(\w+))?")
ITEM_LIMIT = 16
"""Drilldown items in one request."""


def drilldown_of(cell: Any, wanted: Any) -> Any:
    """The drilldown of a cell: of texts (`date`, `date:month`, `date@iso:iso_week`, several joined by `|` or `,`), of
    (dimension, hierarchy, level), of a mapping from dimension to level, or as it is.

    Without a level it is the next one below the cell's point cut, else the first. Raises RequestError and its kinds.
    """
    if isinstance(wanted, package.Drilldown):
        return wanted
    items = list(dict.fromkeys(_checked(cell.cube, item) for item in _items(wanted)))
    if len(items) > ITEM_LIMIT:
        raise TooMuch(f"{len(items)} drilldowns; at most {ITEM_LIMIT} are taken")
    try:
        return package.Drilldown(items, cell)
    except package.PackageHierarchyError:
        raise next(_no_next_level(cell, items)) from None


def levels_of_many(item: Any, cell: Any) -> list[str]:
    """The names of the drilled levels with too many members to tell them all, as far as the cell does not cut them."""
    return [
        str(level)
        for level in item.levels
        if "high" in (level.cardinality, item.dimension.cardinality)
        and not cell.contains_level(item.dimension, level, item.hierarchy)
    ]


def _no_next_level(cell: Any, items: Iterable[tuple[str, str | None, str | None]]) -> Iterator[Exception]:
    """Why there is no level next to the cut, of each item of which that is so. The package names them the wrong way
    round."""
    for name, hierarchy, level in items:
        dimension = dimension_of(cell.cube, name)
        cut = cell.point_cut_for_dimension(name)
        if level is not None or dimension.is_flat or cut is None:
            continue
        drilled, along = hierarchy_of(dimension, hierarchy), dimension.hierarchy(cut.hierarchy)
        known = ", ".join(drilled.level_names)
        if drilled.name != along.name:
            yield HierarchyMismatch(
                f"{name} is cut along {along.name} and drilled down along {drilled.name}, where no level is the next; "
                f"name one of {known}"
            )
        elif cut.level_depth() - cut.invert >= len(drilled.level_names):
            yield HierarchyMismatch(f"{name} is cut to the last level of {drilled.name}; name one of {known}")


def _items(wanted: Any) -> Iterable[Any]:
    if not wanted:
        return
    if isinstance(wanted, Mapping):
        yield from ((dimension, None, level) for dimension, level in wanted.items())
        return
    for item in [wanted] if isinstance(wanted, str) else wanted:
        if isinstance(item, str):
            yield from (part for part in re.split(r"[|,]", item) if part)
        else:
            yield item


def _checked(cube: Any, item: Any) -> tuple[str, str | None, str | None]:
    """The names of an item, all of which exist."""
    name, hierarchy, level = _named(item)
    dimension = dimension_of(cube, name)
    if dimension.info.get(CUT_ONLY):
        raise RequestError(
            f"{name} cuts and does not drill: a customer may be in several at once, and would count in each; "
            f"cut one ({name}:<its name>), compare it with the rest by split, or ask the cube segments"
        )
    found = hierarchy_of(dimension, hierarchy)
    if level is not None:
        level_depth(dimension, found, level)
    return name, hierarchy, level


def _named(item: Any) -> tuple[str, str | None, str | None]:
    if isinstance(item, str):
        matched = ITEM.fullmatch(item)
        if matched is None:
            raise RequestError(
                f"malformed drilldown {item[:80]!r}; the form is dimension[@hierarchy][:level]"
            )
        return matched[1], matched[2], matched[3]
    if hasattr(item, "levels"):
        return str(item.dimension), str(item.hierarchy), str(item.levels[-1])
    if isinstance(item, tuple | list) and len(item) == 3:
        name, hierarchy, level = item
        return str(name), None if hierarchy is None else str(hierarchy), None if level is None else str(level)
    if hasattr(item, "hierarchies"):
        return str(item), None, None
    raise RequestError(f"malformed drilldown {item!r}; it is a text or (dimension, hierarchy, level)")
