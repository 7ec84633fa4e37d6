"""Of which cell a row of an answer and a target are: the members of its dimensions, time aside."""

from typing import Any

from olap.vocabulary import Cell, PointCut, cell_text

CellKey = frozenset[tuple[str, Any]]
"""A reference and its member for each level that is pinned; for any other cut its text."""


def is_time(cut: Any) -> bool:
    """Whether the cut says days."""
    return bool(cut.dimension.role == "time" and not cut.invert)


def key_of(cell: Any) -> CellKey:
    """What the cell's cuts pin, those of the time left out."""
    return frozenset(pair for cut in cell.cuts if not is_time(cut) for pair in _pairs(cell, cut))


def _pairs(cell: Any, cut: Any) -> list[tuple[str, Any]]:
    if isinstance(cut, PointCut) and not cut.invert:
        return [
            (level.key.ref, member) for level, member in zip(cut.hierarchy.levels, cut.path, strict=False)
        ]
    return [("", cell_text(Cell(cell.cube, [cut])))]
