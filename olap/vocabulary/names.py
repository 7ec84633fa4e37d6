"""Looking up dimensions, hierarchies and levels; a wrong name is answered with the right ones."""

from typing import Any

from olap.vocabulary.errors import HierarchyMismatch, UnknownObject


def dimension_of(cube: Any, name: str) -> Any:
    """The cube's dimension of that name. Raises UnknownObject."""
    for dimension in cube.dimensions:
        if dimension.name == name:
            return dimension
    raise UnknownObject("dimension", name, (dimension.name for dimension in cube.dimensions))


def hierarchy_of(dimension: Any, name: str | None) -> Any:
    """The dimension's hierarchy of that name, its default one for None. Raises HierarchyMismatch."""
    if name is None:
        return dimension.hierarchy()
    for hierarchy in dimension.hierarchies:
        if hierarchy.name == name:
            return hierarchy
    known = ", ".join(hierarchy.name for hierarchy in dimension.hierarchies)
    raise HierarchyMismatch(f"unknown hierarchy {name[:80]!r} of {dimension.name}; known: {known}")


def level_depth(dimension: Any, hierarchy: Any, level: str) -> int:
    """How deep the level lies in the hierarchy, 1 for its first. Raises HierarchyMismatch."""
    names = hierarchy.level_names
    if level not in names:
        raise HierarchyMismatch(
            f"unknown level {level[:80]!r} in hierarchy {hierarchy.name} of {dimension.name}; known: {', '.join(names)}"
        )
    return int(names.index(level)) + 1
