"""Root fields of cubes. The caller's row filter stands below every question, as it does under /slicer."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pyarrow as pa
import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.fields.resolver import StrawberryResolver

from api.at_least import holding
from api.context import Context
from api.errors import ApiError, Code
from api.graphql.cube.inputs import (
    Asked,
    CubeAggregateInput,
    CubeFactsInput,
    CubeMembersQueryInput,
    texts,
)
from api.graphql.cube.types import (
    MOST_AGGREGATES,
    MOST_COLUMNS,
    CubeAdditivity,
    CubeAggregate,
    CubeAggregation,
    CubeColumn,
    CubeDimension,
    CubeExplanation,
    CubeHierarchy,
    CubeLevel,
    CubeRefusal,
    CubeSummary,
    CubeTable,
    SizedField,
    columns,
    few,
    fitting,
    shown,
)
from api.graphql.scalars import CubeValue
from api.slicer.access import row_filter_of
from domain.messages import say
from olap import ask
from olap.beside.columns import label_of
from olap.errors import RequestError
from olap.explain import explain_aggregate
from olap.plan import RowFilter
from olap.request import Paging, aggregate_request, facts_request, members_request
from olap.serving.estimate import check_size
from olap.serving.interruptible import StoppableCube
from olap.vocabulary import SPLIT, CubeModel, model_of, models

LARGEST_PAGE = 1_000
QUESTION = 100
"""Points of one question to the cube, however many rows it answers with: they are values, not objects."""

T = TypeVar("T")
Info = strawberry.Info[Context, None]


@dataclass(frozen=True)
class _Asking:
    """Who asks, in which language, and when."""

    context: Context
    model: CubeModel

    @property
    def language(self) -> str:
        return self.context.call.language

    @property
    def row_filter(self) -> RowFilter:
        return row_filter_of(self.context.actor)

    @property
    def now(self) -> datetime:
        return datetime.now(ZoneInfo(self.context.backend.cube.time_zone))

    @property
    def labels(self) -> Mapping[str, str]:
        cube = self.model.cube(self.language)
        return {SPLIT: SPLIT} | {each.ref: each.label or each.name for each in cube.all_attributes}

    async def run(self, asked: Asked, work: Callable[[ask.Engine, StoppableCube], T]) -> T:
        """What the work gives with the engine of a cube that holds what it must. Raises ApiError for what does not
        exist."""
        backend = self.context.backend
        store = await holding(asked.at_least or self.context.call.at_least, backend.cube, backend.postgres)
        try:
            return await backend.asking.ask(
                lambda engine: work(engine, store), store.engine, self.context.call.gone
            )
        except RequestError as error:
            raise ApiError(Code.VALIDATION, str(error)) from None


def _question(resolver: Any, returns: Any, description: str) -> Any:
    field = SizedField(
        python_name=resolver.__name__,
        base_resolver=StrawberryResolver(resolver),
        type_annotation=StrawberryAnnotation(returns),
        description=description,
    )
    field.cost = QUESTION
    return field


def _paging(asked: Asked) -> Paging:
    if not 1 <= asked.page_size <= LARGEST_PAGE:
        raise ApiError(
            Code.VALIDATION,
            say("pageSize must be 1 to {most}, not {given}", most=LARGEST_PAGE, given=asked.page_size),
        )
    return Paging(number=asked.page, size=asked.page_size)


def _table(asking: _Asking, table: pa.Table, *, cut_short: bool) -> CubeTable:
    fitting(table.column_names, MOST_COLUMNS)
    values = [[shown(value) for value in column.to_pylist()] for column in table.columns]
    rows: list[list[CubeValue | None]] = [list(row) for row in zip(*values, strict=True)]
    labels = {name: label_of(name, asking.labels, asking.language) for name in table.column_names}
    return CubeTable(columns=columns(table.column_names, labels), rows=rows, cut_short=cut_short)


@strawberry.type(description="Facts to be asked by dimensions and aggregates; the same as under /slicer.")
class Cube:
    model: strawberry.Private[CubeModel]
    name: str
    label: str
    description: str | None
    dimensions: list[CubeDimension] = few(60)
    aggregates: list[CubeAggregate] = few(30)
    details: list[CubeColumn] = few(20, description="What a fact holds besides dimensions and measures.")
    measures: list[CubeColumn] = few(20)

    async def _aggregate(self, info: Info, input: CubeAggregateInput) -> CubeAggregation:
        asking = _Asking(info.context, self.model)

        def work(engine: ask.Engine, store: StoppableCube) -> CubeAggregation:
            wanted = aggregate_request(
                self.model, texts(input), paging=_paging(input), now=asking.now, language=asking.language
            )
            # Asked before the facts are read: an answer may be fresher than it says, never staler.
            fresh = store.freshness()
            check_size(engine, self.model, wanted, asking.row_filter)
            found = ask.aggregate(engine, self.model, wanted, asking.row_filter)
            grouped = found.total is not None
            return CubeAggregation(
                summary=[
                    CubeSummary(aggregate=name, value=shown(found.summary[name]))
                    for name in fitting(found.aggregates, MOST_AGGREGATES)
                ],
                cells=_table(
                    asking, found.cells if grouped else found.cells.slice(0, 0), cut_short=found.cut_short
                ),
                total_cell_count=found.total or 0,
                watermark=str(fresh.watermark),
                lag_ms=fresh.lag_ms,
                rollup=found.rollup,
            )

        return await asking.run(input, work)

    async def _explain(self, info: Info, input: CubeAggregateInput) -> CubeExplanation:
        asking = _Asking(info.context, self.model)

        def work(engine: ask.Engine, _: StoppableCube) -> CubeExplanation:
            wanted = aggregate_request(
                self.model, texts(input), paging=_paging(input), now=asking.now, language=asking.language
            )
            told = explain_aggregate(engine, self.model, wanted, asking.row_filter)
            return CubeExplanation(
                plan=json.dumps(told.plan, ensure_ascii=False),
                sql=told.sql,
                values=[None if value is None else str(value) for value in told.values],
                rollup=told.rollup,
                refused=[CubeRefusal(rollup=each.rollup, reason=each.reason) for each in told.refused],
            )

        return await asking.run(input, work)

    async def _members(self, info: Info, input: CubeMembersQueryInput) -> CubeTable:
        asking = _Asking(info.context, self.model)

        def work(engine: ask.Engine, _: StoppableCube) -> CubeTable:
            wanted = members_request(
                self.model,
                texts(input),
                dimension=input.dimension,
                hierarchy=input.hierarchy or None,
                level=input.level or None,
                paging=_paging(input),
                now=asking.now,
                language=asking.language,
            )
            found = ask.members(engine, self.model, wanted, asking.row_filter)
            return _table(asking, found.table, cut_short=found.cut_short)

        return await asking.run(input, work)

    async def _facts(self, info: Info, input: CubeFactsInput) -> CubeTable:
        asking = _Asking(info.context, self.model)

        def work(engine: ask.Engine, _: StoppableCube) -> CubeTable:
            wanted = facts_request(
                self.model, texts(input), paging=_paging(input), now=asking.now, language=asking.language
            )
            found = ask.facts(engine, self.model, wanted, asking.row_filter)
            return _table(asking, found.table, cut_short=found.cut_short)

        return await asking.run(input, work)

    aggregate: CubeAggregation = _question(
        _aggregate, CubeAggregation, "The aggregates of a cell and of its parts."
    )
    explain: CubeExplanation = _question(
        _explain, CubeExplanation, "How an aggregation would be answered, and from which rollup."
    )
    members: CubeTable = _question(_members, CubeTable, "The members of a dimension that occur in a cell.")
    facts: CubeTable = _question(
        _facts, CubeTable, "The facts of a cell, by their key unless ordered otherwise."
    )


def _cube(model: CubeModel, language: str) -> Cube:
    document = model.document(language)
    return Cube(
        model=model,
        name=document["name"],
        label=document["label"],
        description=document.get("description"),
        dimensions=[_dimension(each) for each in document["dimensions"]],
        aggregates=[
            CubeAggregate(
                name=each["name"],
                label=each["label"],
                description=each.get("description"),
                unit=each.get("info", {}).get("unit"),
                format=each.get("format"),
                additive=CubeAdditivity.of(each),
            )
            for each in document["aggregates"]
        ],
        details=[CubeColumn(ref=each["ref"], label=each["label"]) for each in document["details"]],
        measures=[CubeColumn(ref=each["ref"], label=each["label"]) for each in document["measures"]],
    )


def _dimension(document: Mapping[str, Any]) -> CubeDimension:
    levels = {
        each["name"]: CubeLevel(
            name=each["name"],
            label=each["label"],
            key=next(
                item["ref"] for item in each["attributes"] if each["key"] in (item["name"], item["ref"])
            ),
            attributes=[item["ref"] for item in each["attributes"]],
        )
        for each in document["levels"]
    }
    return CubeDimension(
        name=document["name"],
        label=document["label"],
        description=document.get("description"),
        default_hierarchy=document["default_hierarchy_name"],
        hierarchies=[
            CubeHierarchy(
                name=each["name"],
                label=each.get("label") or each["name"],
                levels=[levels[name] for name in each["levels"]],
            )
            for each in document["hierarchies"]
        ],
    )


def _find_cube(info: Info, name: str) -> Cube:
    row_filter_of(info.context.actor)
    try:
        return _cube(model_of(name), info.context.call.language)
    except RequestError as error:
        raise ApiError(Code.VALIDATION, str(error)) from None


def _find_cubes(info: Info) -> list[Cube]:
    row_filter_of(info.context.actor)
    return [_cube(model, info.context.call.language) for model in models().values()]


def _listed() -> Any:
    field: Any = SizedField(
        python_name="cubes",
        base_resolver=StrawberryResolver(_find_cubes),
        type_annotation=StrawberryAnnotation(list[Cube]),
        description="Every cube that the caller may ask.",
    )
    field.assumed = 12
    return field


@strawberry.type
class CubeQuery:
    cube: Cube = strawberry.field(resolver=_find_cube, description="A cube by its name.")
    cubes: list[Cube] = _listed()
