"""Cells whose every cut names what exists: the only ones that plans are made of."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from olap.errors import RequestError
from olap.vocabulary import package
from olap.vocabulary.cuts import cuts_of
from olap.vocabulary.errors import HierarchyMismatch, TooMuch
from olap.vocabulary.languages import LANGUAGES
from olap.vocabulary.members import path_of
from olap.vocabulary.models import CubeModel
from olap.vocabulary.names import dimension_of, hierarchy_of
from olap.vocabulary.times import OfDay, Period, day_path, days, is_fiscal, period_of

CUT_LIMIT = 64
MEMBER_LIMIT = 500
"""Cuts in one cell; members in one cut."""

RESERVED = str.maketrans({character: "\\" + character for character in "\\!|:;,-"})

Path = list[Any]


def cell_of(
    model: CubeModel, texts: Sequence[str], *, now: datetime | None = None, language: str = LANGUAGES[0]
) -> Any:
    """The cell that cut texts describe, all ANDed. `now` is in the business zone; without it relative times are
    unknown members. Raises RequestError and its kinds."""
    cube = model.cell_cube(language)
    return checked_cell(
        model, package.Cell(cube, [cut for text in texts for cut in cuts_of(cube, text)]), now=now
    )


def checked_cell(model: CubeModel, cell: Any, *, now: datetime | None = None) -> Any:
    """The same cell with every name looked up and every member in the type of its level. Raises RequestError."""
    if len(cell.cuts) > CUT_LIMIT:
        raise TooMuch(f"{len(cell.cuts)} cuts; at most {CUT_LIMIT} are taken")
    return package.Cell(cell.cube, [_checked(model, cell.cube, cut, now) for cut in cell.cuts])


def _checked(model: CubeModel, cube: Any, cut: Any, now: datetime | None) -> Any:
    dimension = dimension_of(cube, str(cut.dimension))
    hierarchy = hierarchy_of(dimension, None if cut.hierarchy is None else str(cut.hierarchy))
    how = {"hierarchy": hierarchy, "invert": bool(cut.invert), "hidden": bool(cut.hidden)}

    def path(given: Path) -> Path:
        _check_depth(dimension, hierarchy, given)
        return path_of(model, dimension, hierarchy, given)

    said = cut
    if dimension.role == "time" and now is not None:
        cut = _absolute(cut, dimension, hierarchy, now)
    if isinstance(cut, package.PointCut):
        return package.PointCut(dimension, path(_filled(dimension, cut.path)), **how)
    if isinstance(cut, package.SetCut):
        if len(cut.paths) > MEMBER_LIMIT:
            raise TooMuch(
                f"{len(cut.paths)} members in a cut of {dimension.name}; at most {MEMBER_LIMIT} are taken"
            )
        return package.SetCut(dimension, [path(_filled(dimension, item)) for item in cut.paths], **how)
    start, end = _ends(dimension, path(cut.from_path or []), path(cut.to_path or []))
    if isinstance(said, package.RangeCut) and (said.from_path, said.to_path) == (cut.from_path, cut.to_path):
        _check_order(dimension, start, end)
    return package.RangeCut(dimension, start, end, **how)


def _check_depth(dimension: Any, hierarchy: Any, path: Path) -> None:
    if len(path) > len(hierarchy):
        raise HierarchyMismatch(
            f"a path of {len(path)} members in {dimension.name}, whose hierarchy {hierarchy.name} has "
            f"{len(hierarchy)} levels: {', '.join(hierarchy.level_names)}"
        )


def _filled(dimension: Any, path: Path) -> Path:
    if not path:
        raise RequestError(f"a cut of {dimension.name} without a member")
    return path


def _ends(dimension: Any, start: Path, end: Path) -> tuple[Path, Path]:
    if not start and not end:
        raise RequestError(f"a range of {dimension.name} without ends; one of them may be left out")
    if None in start or None in end:
        raise RequestError(f"a range of {dimension.name} from or to __null__, which has no place in an order")
    return start, end


def _check_order(dimension: Any, start: Path, end: Path) -> None:
    """Raise RequestError for a range that ends before it begins, which no fact lies in. One with a relative time may
    come to that on some days (`2026,11,1-yesterday`), and is empty then."""
    shared = min(len(start), len(end))
    moving = any(isinstance(member, OfDay) for member in (*start, *end))
    if not moving and end[:shared] < start[:shared]:
        raise RequestError(
            f"a range of {dimension.name} that ends before it begins: {_short(end)} comes before {_short(start)}"
        )


def _short(path: Path) -> str:
    text = path_text(path)
    return text if len(text) <= 80 else text[:77] + "..."


def _absolute(cut: Any, dimension: Any, hierarchy: Any, now: datetime) -> Any:
    """The cut with relative times as the members they mean now."""
    how = {"hierarchy": hierarchy, "invert": cut.invert, "hidden": cut.hidden}
    if isinstance(cut, package.PointCut):
        period = _period(hierarchy, cut.path, now)
        if period is None:
            return cut
        whole = period.whole_path(hierarchy)
        if whole is not None:
            return package.PointCut(dimension, whole, **how)
        return package.RangeCut(dimension, period.path(hierarchy), period.path(hierarchy, last=True), **how)
    if isinstance(cut, package.SetCut):
        paths = [expanded for path in cut.paths for expanded in _members(hierarchy, path, now)]
        return package.SetCut(dimension, paths, **how)
    return package.RangeCut(
        dimension,
        _end(hierarchy, cut.from_path, now, last=False),
        _end(hierarchy, cut.to_path, now, last=True),
        **how,
    )


def _period(hierarchy: Any, path: Path, now: datetime) -> Period | None:
    """The relative time that a path of one member is. Fiscal ones stay words, the same on each level."""
    alone = len(set(path or ())) == 1 if is_fiscal(hierarchy) else path and len(path) == 1
    return period_of(path[0], now) if alone else None


def _members(hierarchy: Any, path: Path, now: datetime) -> list[Path]:
    period = _period(hierarchy, path, now)
    if period is None:
        return [path]
    whole = period.whole_path(hierarchy)
    if whole is None and is_fiscal(hierarchy):
        return [period.path(hierarchy), period.path(hierarchy, last=True)]
    return [day_path(hierarchy, day) for day in days(period)] if whole is None else [whole]


def _end(hierarchy: Any, path: Path, now: datetime, *, last: bool) -> Path:
    period = _period(hierarchy, path, now)
    if period is None:
        return path
    whole = period.whole_path(hierarchy)
    return period.path(hierarchy, last=last) if whole is None else whole


def cell_text(cell: Any) -> str:
    """The cell as cut text that reads back as the same cell, NULL members too."""
    return "|".join(_cut_text(cut) for cut in cell.cuts)


def _cut_text(cut: Any) -> str:
    if isinstance(cut, package.PointCut):
        members = path_text(cut.path)
    elif isinstance(cut, package.SetCut):
        members = ";".join(map(path_text, cut.paths))
    else:
        members = f"{path_text(cut.from_path or [])}-{path_text(cut.to_path or [])}"
    return written_cut(cut.dimension, cut.hierarchy, members, invert=cut.invert)


def written_cut(dimension: Any, hierarchy: Any, members: str, *, invert: bool | None) -> str:
    """The cut of these members as the Slicer writes it. What no name holds is escaped in names too: a dimension
    `date:2011|customer` is none, and not two cuts."""
    along = f"@{path_text([hierarchy])}" if hierarchy else ""
    return f"{'!' if invert else ''}{path_text([dimension])}{along}:{members}"


def path_text(path: Path) -> str:
    """The path as it stands in a cut: reserved characters escaped, None as `__null__`."""
    return ",".join("__null__" if member is None else str(member).translate(RESERVED) for member in path)
