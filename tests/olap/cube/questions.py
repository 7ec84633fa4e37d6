"""Random questions to the cube: as the texts of a request, and as what an oracle needs to answer them itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from hypothesis import strategies as st

from olap.plan import NONE, RowFilter
from olap.request import Paging
from olap.vocabulary import path_text
from tests.olap.cube.asking import SALES

Path = tuple[Any, ...]


@dataclass(frozen=True)
class Cut:
    """`paths` is one for a point, several for a set, two for a range (an open end is empty)."""

    kind: str
    dimension: str
    hierarchy: str
    paths: tuple[Path, ...]
    invert: bool

    @property
    def text(self) -> str:
        joined = ("-" if self.kind == "range" else ";").join(path_text(list(path)) for path in self.paths)
        return f"{'!' if self.invert else ''}{self.dimension}@{self.hierarchy}:{joined}"


@dataclass(frozen=True)
class Question:
    cuts: tuple[Cut, ...]
    drilldown: tuple[tuple[str, str, str], ...]
    aggregates: tuple[str, ...]
    split: tuple[Cut, ...]
    order: tuple[tuple[str, str], ...]
    paging: Paging
    nulls: bool
    row_filter: RowFilter = NONE
    parameters: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def texts(self) -> dict[str, Any]:
        return {
            "cut": [cut.text for cut in self.cuts],
            "drilldown": [
                f"{dimension}@{hierarchy}:{level}" for dimension, hierarchy, level in self.drilldown
            ],
            "aggregates": ["|".join(self.aggregates)],
            "split": ["|".join(cut.text for cut in self.split)],
            "order": [",".join(f"{ref}:{direction}" for ref, direction in self.order)],
            "nulls": self.nulls,
        }


HIERARCHIES = [(d.name, h.name, h.level_names) for d in SALES.cube().dimensions for h in d.hierarchies]
ROW_FILTERS = [
    NONE,
    NONE,
    NONE,
    RowFilter(owner_id=7),
    RowFilter(frozenset({1})),
    RowFilter(frozenset({1, 2}), 8),
]


@cache
def columns_of(dimension: str, hierarchy: str) -> list[str]:
    """The key columns of a hierarchy, as `table.column`."""
    levels = SALES.cube().dimension(dimension).hierarchy(hierarchy).levels
    return [f"{column.table}.{column.name}" for column in (SALES.columns[level.key.ref] for level in levels)]


Known = dict[tuple[str, str], list[Path]]
"""The paths that occur, by dimension and hierarchy."""

Shape = st.SearchStrategy[tuple[str, tuple[Path, ...]]]

HIERARCHY = st.sampled_from(HIERARCHIES)
LEVEL = {names: st.sampled_from(names) for names in {tuple(names) for _, _, names in HIERARCHIES}}
DRILLDOWN = {
    least: st.lists(HIERARCHY, min_size=least, max_size=3, unique_by=lambda item: item[:2])
    for least in range(3)
}
LEAST = st.sampled_from([0, 1, 1, 2])
AGGREGATES = st.lists(st.sampled_from(list(SALES.formulas)), min_size=1, max_size=4, unique=True)
FILTER = st.sampled_from(ROW_FILTERS)
DIRECTION = st.sampled_from(["asc", "desc"])
PAGING = st.builds(Paging, st.integers(0, 2), st.sampled_from([1, 3, 10, 10_000]))
# Most cells are in one currency, or most questions would be refused.
POUNDS = [Cut("point", "currency", "default", (("GBP",),), invert=False)]
CURRENCY = st.sampled_from([POUNDS, POUNDS, POUNDS, []])


def cuts(known: Known) -> st.SearchStrategy[Cut]:
    """A cut whose members occur, for the most part."""
    return _cut({hierarchy: _shape(paths) for hierarchy, paths in known.items()})


@st.composite
def _cut(draw: st.DrawFn, shapes: Mapping[tuple[str, str], Shape]) -> Cut:
    dimension, hierarchy, _ = draw(HIERARCHY)
    kind, paths = draw(shapes[dimension, hierarchy])
    return Cut(kind, dimension, hierarchy, paths, draw(st.booleans()))


def _shape(known: list[Path]) -> Shape:
    """The kind of a cut of one hierarchy, and its paths."""
    path = st.builds(
        lambda given, depth: given[: 1 + depth % len(given)], st.sampled_from(known), st.integers(0, 3)
    )
    end = path.filter(lambda given: None not in given) | st.just(())
    return st.one_of(
        st.tuples(st.just("point"), st.tuples(path)),
        st.tuples(st.just("set"), st.lists(path, min_size=2, max_size=5).map(tuple)),
        st.tuples(st.just("range"), st.tuples(end, end).filter(any).map(_forwards)),
    )


def _forwards(ends: tuple[Path, ...]) -> tuple[Path, ...]:
    """A range that ends before it begins is refused."""
    start, end = ends
    shared = min(len(start), len(end))
    return (end, start) if end[:shared] < start[:shared] else ends


def questions(known: Known) -> st.SearchStrategy[Question]:
    """A request that the cube has to answer, or to refuse for its currencies."""
    # Made once: each draw of them would make and check them anew, which took longer than drawing.
    cut = cuts(known)
    return _question(st.lists(cut, max_size=1), st.lists(cut, max_size=2))


@st.composite
def _question(
    draw: st.DrawFn, splits: st.SearchStrategy[list[Cut]], more: st.SearchStrategy[list[Cut]]
) -> Question:
    drilldown = draw(DRILLDOWN[draw(LEAST)])
    levels = tuple((name, along, draw(LEVEL[tuple(names)])) for name, along, names in drilldown)
    aggregates = draw(AGGREGATES)
    split = draw(splits)
    asked = st.tuples(st.sampled_from(tuple(aggregates)), DIRECTION)
    return Question(
        cuts=tuple(draw(CURRENCY) + draw(more)),
        drilldown=levels,
        aggregates=tuple(aggregates),
        split=tuple(split),
        order=tuple(draw(st.lists(asked, max_size=2, unique_by=lambda item: item[0])))
        if levels or split
        else (),
        # Always a page: the product's level is of high cardinality.
        paging=draw(PAGING),
        nulls=draw(st.booleans()),
        row_filter=draw(FILTER),
    )
