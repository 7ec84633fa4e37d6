"""What a target plans is checked against the cubes: the domain knows them by name alone."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from domain.errors import Invalid
from domain.messages import say
from domain.selection import ids
from olap.called import called_among
from olap.errors import RequestError
from olap.vocabulary import SEGMENT, UnknownObject, cell_of, cell_text, model_of

LONGEST_CUT = 4_000


def checked_cube(cube: str, aggregate: str) -> None:
    """The cube is there and has the aggregate. Raises Invalid, which names those that are."""
    try:
        found = model_of(cube).cube()
    except UnknownObject as error:
        raise Invalid(str(error), "cube") from None
    known = [each.name for each in found.aggregates]
    if aggregate not in known:
        raise Invalid(
            say("unknown aggregate {given!r}; known: {known}", given=aggregate[:100], known=", ".join(known)),
            "aggregate",
        )


async def checked_cut(cube: str, cut: str, segments: Callable[[], Awaitable[Mapping[int, str]]]) -> str:
    """The cut as the Slicer writes it back, so that equal cells are equal text.

    `segments` tells the names of segments by their keys, where some are cut: in the text they are under their names.
    Raises Invalid, for a segment that there is not, and for a time as well: that is the period.
    """
    if len(cut) > LONGEST_CUT:
        raise Invalid(
            say(
                "cut is {count} characters long; at most {most} are allowed", count=len(cut), most=LONGEST_CUT
            ),
            "cut",
        )
    try:
        cell: Any = cell_of(model_of(cube), [cut] if cut else [])
        if any(each.dimension.name == SEGMENT for each in cell.cuts):
            named = await segments()
            by_id = {ids.made("Segment", key): name for key, name in named.items()}
            cell = called_among(cell, by_id | {name: name for name in named.values()})
    except RequestError as error:
        raise Invalid(str(error), "cut") from None
    times = [each.dimension.name for each in cell.cuts if each.dimension.role == "time"]
    if times:
        raise Invalid(
            say("the cut is by {name}: give the time of a target as its period", name=times[0]), "cut"
        )
    return cell_text(cell)
