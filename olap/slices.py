"""Cuts as conditions: points, sets, ranges of uneven depth, and their inverse."""

from collections.abc import Sequence
from itertools import takewhile
from typing import Any

from olap.conditions import (
    AllOf,
    AnyOf,
    Belongs,
    Compare,
    Condition,
    IsNull,
    OneOf,
    Operator,
    Values,
    Without,
)
from olap.physical import Column
from olap.vocabulary import SEGMENT, CubeModel, OfDay, PointCut, SetCut

Path = Sequence[Any]


def cell_condition(model: CubeModel, cell: Any, values: Values, *, nulls: bool) -> AllOf:
    """All cuts of a checked cell. With `nulls` an inverted cut keeps the facts whose level is null."""
    return AllOf(tuple(_cut(model, cut, values, nulls=nulls) for cut in cell.cuts))


def _cut(model: CubeModel, cut: Any, values: Values, *, nulls: bool) -> Condition:
    columns = [model.cut_column(level.key.ref) for level in cut.hierarchy.levels]
    condition: Condition
    if isinstance(cut, PointCut):
        condition = _point(columns, cut.path, values)
    elif isinstance(cut, SetCut):
        condition = paths_condition(columns, cut.paths, values)
    else:
        # Of a fact without a member on the way an inverted range says nothing; taken apart it would.
        shared = 0 if cut.invert else _shared(cut.from_path, cut.to_path)
        condition = _range(columns, cut.from_path, cut.to_path, values, shared=shared)
    if model.belonging is not None and str(cut.dimension) == SEGMENT:
        day = model.belonging.day if values.version is None else None
        condition = Belongs(model.belonging.customer, day, values.version, condition)
    return Without(condition, nulls=nulls) if cut.invert else condition


def _member(column: Column, member: Any, values: Values) -> Condition:
    return IsNull(column) if member is None else _compared(column, "=", member, values)


def _compared(column: Column, operator: Operator, member: Any, values: Values) -> Compare:
    if isinstance(member, OfDay):
        return Compare(column, operator, values.slot(member.day), of_day=True)
    return Compare(column, operator, values.slot(member))


def _point(columns: Sequence[Column], path: Path, values: Values) -> AllOf:
    return AllOf(
        tuple(_member(column, member, values) for column, member in zip(columns, path, strict=False))
    )


def paths_condition(columns: Sequence[Column], paths: Sequence[Path], values: Values) -> AnyOf:
    """One of the paths, which may differ in depth; siblings share one list."""
    siblings: dict[tuple[Any, ...], list[Any]] = {}
    single = [path for path in paths if isinstance(path[-1], OfDay)]
    for path in paths:
        if path not in single:
            siblings.setdefault(tuple(path[:-1]), []).append(path[-1])
    return AnyOf(
        tuple(_point(columns, path, values) for path in single)
        + tuple(
            AllOf((*_point(columns, parent, values).parts, _members(columns[len(parent)], members, values)))
            for parent, members in siblings.items()
        )
    )


def _members(column: Column, members: Sequence[Any], values: Values) -> Condition:
    known = tuple(dict.fromkeys(member for member in members if member is not None))
    if not known:
        return IsNull(column)
    listed = OneOf(column, values.slot(known))
    return AnyOf((listed, IsNull(column))) if None in members else listed


def _shared(start: Path, end: Path) -> int:
    """How many members both ends begin with."""
    alike = (one == other for one, other in zip(start, end, strict=False))
    return sum(1 for _ in takewhile(bool, alike))


def _range(columns: Sequence[Column], start: Path, end: Path, values: Values, *, shared: int) -> AllOf:
    """Between both ends. Members that they share are plain conditions, which an engine can look for in its tables."""
    parts: list[Condition] = list(_point(columns, start[:shared], values).parts)
    if start[shared:]:
        parts.append(_bound(columns[shared:], start[shared:], values, inside=">", at=">="))
    if end[shared:]:
        parts.append(_bound(columns[shared:], end[shared:], values, inside="<", at="<="))
    return AllOf(tuple(parts))


def _bound(columns: Sequence[Column], path: Path, values: Values, *, inside: Operator, at: Operator) -> AnyOf:
    """On the right side of a path, in the order of its levels: beyond its first member, or level with that and beyond
    its second, and so on; level with all of it counts as inside."""
    last = len(path) - 1
    return AnyOf(
        tuple(
            AllOf(
                (
                    *_point(columns, path[:depth], values).parts,
                    _compared(columns[depth], at if depth == last else inside, path[depth], values),
                )
            )
            for depth in range(len(path))
        )
    )
