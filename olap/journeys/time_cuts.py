"""Cuts that say when, apart from those that say who and what."""

from typing import Any

from olap.journeys.units import DAY
from olap.vocabulary import Cell, CubeModel


def is_time(model: CubeModel, dimension: Any) -> bool:
    """Whether the dimension tells when: the date and the fiscal year, not the kind of a day."""
    tables = {model.cut_column(attribute.ref).table for attribute in dimension.attributes}
    return tables == {DAY.table} and len(dimension.levels) > 1


def split_times(model: CubeModel, cell: Any) -> tuple[list[Any], Any]:
    """The cuts that say when, and the cell of the others."""
    times = [cut for cut in cell.cuts if is_time(model, cut.dimension)]
    return times, Cell(cell.cube, [cut for cut in cell.cuts if cut not in times])
