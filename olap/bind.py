"""From a request to a plan: the model's names become columns, and the caller's restriction goes below the cell."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from olap.beside.binding import Cells, beside_of
from olap.beside.columns import columns_of as names_of
from olap.conditions import AllOf, AnyOf, Compare, Condition, Joined, OneOf, Values, columns_in
from olap.errors import RequestError
from olap.journeys.binding import bind_journey
from olap.journeys.lent import Lent
from olap.journeys.parameters import RfmAsked
from olap.ordering import Ordering, level_order, natural_order, order_of
from olap.physical import (
    Column,
    Conversion,
    Formula,
    Join,
    Version,
    amounts_of,
    column_at,
    columns_of,
    converted_by,
    is_of_money,
)
from olap.plan import Aggregation, Attribute, Facts, Members, Page, Plan, RowFilter, Star
from olap.request import AggregateRequest, FactsRequest, MembersRequest, Paging, TraitsAt
from olap.slices import cell_condition, paths_condition
from olap.snapshots import Times, told_times
from olap.star import is_dated, metadata
from olap.targets.ordered import without_waiting
from olap.vocabulary import Cell, CubeModel, TooMuch, levels_of_many
from olap.vocabulary.formulas import DAY

FACT_KEY = "__fact_key__"


def bind_aggregate(request: AggregateRequest, model: CubeModel, row_filter: RowFilter) -> Plan:
    """Raises RequestError for an aggregate or order that does not exist, TooMuch for a drilldown without bounds."""
    _check_cardinality(request)
    request = without_waiting(request)
    values = Values()
    version = _version(_traits(request), values)
    where = _where(request.cell, model, row_filter, values, nulls=request.nulls)
    split = (
        None if request.split is None else cell_condition(model, request.split, values, nulls=request.nulls)
    )
    attributes = drilled(model, request.drilldown)
    aggregates = _aggregates(request.aggregates, model)
    columns = {item.column for item in attributes} | {
        column for _, item in aggregates for column in columns_of(item)
    }
    if split is not None:
        columns |= columns_in(split)
    of_money = any(is_of_money(formula) for _, formula in aggregates)
    currency = model.currency.join.fact if model.currency is not None and of_money else None
    rate = _conversion(request, model, currency, values)
    if rate is not None:
        aggregates = tuple((name, converted_by(formula, rate)) for name, formula in aggregates)
    if request.journey is not None:
        stars = partial(_journey_star, row_filter, values, version, nulls=request.nulls)
        orders = partial(order_of, request.order)
        natural, page = _natural(request), _page(request.paging, values)
        shown = aggregates if request.aggregates else ()
        money = currency if shown else None
        lent = Lent(stars, orders, attributes, shown, money, rate, natural, page, values)
        return Plan(bind_journey(request, request.journey, model, lent), tuple(values.collected))

    def star(cell: Any, where: AllOf | None = None) -> Star:
        if where is None:
            where = _where(cell, model, row_filter, values, nulls=request.nulls)
        found = replace(_star(model, where, columns, version), conversion=rate)
        times = told_times(model.joins.values(), (formula for _, formula in aggregates))
        if times is None:
            return found
        days = _where(_times(cell, model, times), model, row_filter, values, nulls=request.nulls)
        timed = {column for column in columns if column in times}
        by_split = set() if split is None else columns_in(split)
        needed = timed | (by_split if timed & by_split else set())
        return replace(found, days=_star(model, days, needed, version))

    def cuts(cell: Any) -> AllOf:
        return cell_condition(model, cell, values, nulls=request.nulls)

    beside = beside_of(request, model, aggregates, Cells(star, cuts), values)
    names = [name for ref, _ in aggregates for name in names_of(ref, beside)]
    shape = Aggregation(
        star=star(request.cell, where),
        attributes=attributes,
        split=split,
        aggregates=aggregates,
        currency=currency,
        order=order_of(_wanted(request, aggregates), _natural(request), names),
        page=_page(request.paging, values),
        beside=beside,
    )
    return Plan(shape, tuple(values.collected))


def bind_members(request: MembersRequest, model: CubeModel, row_filter: RowFilter) -> Plan:
    """Raises RequestError for an order that does not exist."""
    values = Values()
    version = _version(request.traits, values)
    where = _where(request.cell, model, row_filter, values, nulls=request.nulls)
    levels = request.hierarchy.levels[: request.depth]
    attributes = level_attributes(model, levels)
    join = _join_to(model, attributes[0].column.table)
    shape = Members(
        star=_star(model, where, _read(join, attributes, version), version),
        join=_versioned(join, version),
        attributes=attributes,
        where=None,
        order=order_of(request.order, level_order(levels), []),
        page=_page(request.paging, values),
    )
    return Plan(shape, tuple(values.collected))


def bind_paths(
    model: CubeModel,
    levels: Sequence[Any],
    paths: Sequence[Sequence[Any]],
    row_filter: RowFilter,
    traits: TraitsAt | None = None,
) -> Plan:
    """The members at the ends of paths, all as deep as `levels`, as far as the caller's facts have them."""
    values = Values()
    version = _version(traits, values)
    where = AllOf(tuple(_visible(model, row_filter, values)))
    attributes = level_attributes(model, levels)
    join = _join_to(model, attributes[0].column.table)
    keys = [model.columns[level.key.ref] for level in levels]
    shape = Members(
        star=_star(model, where, _read(join, attributes, version), version),
        join=_versioned(join, version),
        attributes=attributes,
        where=paths_condition(keys, paths, values),
        order=order_of((), level_order(levels), []),
        page=Page(),
    )
    return Plan(shape, tuple(values.collected))


def bind_facts(request: FactsRequest, model: CubeModel, row_filter: RowFilter) -> Plan:
    """Raises RequestError for a field or order that does not exist."""
    values = Values()
    version = _version(request.traits, values)
    where = _where(request.cell, model, row_filter, values, nulls=request.nulls)
    if request.key is not None:
        where = AllOf((*where.parts, Compare(model.key, "=", values.slot(request.key))))
    attributes = (Attribute(FACT_KEY, model.key), *fields(model, request.fields))
    shape = Facts(
        star=_star(model, where, {item.column for item in attributes}, version),
        attributes=attributes,
        order=order_of(request.order, [(FACT_KEY, False)], [item.ref for item in attributes]),
        page=_page(request.paging, values),
    )
    return Plan(shape, tuple(values.collected))


def level_attributes(model: CubeModel, levels: Iterable[Any]) -> tuple[Attribute, ...]:
    """All attributes of the levels, in their order."""
    references = [attribute.ref for level in levels for attribute in level.attributes]
    return tuple(Attribute(ref, model.columns[ref]) for ref in dict.fromkeys(references))


def drilled(model: CubeModel, drilldown: Any) -> tuple[Attribute, ...]:
    """The attributes of a drilldown's levels; levels that two hierarchies share come once."""
    return level_attributes(model, (level for item in drilldown for level in item.levels))


def fields(model: CubeModel, names: Sequence[str]) -> tuple[Attribute, ...]:
    """The fields of facts: those named, else all attributes, details and measures. Raises RequestError."""
    for name in names:
        if name not in model.columns:
            raise RequestError(f"unknown field {name[:80]!r}; known: {', '.join(model.columns)}")
    return tuple(Attribute(name, model.columns[name]) for name in names or model.columns)


def _aggregates(names: Sequence[str], model: CubeModel) -> tuple[tuple[str, Formula], ...]:
    for name in names:
        if name not in model.formulas:
            raise RequestError(f"unknown aggregate {name[:80]!r}; known: {', '.join(model.formulas)}")
    return tuple((name, model.formulas[name]) for name in names or model.formulas)


def _conversion(
    request: AggregateRequest, model: CubeModel, currency: Column | None, values: Values
) -> Conversion | None:
    if request.convert is None or currency is None:
        return None
    # Journeys read amounts that are not among the aggregates: deciles rank by any.
    asked = request.aggregates if request.journey is None else ()
    formulas = (model.formulas[name] for name in asked or model.formulas)
    amounts = dict.fromkeys(column for formula in formulas for column in amounts_of(formula))
    day = column_at(f"{model.fact}.{DAY}")
    return Conversion(currency, day, values.slot(request.convert), tuple(amounts))


def _where(cell: Any, model: CubeModel, row_filter: RowFilter, values: Values, *, nulls: bool) -> AllOf:
    """The caller's restriction and the cell's cuts."""
    visible = _visible(model, row_filter, values)
    return AllOf((*visible, *cell_condition(model, cell, values, nulls=nulls).parts))


def _times(cell: Any, model: CubeModel, times: Times) -> Any:
    """The cell as far as it says a time."""

    def timed(cut: Any) -> bool:
        return all(model.cut_column(each.ref) in times for each in cut.dimension.attributes)

    return Cell(cell.cube, [cut for cut in cell.cuts if timed(cut)])


def _journey_star(
    row_filter: RowFilter,
    values: Values,
    version: Version | None,
    model: CubeModel,
    cell: Any,
    columns: Iterable[Column],
    *,
    nulls: bool,
) -> Star:
    """The facts of a cell of any cube, as far as the caller may see them."""
    return _star(model, _where(cell, model, row_filter, values, nulls=nulls), columns, version)


def _visible(model: CubeModel, row_filter: RowFilter, values: Values) -> Iterable[Condition]:
    """What names the caller's branches or the caller, and what belongs to customers who do."""
    if row_filter.branch_keys is not None:
        keys = tuple(sorted(row_filter.branch_keys))
        slot = values.slot(keys)
        own = [] if model.sight.branch is None else [OneOf(model.sight.branch, slot)]
        home = _of_customers(model, OneOf(column_at("customer.home_branch_id"), slot))
        # No branch at all: an empty AnyOf, which nothing fulfils.
        yield AnyOf((*own, *home) if keys else ())
    if row_filter.owner_id is not None:
        slot = values.slot(row_filter.owner_id)
        done = [] if model.sight.owner is None else [Compare(model.sight.owner, "=", slot)]
        yield AnyOf((*done, *_of_customers(model, Compare(column_at("customer.owner_id"), "=", slot))))


def _of_customers(model: CubeModel, condition: Condition) -> list[Condition]:
    return [Joined(model.joins["customer"], condition)] if "customer" in model.joins else []


def _star(
    model: CubeModel, where: Condition, columns: Iterable[Column], version: Version | None = None
) -> Star:
    tables = {column.table for column in {*columns, *columns_in(where)}} - {model.fact}
    joins = (_versioned(model.joins[table], version) for table in sorted(tables))
    return Star(fact=model.fact, joins=tuple(joins), where=where)


def _join_to(model: CubeModel, table: str) -> Join:
    """The way to a dimension's table; attributes of the facts themselves are where the facts are."""
    return Join(model.key, model.key) if table == model.fact else model.joins[table]


def _read(join: Join, attributes: Iterable[Attribute], version: Version | None) -> set[Column]:
    """What members are found by: the facts' key, or, where that says too little, the row beside each fact."""
    return {join.fact} if version is None and join.day is None else {each.column for each in attributes}


def _versioned(join: Join, version: Version | None) -> Join:
    """The way to the row that is asked for, where the dimension has several of a member."""
    dated = join.day is not None or is_dated(metadata.tables[join.key.table])
    return replace(join, version=version) if version is not None and dated else join


def _traits(request: AggregateRequest) -> TraitsAt | None:
    """A matrix of a day is of customers as they were then, unless another time is asked for."""
    asked = request.journey
    if request.traits is None and isinstance(asked, RfmAsked) and asked.ends is not None:
        return TraitsAt(asked.ends)
    return request.traits


def _version(traits: TraitsAt | None, values: Values) -> Version | None:
    if traits is not None:
        values.version = Version(None if traits.moment is None else values.slot(traits.moment))
    return values.version


def _check_cardinality(request: AggregateRequest) -> None:
    """Raises TooMuch for a level of too many members, unless the answer is bounded: by a page, or by `top`, of which
    the dimension drilled down last has no more members than are asked for."""
    if request.paging.asked:
        return
    drilled = list(request.drilldown)
    for item in drilled if request.asked.top is None else drilled[:-1]:
        levels = levels_of_many(item, request.cell)
        if levels:
            raise TooMuch(
                f"drilling to {', '.join(levels)} gives too many cells: "
                "ask for a page with page and pagesize, or cut the level by members"
            )


def _wanted(request: AggregateRequest, aggregates: Sequence[tuple[str, Formula]]) -> Sequence[Ordering]:
    """The order that was asked; the first members of one dimension come by their rank."""
    ranked = request.asked.top is not None and len(list(request.drilldown)) == 1
    return ((aggregates[0][0], True),) if ranked and not request.order else request.order


def _natural(request: AggregateRequest) -> list[Ordering]:
    return natural_order(request.drilldown, split=request.split is not None)


def _page(paging: Paging, values: Values) -> Page:
    limit = None if paging.limit is None else values.slot(paging.limit)
    return Page(limit=limit, offset=values.slot(paging.offset) if paging.offset else None)
