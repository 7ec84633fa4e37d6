"""What a report says in JSON: the cell as cut documents, and how a query rolls it up."""

from collections.abc import Mapping, Sequence
from typing import Any

from olap.errors import RequestError
from olap.vocabulary import Cell, PointCut, dimension_of, level_depth, path_text, written_cut

MEMBERS = {"point": ("path",), "set": ("paths",), "range": ("from", "to")}
"""What names the members of each type of cut."""

TYPES = tuple(MEMBERS)

TOLD = ("type", "dimension", "hierarchy", "invert", "hidden", "level_depth", "details")
"""What the Slicer tells of every cut beside its members: a client may send back what it was told."""


def cut_text(document: Any) -> str:
    """A cut document (`type`, `dimension`, `path` | `paths` | `from`, `to`, `hierarchy`, `invert`) as cut text.

    Raises RequestError for what is none, and for words that mean nothing in it: `inverted` would give another answer.
    """
    if not isinstance(document, Mapping) or not isinstance(document.get("dimension"), str):
        raise RequestError("a cut of the report's cell is an object with type and dimension")
    kind = str(document.get("type")).lower()
    if kind not in MEMBERS:
        raise RequestError(f"unknown cut type {kind[:40]!r}; known: {', '.join(TYPES)}")
    known = (*TOLD, *MEMBERS[kind])
    for word in document:
        if word not in known:
            raise RequestError(f"unknown word {word[:40]!r} in a {kind} cut; known: {', '.join(known)}")
    if not isinstance(document.get("invert") or False, bool):
        raise RequestError("invert of a cut is true or false")
    return written_cut(
        document["dimension"],
        document.get("hierarchy"),
        _members(document, kind),
        invert=document.get("invert"),
    )


def _members(document: Mapping[str, Any], kind: str) -> str:
    if kind == "range":
        return f"{_path(document, 'from')}-{_path(document, 'to')}"
    if kind == "point":
        return _filled(document, _path(document, "path"), named=bool(document.get("path")))
    paths = document.get("paths")
    if not isinstance(paths, list):
        raise RequestError("a cut of type set has a list of paths")
    # Text has no set of nothing, and an empty path beside others is refused where texts are read.
    told = ";".join(_path({"paths": path}, "paths") for path in paths)
    return _filled(document, told, named=any(paths))


def _filled(document: Mapping[str, Any], told: str, *, named: bool) -> str:
    """The text of the members. Raises RequestError where there are none: as text that would be the empty one."""
    if not named:
        name = document["dimension"][:80]
        raise RequestError(f"a cut of {name} without a member")
    return told


def _path(document: Mapping[str, Any], name: str) -> str:
    path = document.get(name) or []
    if not isinstance(path, list) or any(isinstance(member, list | dict) for member in path):
        raise RequestError(f"{name} of a cut is a list of members, outermost first")
    return path_text(path)


def rolled_up(cell: Any, rollup: Any) -> Any:
    """The cell with point cuts of some dimensions made coarser: one level for a name, up to a level for a mapping.

    A cut that loses its last member is gone. Raises RequestError where there is no point cut to roll up.
    """
    wanted = _wanted(rollup)
    for name in wanted:
        dimension_of(cell.cube, name)
        if not any(isinstance(cut, PointCut) and str(cut.dimension) == name for cut in cell.cuts):
            raise RequestError(f"cannot roll up {name}: the cell has no point cut of it")
    cuts = [_coarser(cell.cube, cut, wanted) for cut in cell.cuts]
    return Cell(cell.cube, [cut for cut in cuts if cut is not None])


def _wanted(rollup: Any) -> dict[str, str | None]:
    match rollup:
        case str():
            return {rollup: None}
        case Mapping():
            return {str(name): None if level is None else str(level) for name, level in rollup.items()}
        case Sequence():
            return {str(name): None for name in rollup}
    raise RequestError("rollup is a dimension, a list of them, or an object from dimension to level")


def _coarser(cube: Any, cut: Any, wanted: Mapping[str, str | None]) -> Any:
    name = str(cut.dimension)
    if name not in wanted or not isinstance(cut, PointCut):
        return cut
    dimension, level = dimension_of(cube, name), wanted[name]
    hierarchy = dimension.hierarchy(cut.hierarchy)
    depth = len(cut.path) - 1 if level is None else level_depth(dimension, hierarchy, level)
    if depth > len(cut.path):
        raise RequestError(f"cannot roll up {name} to {level}: the cell's cut is above it already")
    if not depth:
        return None
    return PointCut(
        cut.dimension, cut.path[:depth], hierarchy=cut.hierarchy, invert=cut.invert, hidden=cut.hidden
    )
