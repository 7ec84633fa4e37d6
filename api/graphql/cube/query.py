"""Root fields of cubes. The caller's row filter stands below every question, as it does under /slicer."""

import json
from collections.abc import Mapping
from typing import Any

import strawberry

from api.context import Context
from api.errors import ApiError, Code
from api.graphql.cube.asking import Asking, paging, table
from api.graphql.cube.inputs import (
    CubeAggregateInput,
    CubeFactsInput,
    CubeMembersQueryInput,
    texts,
)
from api.graphql.cube.types import (
    MOST_AGGREGATES,
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
    few,
    fitting,
    shown,
)
from api.slicer.access import row_filter_of
from olap import ask
from olap.errors import RequestError
from olap.explain import explain_aggregate
from olap.request import aggregate_request, facts_request, members_request
from olap.serving.estimate import check_size
from olap.serving.interruptible import StoppableCube
from olap.vocabulary import CubeModel, model_of, models

QUESTION = 100
"""Points of one question to the cube, however many rows it answers with: they are values, not objects."""

Info = strawberry.Info[Context, None]


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
        asking = Asking(info.context, self.model)

        def work(engine: ask.Engine, store: StoppableCube) -> CubeAggregation:
            wanted = aggregate_request(
                self.model, texts(input), paging=paging(input), now=asking.now, language=asking.language
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
                cells=table(
                    asking, found.cells if grouped else found.cells.slice(0, 0), cut_short=found.cut_short
                ),
                total_cell_count=found.total or 0,
                watermark=str(fresh.watermark),
                lag_ms=fresh.lag_ms,
                rollup=found.rollup,
            )

        return await asking.run(input, work)

    async def _explain(self, info: Info, input: CubeAggregateInput) -> CubeExplanation:
        asking = Asking(info.context, self.model)

        def work(engine: ask.Engine, _: StoppableCube) -> CubeExplanation:
            wanted = aggregate_request(
                self.model, texts(input), paging=paging(input), now=asking.now, language=asking.language
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
        asking = Asking(info.context, self.model)

        def work(engine: ask.Engine, _: StoppableCube) -> CubeTable:
            wanted = members_request(
                self.model,
                texts(input),
                dimension=input.dimension,
                hierarchy=input.hierarchy or None,
                level=input.level or None,
                paging=paging(input),
                now=asking.now,
                language=asking.language,
            )
            found = ask.members(engine, self.model, wanted, asking.row_filter)
            return table(asking, found.table, cut_short=found.cut_short)

        return await asking.run(input, work)

    async def _facts(self, info: Info, input: CubeFactsInput) -> CubeTable:
        asking = Asking(info.context, self.model)

        def work(engine: ask.Engine, _: StoppableCube) -> CubeTable:
            wanted = facts_request(
                self.model, texts(input), paging=paging(input), now=asking.now, language=asking.language
            )
            found = ask.facts(engine, self.model, wanted, asking.row_filter)
            return table(asking, found.table, cut_short=found.cut_short)

        return await asking.run(input, work)

    aggregate: CubeAggregation = SizedField.by(
        _aggregate, CubeAggregation, "The aggregates of a cell and of its parts.", cost=QUESTION
    )
    explain: CubeExplanation = SizedField.by(
        _explain,
        CubeExplanation,
        "How an aggregation would be answered, and from which rollup.",
        cost=QUESTION,
    )
    members: CubeTable = SizedField.by(
        _members, CubeTable, "The members of a dimension that occur in a cell.", cost=QUESTION
    )
    facts: CubeTable = SizedField.by(
        _facts, CubeTable, "The facts of a cell, by their key unless ordered otherwise.", cost=QUESTION
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


@strawberry.type
class CubeQuery:
    cube: Cube = strawberry.field(resolver=_find_cube, description="A cube by its name.")
    cubes: list[Cube] = SizedField.by(
        _find_cubes, list[Cube], "Every cube that the caller may ask.", assumed=12
    )
