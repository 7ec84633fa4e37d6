"""What is known of the members that a cell's cuts name: their attributes, level by level."""

from collections.abc import Callable, Sequence
from typing import Any

from olap.ask import Engine, fetch
from olap.bind import bind_paths
from olap.called import called_cell
from olap.plan import RowFilter
from olap.request import TraitsAt
from olap.result import Record, records
from olap.vocabulary import SEGMENT, CubeModel, PointCut, SetCut

Path = Sequence[Any]
PathDetails = list[Record] | None


def cell_details(
    engine: Engine, model: CubeModel, cell: Any, row_filter: RowFilter, *, traits: TraitsAt | None = None
) -> list[Any]:
    """The details of each cut: of a point a record per level, of a set a list of those, of a range `from` and `to`.

    None stands for a path that no visible fact has, with the traits of that time. One statement for each depth of
    path in a cut. Raises RequestError for a segment that there is not.
    """

    def known(cut: Any, paths: Sequence[Path]) -> list[PathDetails]:
        return _known(engine, model, cut, paths, row_filter, traits)

    return [_cut_details(cut, known) for cut in called_cell(engine, cell).cuts]


def _cut_details(cut: Any, known: Callable[[Any, Sequence[Path]], list[PathDetails]]) -> Any:
    if isinstance(cut, PointCut):
        return known(cut, [cut.path])[0]
    if isinstance(cut, SetCut):
        return known(cut, cut.paths)
    start, end = known(cut, [cut.from_path, cut.to_path])
    return {"from": start, "to": end}


def _known(
    engine: Engine,
    model: CubeModel,
    cut: Any,
    paths: Sequence[Path],
    row_filter: RowFilter,
    traits: TraitsAt | None,
) -> list[PathDetails]:
    """The details of each path; of an empty one (the open end of a range) there are none."""
    if str(cut.dimension) == SEGMENT and model.belonging is not None:
        # Nobody's facts lie in a segment of themselves: its name is all there is to say.
        return [[{SEGMENT: each, "_key": each, "_label": each} for each in path] for path in paths]
    found: dict[tuple[Any, ...], list[Record]] = {(): []}
    for depth in sorted({len(path) for path in paths} - {0}):
        levels = cut.hierarchy.levels[:depth]
        ends = [path for path in paths if len(path) == depth]
        plan = bind_paths(model, levels, ends, row_filter, traits)
        for row in records(fetch(engine, plan)):
            found.setdefault(
                tuple(row[level.key.ref] for level in levels), [_detail(level, row) for level in levels]
            )
    return [found.get(tuple(path)) for path in paths]


def _detail(level: Any, row: Record) -> Record:
    attributes = {attribute.ref: row[attribute.ref] for attribute in level.attributes}
    return {**attributes, "_key": row[level.key.ref], "_label": row[level.label_attribute.ref]}
