"""Segments that a cell is cut by are called by their names or their ids, and there are segments so called.

A member of another dimension that nobody has is no error: it may come tomorrow. A segment is made before it is asked
for, so a name that no segment has is a typo, and an empty cell, or with `!` everything, would pass for its answer.
"""

import base64
from collections.abc import Callable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Any, TypeVar

import sqlalchemy as sa

from olap import star
from olap.errors import RequestError
from olap.journeys.parameters import FunnelAsked, JourneyAsked
from olap.request import AggregateRequest, FactsRequest, MembersRequest
from olap.vocabulary import SEGMENT, Cell, PointCut, SetCut

SHOWN = 20
"""Names that a refusal gives at most."""

Request = TypeVar("Request", AggregateRequest, FactsRequest, MembersRequest)
Names = Mapping[str, str]
"""The names of segments by what they may be called."""

_segment = star.table_of("segment").c
_NAMES = sa.select(_segment.segment_key, _segment.segment).where(_segment.segment.is_not(None))


def called(engine: Any, request: Request) -> Request:
    """The request with each segment under its name. Raises RequestError for one that there is not.

    One small statement, where segments are cut at all.
    """
    names: list[Names] = []

    def known() -> Names:
        if not names:
            names.append(names_of(engine))
        return names[0]

    said: dict[str, Any] = {"cell": _cell(request.cell, known)}
    if isinstance(request, AggregateRequest):
        said["split"] = None if request.split is None else _cell(request.split, known)
        said["journey"] = _journey(request.journey, known)
    return replace(request, **said) if names else request


def called_cell(engine: Any, cell: Any) -> Any:
    """The cell with each segment under its name. Raises RequestError for one that there is not."""
    return _cell(cell, lambda: names_of(engine))


def called_among(cell: Any, names: Names) -> Any:
    """The cell with each segment under its name, of these. Raises RequestError for one that there is not."""
    return _cell(cell, lambda: names)


def names_of(engine: Any) -> Names:
    """The names of all segments, by themselves and by the ids that the API gives them; a name comes before an id."""
    rows = engine.fetch(_NAMES, {}).to_pylist()
    by_id = {_id(row["segment_key"]): row["segment"] for row in rows}
    return by_id | {row["segment"]: row["segment"] for row in rows}


def _id(key: int) -> str:
    """As the API writes it (domain/selection/ids.py)."""
    return base64.b64encode(f"Segment:{key}".encode()).decode()


def _journey(asked: JourneyAsked | None, known: Callable[[], Names]) -> JourneyAsked | None:
    if not isinstance(asked, FunnelAsked):
        return asked
    steps = (replace(step, cell=_cell(step.cell, known)) for step in asked.steps)
    return replace(asked, steps=tuple(steps))


def _cell(cell: Any, known: Callable[[], Names]) -> Any:
    """The same cell where it is cut by no segment."""
    if not any(str(cut.dimension) == SEGMENT for cut in cell.cuts):
        return cell
    names = known()
    return Cell(cell.cube, [_cut(cut, names) if str(cut.dimension) == SEGMENT else cut for cut in cell.cuts])


def _cut(cut: Any, names: Names) -> Any:
    how = {"hierarchy": cut.hierarchy, "invert": cut.invert, "hidden": cut.hidden}
    if isinstance(cut, PointCut):
        return PointCut(cut.dimension, _path(cut.path, names), **how)
    if isinstance(cut, SetCut):
        return SetCut(cut.dimension, [_path(path, names) for path in cut.paths], **how)
    # The ends of a range are places in an order, which nothing has to be called.
    return cut


def _path(path: list[Any], names: Names) -> list[Any]:
    return [None if member is None else _name(member, names) for member in path]


def _name(member: str, names: Names) -> str:
    found = names.get(member)
    if found is not None:
        return found
    there = sorted(set(names.values()))
    if not there:
        raise RequestError(f"unknown segment {member[:80]!r}: there are no segments yet")
    near = there if len(there) <= SHOWN else get_close_matches(member[:80], there, n=SHOWN, cutoff=0.4)
    if not near:
        raise RequestError(f"unknown segment {member[:80]!r}: none of {len(there)} is called like that")
    known = ", ".join(near)
    raise RequestError(f"unknown segment {member[:80]!r}; known: {known}")
