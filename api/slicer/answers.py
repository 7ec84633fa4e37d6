"""The cube's answers, one function an endpoint: what was asked is bound and computed, and put into its format."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
from starlette.requests import Request
from starlette.responses import Response

from api.slicer.fresh import Known, by_content, known, unchanged
from api.slicer.question import Question, question
from api.slicer.render import ceiling_of, format_of, json_answer, table_answer
from olap import ask
from olap.beside.columns import format_of as number_format_of
from olap.beside.columns import label_of
from olap.beside.parameters import yes
from olap.browser import FEATURES
from olap.details import cell_details
from olap.explain import explain_aggregate
from olap.request import aggregate_request, fact_request, facts_request, members_request, traits_of
from olap.result import AggregateResult
from olap.serving.estimate import check_size
from olap.vocabulary import UnknownObject, cell_of


async def model(request: Request) -> Response:
    """The cube's model with labels in the asked language."""
    asked = await question(request)
    answer = json_answer(request, {**asked.model.document(asked.language), "features": FEATURES})
    return by_content(asked, answer)


async def aggregate(request: Request) -> Response:
    """The aggregates of a cell and of its parts; with `explain=yes` how they would be computed."""
    asked = await question(request)
    format_ = format_of(request)
    wanted = aggregate_request(
        asked.model,
        asked.texts(),
        paging=asked.paging(ceiling=ceiling_of(format_)),
        now=asked.now,
        language=asked.language,
    )
    if yes("explain", asked.one("explain")):
        told = await asked.ask(
            lambda engine: explain_aggregate(engine, asked.model, wanted, asked.row_filter)
        )
        return json_answer(request, {"explain": told.document()})
    # Asked before the facts are read: an answer may be fresher than it says, never staler.
    freshness = await asked.freshness()
    marked = known(asked, freshness)
    if marked.held:
        return unchanged(marked)

    def work(engine: ask.Engine) -> AggregateResult:
        check_size(engine, asked.model, wanted, asked.row_filter)
        return ask.aggregate(engine, asked.model, wanted, asked.row_filter)

    result = await asked.ask(work)
    if format_ != "json":
        return await _file(asked, marked, result.cells, format_, "aggregate", cut_short=result.cut_short)
    answer = aggregate_document(wanted.cell, wanted.drilldown, result)
    fresh = {"watermark": freshness.watermark, "lag_ms": freshness.lag_ms, "rollup": result.rollup}
    return marked.on(json_answer(request, {**answer, "freshness": fresh}, cut_short=result.cut_short))


def aggregate_document(cell: Any, drilldown: Any, result: AggregateResult) -> dict[str, Any]:
    """As the Slicer gives it: what was not asked for has no key."""
    grouped = result.total is not None
    return {
        "summary": result.summary,
        "remainder": {},
        "cells": result.cells if grouped else [],
        **({"total_cell_count": result.total} if grouped else {}),
        "aggregates": result.aggregates,
        "cell": [cut.to_dict() for cut in cell.cuts],
        **({"levels": drilldown.result_levels(include_split=result.has_split)} if grouped else {}),
        "attributes": result.attributes,
        "has_split": result.has_split,
    }


async def members(request: Request) -> Response:
    """The members of a dimension that occur in the cell."""
    asked = await question(request)
    format_ = format_of(request)
    wanted = members_request(
        asked.model,
        asked.texts(),
        dimension=request.path_params["dimension"],
        hierarchy=asked.one("hierarchy"),
        level=asked.one("level"),
        depth=asked.one("depth"),
        paging=asked.paging(ceiling=ceiling_of(format_)),
        now=asked.now,
        language=asked.language,
    )
    marked = known(asked, await asked.freshness())
    if marked.held:
        return unchanged(marked)
    found = await asked.ask(lambda engine: ask.members(engine, asked.model, wanted, asked.row_filter))
    if format_ != "json":
        return await _file(asked, marked, found.table, format_, "members", cut_short=found.cut_short)
    answer = {
        "dimension": wanted.dimension.name,
        "hierarchy": wanted.hierarchy.name,
        "depth": wanted.depth,
        "data": found.table,
    }
    return marked.on(json_answer(request, answer, cut_short=found.cut_short))


async def facts(request: Request) -> Response:
    """The facts of the cell, `__fact_key__` first."""
    asked = await question(request)
    format_ = format_of(request)
    wanted = facts_request(
        asked.model,
        asked.texts(),
        paging=asked.paging(ceiling=ceiling_of(format_)),
        now=asked.now,
        language=asked.language,
    )
    marked = known(asked, await asked.freshness())
    if marked.held:
        return unchanged(marked)
    found = await asked.ask(lambda engine: ask.facts(engine, asked.model, wanted, asked.row_filter))
    if format_ != "json":
        return await _file(asked, marked, found.table, format_, "facts", cut_short=found.cut_short)
    return marked.on(json_answer(request, found.table, cut_short=found.cut_short))


async def fact(request: Request) -> Response:
    """One fact by its key."""
    asked = await question(request)
    key = request.path_params["fact"]
    wanted = fact_request(asked.model, key, language=asked.language)
    marked = known(asked, await asked.freshness())
    if marked.held:
        return unchanged(marked)
    found = await asked.ask(lambda engine: ask.facts(engine, asked.model, wanted, asked.row_filter))
    if not found.table.num_rows:
        raise UnknownObject("fact", key[:80])
    return marked.on(json_answer(request, found.records[0]))


async def cell(request: Request) -> Response:
    """The cuts of the cell, each with what is known of its members."""
    asked = await question(request)
    texts = asked.texts()
    named = cell_of(asked.model, texts.cut, now=asked.now, language=asked.language)
    traits = traits_of(texts.asof, asked.now)
    marked = known(asked, await asked.freshness())
    if marked.held:
        return unchanged(marked)
    details = await asked.ask(
        lambda engine: cell_details(engine, asked.model, named, asked.row_filter, traits=traits)
    )
    return marked.on(json_answer(request, cell_document(asked, named, details)))


def cell_document(asked: Question, named: Any, details: Sequence[Any]) -> dict[str, Any]:
    """As the Slicer gives it."""
    cuts = [{**cut.to_dict(), "details": known} for cut, known in zip(named.cuts, details, strict=True)]
    return {"cube": asked.model.name, "cuts": cuts}


async def _file(
    asked: Question, marked: Known, table: pa.Table, format_: str, name: str, *, cut_short: bool
) -> Response:
    """The rows as a file; written in a thread, for that may take seconds."""
    labels = _labels(asked, table.column_names)
    formats = _formats(asked, table.column_names)

    def write(_: ask.Engine) -> Response:
        return table_answer(
            asked.request,
            table,
            format_=format_,
            name=name,
            labels=labels,
            formats=formats,
            cut_short=cut_short,
        )

    return marked.on(await asked.ask(write))


def _labels(asked: Question, names: list[str]) -> list[str]:
    """What heads the columns for a person."""
    known = {attribute.ref: attribute.label or attribute.name for attribute in asked.cube.all_attributes}
    return [label_of(name, known, asked.language) for name in names]


def _formats(asked: Question, names: list[str]) -> list[str | None]:
    """How a sheet shows the numbers of the columns."""
    given = [*asked.cube.aggregates, *asked.cube.measures]
    known = {each.name: each.format for each in given if each.format}
    return [number_format_of(name, known) for name in names]
