"""Targets go along when what their cells name is renamed: cuts name segments as the Slicer does, not by their keys."""

import re

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.objectives.model import Target

SEGMENT = "segment"
"""The dimension of the cubes whose members are segments, known here by name alone."""

RESERVED = str.maketrans({character: f"\\{character}" for character in "\\!|:;,-"})
"""What a member has after a backslash where it stands in a cut."""

CUTS = re.compile(r"(?:\\.|[^\\|])+", re.DOTALL)
MEMBERS = re.compile(r"(?:\\.|[^\\;,-])+", re.DOTALL)
OF_SEGMENTS = re.compile(rf"(!?{SEGMENT}(?:@\w+)?:)(.*)", re.DOTALL)


async def rename_segment(session: AsyncSession, was: str, name: str) -> None:
    """Targets of cells of the segment that was called so are of the same cells under its new name.

    Withdrawn ones stay as they were. One statement, and one more for each target that names it.
    """
    told = was.translate(RESERVED)
    naming = select(Target.id, Target.cut).where(
        Target.withdrawn_at.is_(None), Target.cut.contains(told, autoescape=True)
    )
    for key, cut in (await session.execute(naming.order_by(Target.id).with_for_update())).all():
        renamed = renamed_in(cut, was, name)
        if renamed != cut:
            await session.execute(update(Target).where(Target.id == key).values(cut=renamed))


def renamed_in(cut: str, was: str, name: str) -> str:
    """The cut with another name for the segment; members of other dimensions that are called alike stay."""
    old, new = was.translate(RESERVED), name.translate(RESERVED)

    def member(found: re.Match[str]) -> str:
        return new if found[0] == old else found[0]

    def each(found: re.Match[str]) -> str:
        of_segments = OF_SEGMENTS.fullmatch(found[0])
        return found[0] if of_segments is None else of_segments[1] + MEMBERS.sub(member, of_segments[2])

    return CUTS.sub(each, cut)
