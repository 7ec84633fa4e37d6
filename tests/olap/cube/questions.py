"""Random questions to the cube: as the texts of a request, and as what an oracle needs to answer them itself."""

from dataclasses import dataclass, field
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


def columns_of(dimension: str, hierarchy: str, depth: int | None = None) -> list[str]:
    """The key columns of a hierarchy, as `table.column`."""
    levels = SALES.cube().dimension(dimension).hierarchy(hierarchy).levels[:depth]
    return [f"{column.table}.{column.name}" for column in (SALES.columns[level.key.ref] for level in levels)]


@st.composite
def cuts(draw: st.DrawFn, known: dict[tuple[str, str], list[Path]]) -> Cut:
    """A cut whose members occur, for the most part."""
    dimension, hierarchy, _ = draw(st.sampled_from(HIERARCHIES))
    whole = st.sampled_from(known[dimension, hierarchy])
    path = st.builds(lambda given, depth: given[: 1 + depth % len(given)], whole, st.integers(0, 3))
    kind = draw(st.sampled_from(["point", "set", "range"]))
    if kind == "point":
        paths: tuple[Path, ...] = (draw(path),)
    elif kind == "set":
        paths = tuple(draw(st.lists(path, min_size=2, max_size=5)))
    else:
        end = path.filter(lambda given: None not in given) | st.just(())
        paths = _forwards(draw(st.tuples(end, end).filter(any)))
    return Cut(kind, dimension, hierarchy, paths, draw(st.booleans()))


def _forwards(ends: tuple[Path, ...]) -> tuple[Path, ...]:
    """A range that ends before it begins is refused."""
    start, end = ends
    shared = min(len(start), len(end))
    return (end, start) if end[:shared] < start[:shared] else ends


@st.composite
def questions(draw: st.DrawFn, known: dict[tuple[str, str], list[Path]]) -> Question:
    """A request that the cube has to answer, or to refuse for its currencies."""
    drilldown = draw(
        st.lists(
            st.sampled_from(HIERARCHIES),
            min_size=draw(st.sampled_from([0, 1, 1, 2])),
            max_size=3,
            unique_by=lambda item: item[:2],
        )
    )
    levels = tuple((name, along, draw(st.sampled_from(names))) for name, along, names in drilldown)
    aggregates = draw(st.lists(st.sampled_from(list(SALES.formulas)), min_size=1, max_size=4, unique=True))
    split = draw(st.lists(cuts(known), max_size=1))
    asked = st.tuples(st.sampled_from(aggregates), st.sampled_from(["asc", "desc"]))
    # Most cells are in one currency, or most questions would be refused.
    pounds = [Cut("point", "currency", "default", (("GBP",),), invert=False)]
    return Question(
        cuts=tuple(
            draw(st.sampled_from([pounds, pounds, pounds, []])) + draw(st.lists(cuts(known), max_size=2))
        ),
        drilldown=levels,
        aggregates=tuple(aggregates),
        split=tuple(split),
        order=tuple(draw(st.lists(asked, max_size=2, unique_by=lambda item: item[0])))
        if levels or split
        else (),
        # Always a page: the product's level is of high cardinality.
        paging=Paging(draw(st.integers(0, 2)), draw(st.sampled_from([1, 3, 10, 10_000]))),
        nulls=draw(st.booleans()),
        row_filter=draw(st.sampled_from(ROW_FILTERS)),
    )
