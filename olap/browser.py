"""The cube as users of Cubes know it: `browser.aggregate(cell, drilldown=["date"])`, members, facts, cell details."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from olap import ask
from olap.beside import parameters
from olap.details import cell_details
from olap.errors import RequestError
from olap.ordering import Ordering
from olap.plan import NONE, RowFilter
from olap.request import (
    ONCE,
    AggregateRequest,
    FactsRequest,
    MembersRequest,
    Paging,
    Texts,
    asked_of,
    fact_request,
    journey_of,
    member_depth,
    traits_of,
)
from olap.vocabulary import (
    AggregationBrowser,
    AggregationResult,
    Cell,
    Facts,
    UnknownObject,
    cell_of,
    checked_cell,
    dimension_of,
    drilldown_of,
    hierarchy_of,
    model_of,
)

FEATURES = {
    "actions": ["aggregate", "members", "facts", "fact", "cell"],
    "aggregate_functions": ["sum", "count", "count_distinct", "last", "first"],
    "post_aggregate_functions": [],
}


class Browser(AggregationBrowser):  # type: ignore[misc]  # the package has no types
    """Asks one cube of an open store. Cells and drilldowns may be objects of Cubes or texts of the Slicer.

    Every method raises RequestError and its kinds for what does not exist. `row_filter` goes below every cell.
    """

    def __init__(
        self,
        cube: str,
        store: ask.OpenCube,
        locale: str = "en",
        *,
        row_filter: RowFilter = NONE,
        now: Callable[[], datetime] | None = None,
        **options: Any,
    ) -> None:
        """`now` gives the time in the business zone, for relative times; without it, it is that of the clock."""
        self.model = model_of(str(cube))
        super().__init__(self.model.cube(locale), store, locale, **options)
        self.locale = locale
        self._row_filter = row_filter
        self._now = now or (lambda: datetime.now(ZoneInfo(store.time_zone)))

    def features(self) -> dict[str, Any]:
        """What the browser can do."""
        return dict(FEATURES)

    def is_builtin_function(self, function_name: str) -> bool:
        """All functions are computed by the engine."""
        return True

    def aggregate(
        self,
        cell: Any = None,
        aggregates: Iterable[Any] | None = None,
        drilldown: Any = None,
        split: Any = None,
        order: Any = None,
        page: int | None = None,
        page_size: int | None = None,
        **options: Any,
    ) -> Any:
        """The `AggregationResult` of a cell; its `cells` are a list of records. One statement.

        Options are the parameters of the cube's own: `asof`, `totals`, `having`, `top`, `compare`, `share`, `window`,
        `fill`, `convert` and `plan`, as texts, `True`, a number or a list of them.
        """
        asked = _options(options)
        now, within = self._now(), self._cell(cell)
        wanted = AggregateRequest(
            cell=within,
            drilldown=drilldown_of(within, drilldown),
            split=None if split is None else self._cell(split),
            aggregates=tuple(str(item) for item in aggregates or ()),
            order=_orderings(order),
            paging=Paging(page, page_size),
            traits=traits_of(asked.asof, now),
            asked=asked_of(asked),
            journey=journey_of(asked, now=now, language=self.locale),
            convert=parameters.currency(asked.convert),
            planned=parameters.yes("plan", asked.plan),
            today=now.date(),
        )
        answer = ask.aggregate(self.store.engine, self.model, wanted, self._row_filter)
        names = [self.cube.aggregate(name) for name in answer.aggregates if name in self.model.formulas]
        result = AggregationResult(within, names, wanted.drilldown, has_split=answer.has_split)
        result.summary = answer.summary
        result.cells = answer.records if answer.total is not None else []
        result.total_cell_count = answer.total
        result.labels = answer.cells.column_names
        if answer.total is not None:
            result.levels = wanted.drilldown.result_levels(include_split=answer.has_split)
        return result

    def members(
        self,
        cell: Any = None,
        dimension: Any = None,
        depth: int | None = None,
        level: Any = None,
        hierarchy: Any = None,
        attributes: Iterable[Any] | None = None,
        page: int | None = None,
        page_size: int | None = None,
        order: Any = None,
        **options: Any,
    ) -> list[dict[str, Any]]:
        """The members of a dimension that occur in the cell, as records of all attributes or the given ones."""
        _refuse(options)
        found = dimension_of(self.cube, str(dimension))
        along = hierarchy_of(found, None if hierarchy is None else str(hierarchy))
        wanted = MembersRequest(
            cell=self._cell(cell),
            dimension=found,
            hierarchy=along,
            depth=member_depth(found, along, level=None if level is None else str(level), depth=depth),
            order=_orderings(order),
            paging=Paging(page, page_size),
        )
        records = ask.members(self.store.engine, self.model, wanted, self._row_filter).records
        kept = None if attributes is None else [str(attribute) for attribute in attributes]
        return records if kept is None else [{name: record[name] for name in kept} for record in records]

    def facts(
        self,
        cell: Any = None,
        fields: Iterable[Any] | None = None,
        order: Any = None,
        page: int | None = None,
        page_size: int | None = None,
        **options: Any,
    ) -> Any:
        """The `Facts` of a cell: iterable records, `__fact_key__` first."""
        _refuse(options)
        wanted = FactsRequest(
            cell=self._cell(cell),
            fields=tuple(str(item) for item in fields or ()),
            order=_orderings(order),
            paging=Paging(page, page_size),
        )
        found = ask.facts(self.store.engine, self.model, wanted, self._row_filter)
        return Facts(found.records, found.table.column_names)

    def fact(self, key: Any) -> dict[str, Any]:
        """One fact by its key. Raises UnknownObject."""
        wanted = fact_request(self.model, str(key), language=self.locale)
        found = ask.facts(self.store.engine, self.model, wanted, self._row_filter)
        if not found.table.num_rows:
            raise UnknownObject("fact", str(key)[:80])
        return found.records[0]

    def cell_details(self, cell: Any = None, dimension: Any = None) -> list[Any]:
        """What is known of the members of each cut, or of the cuts of one dimension."""
        within = self._cell(cell)
        if dimension is not None:
            within = Cell(self.cube, [cut for cut in within.cuts if str(cut.dimension) == str(dimension)])
        return cell_details(self.store.engine, self.model, within, self._row_filter)

    def cut_details(self, cut: Any) -> Any:
        """What is known of the members of a cut."""
        return self.cell_details(Cell(self.cube, [cut]))[0]

    def _cell(self, given: Any) -> Any:
        if given is None:
            return Cell(self.cube)
        if isinstance(given, str):
            return cell_of(self.model, [given], now=self._now(), language=self.locale)
        return checked_cell(self.model, given, now=self._now())


def _orderings(order: Any) -> tuple[Ordering, ...]:
    """From the package's list of names or (name, direction)."""
    pairs = [(item, None) if isinstance(item, str) else (item[0], item[1]) for item in order or ()]
    for _, direction in pairs:
        if direction not in {None, "asc", "desc"}:
            raise RequestError(f"unknown direction {direction!r} to order by; known: asc, desc")
    return tuple((str(name), direction == "desc") for name, direction in pairs)


def _options(options: dict[str, Any]) -> Texts:
    """The options as the texts that they stand for. Raises RequestError for an unknown one."""
    _refuse({name: given for name, given in options.items() if name not in {*ONCE, "having"}})
    having = options.get("having") or ()
    once: dict[str, Any] = {name: _text(options[name]) for name in ONCE if options.get(name) is not None}
    return Texts(having=[having] if isinstance(having, str) else list(having), **once)


def _text(given: Any) -> str:
    return ("yes" if given else "no") if isinstance(given, bool) else str(given)


def _refuse(options: dict[str, Any]) -> None:
    if options:
        raise RequestError(f"unknown options: {', '.join(options)}")
