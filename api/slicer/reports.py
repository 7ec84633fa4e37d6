"""Several questions of one cell in one request: the report of the Slicer."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.slicer.answers import aggregate_document, cell_document
from api.slicer.errors import BadParameter
from api.slicer.fresh import known, unchanged
from api.slicer.question import Question, question
from api.slicer.render import RECORD_LIMIT, json_answer
from domain.messages import say
from olap import ask
from olap.ask import Engine
from olap.details import cell_details
from olap.errors import RequestError
from olap.report import cut_text, rolled_up
from olap.request import (
    ONCE,
    Paging,
    Texts,
    aggregate_request,
    fact_request,
    facts_request,
    members_request,
    traits_of,
)
from olap.serving.estimate import check_size
from olap.vocabulary import UnknownObject, cell_of

BODY_LIMIT = 256 * 1024
QUERY_LIMIT = 32
"""Bytes of a report, and queries in it."""
BODY = ("queries", "cell")
"""What the body of a report may say."""

Asked = Mapping[str, Any]


async def report(request: Request) -> Response:
    """The answer to each query of the body, by its name."""
    asked = await question(request)
    body = await _body(request)
    told = _told(body)
    queries = _queries(told)
    cell = _cell(asked, told)
    marked = known(asked, await asked.freshness(), body)
    # Of what is posted there is no answer to go on holding.
    if marked.held and request.method != "POST":
        return unchanged(marked)

    def work(engine: Engine) -> dict[str, Any]:
        return {name: _answered(engine, asked, cell, name, query) for name, query in queries.items()}

    answer = json_answer(request, await asked.ask(work))
    return answer if request.method == "POST" else marked.on(answer)


async def _body(request: Request) -> bytes:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > BODY_LIMIT:
            raise BadParameter(say("a report of more than {most} bytes", most=BODY_LIMIT))
    return body


def _told(body: bytes) -> Asked:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise BadParameter(say("the body of a report is JSON in UTF-8")) from None
    if not isinstance(told, dict):
        raise BadParameter(say("the body of a report is an object with queries"))
    for name in told:
        if name not in BODY:
            raise BadParameter(
                say(
                    "unknown word {name} in the body of a report; known: {known}",
                    name=repr(name[:40]),
                    known=", ".join(BODY),
                )
            )
    return told


def _queries(told: Asked) -> dict[str, Asked]:
    queries = told.get("queries")
    if not isinstance(queries, dict):
        raise BadParameter(
            say("Report request does not contain 'queries' key: an object from names to queries")
        )
    if len(queries) > QUERY_LIMIT:
        told_of = say(
            "{given} queries in a report; at most {most} are taken", given=len(queries), most=QUERY_LIMIT
        )
        raise BadParameter(told_of)
    for name, query in queries.items():
        kind = query.get("query") if isinstance(query, dict) else None
        if not isinstance(kind, str) or kind not in KINDS:
            unknown = say(
                "unknown report query for {name}; known: {known}",
                name=repr(name[:80]),
                known=", ".join(KINDS),
            )
            raise RequestError(unknown)
    return queries


def _cell(asked: Question, told: Asked) -> Any:
    """The cell of the body, else that of the address."""
    cuts = told.get("cell") or []
    if not isinstance(cuts, list):
        raise BadParameter(say("the cell of a report is a list of cuts"))
    texts = [cut_text(cut) for cut in cuts] or asked.texts().cut
    return cell_of(asked.model, texts, now=asked.now, language=asked.language)


def _answered(engine: Engine, asked: Question, cell: Any, name: str, query: Asked) -> Any:
    within = rolled_up(cell, query["rollup"]) if query.get("rollup") else cell
    kind, known = KINDS[query["query"]]
    for argument in query:
        if argument not in {"query", "rollup", *known}:
            raise RequestError(
                say(
                    "unknown argument {argument} of the report query {name}; known: {known}",
                    argument=repr(argument[:40]),
                    name=repr(name[:80]),
                    known=", ".join(known),
                )
            )
    return kind(engine, asked, within, query)


def _aggregate(engine: Engine, asked: Question, cell: Any, query: Asked) -> Any:
    once: dict[str, Any] = {name: _said(query, name) for name in ONCE}
    texts = Texts(
        cut=asked.cell_texts(cell),
        drilldown=_drilldown(query),
        aggregates=_items(query, "aggregates"),
        order=_orders(query),
        split=_split(query),
        nulls=asked.texts().nulls,
        having=_items(query, "having"),
        **once,
    )
    made = aggregate_request(
        asked.model, texts, paging=_paging(query), now=asked.now, language=asked.language
    )
    check_size(engine, asked.model, made, asked.row_filter)
    found = ask.aggregate(engine, asked.model, made, asked.row_filter)
    return aggregate_document(made.cell, made.drilldown, found)


def _facts(engine: Engine, asked: Question, cell: Any, query: Asked) -> Any:
    texts = Texts(
        cut=asked.cell_texts(cell),
        fields=_items(query, "fields"),
        order=_orders(query),
        asof=_said(query, "asof"),
    )
    made = facts_request(asked.model, texts, paging=_paging(query), now=asked.now, language=asked.language)
    return ask.facts(engine, asked.model, made, asked.row_filter).table


def _fact(engine: Engine, asked: Question, _: Any, query: Asked) -> Any:
    key = _text(query, "key") or _text(query, "id")
    if key is None:
        raise RequestError(say("a report query for a fact has its key"))
    made = fact_request(asked.model, key, language=asked.language)
    found = ask.facts(engine, asked.model, made, asked.row_filter)
    if not found.table.num_rows:
        raise UnknownObject("fact", key[:80])
    return found.records[0]


def _members(engine: Engine, asked: Question, cell: Any, query: Asked) -> Any:
    made = members_request(
        asked.model,
        Texts(cut=asked.cell_texts(cell), order=_orders(query), asof=_said(query, "asof")),
        dimension=str(query.get("dimension") or ""),
        hierarchy=_text(query, "hierarchy"),
        level=_text(query, "level"),
        depth=_text(query, "depth"),
        paging=_paging(query),
        now=asked.now,
        language=asked.language,
    )
    return ask.members(engine, asked.model, made, asked.row_filter).table


def _details(engine: Engine, asked: Question, cell: Any, query: Asked) -> Any:
    traits = traits_of(_said(query, "asof"), asked.now)
    return cell_details(engine, asked.model, cell, asked.row_filter, traits=traits)


def _whole_cell(engine: Engine, asked: Question, cell: Any, query: Asked) -> Any:
    return cell_document(asked, cell, _details(engine, asked, cell, query))


Kind = Callable[[Engine, Question, Any, Asked], Any]

PAGED = ("order", "page", "page_size", "pagesize")

KINDS: Mapping[str, tuple[Kind, tuple[str, ...]]] = {
    "aggregate": (_aggregate, ("drilldown", "aggregates", "split", "having", *ONCE, *PAGED)),
    "facts": (_facts, ("fields", "asof", *PAGED)),
    "fact": (_fact, ("key", "id")),
    "members": (_members, ("dimension", "depth", "level", "hierarchy", "asof", *PAGED)),
    "values": (_members, ("dimension", "depth", "level", "hierarchy", "asof", *PAGED)),
    "cell": (_whole_cell, ("asof",)),
    "details": (_details, ("asof",)),
}
"""What can be asked in a report, each with its arguments."""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _text(query: Asked, name: str) -> str | None:
    return None if query.get(name) is None else str(query[name])


def _said(query: Asked, name: str) -> str | None:
    """A text, a number, or yes and no as JSON has them."""
    given = query.get(name)
    return ("yes" if given else "no") if isinstance(given, bool) else _text(query, name)


def _items(query: Asked, name: str) -> list[str]:
    """A text or a list of texts."""
    given = [] if query.get(name) is None else _list(query[name])
    if not all(isinstance(item, str) for item in given):
        raise RequestError(say("{name} of a report query is a text or a list of texts", name=name))
    return given


def _drilldown(query: Asked) -> list[str]:
    """A text, a list of texts or of (dimension, hierarchy, level), or an object from dimension to level."""
    given = query.get("drilldown")
    if isinstance(given, dict):
        given = [[dimension, None, level] for dimension, level in given.items()]
    return _items({"drilldown": list(map(_drilled, _list(given)))}, "drilldown") if given else []


def _drilled(item: Any) -> Any:
    """Three names as their text, where they are names."""
    match item:
        case [str(dimension), str() | None as hierarchy, str() | None as level]:
            along = f"@{hierarchy}" if hierarchy else ""
            return f"{dimension}{along}{f':{level}' if level else ''}"
    return item


def _split(query: Asked) -> list[str]:
    """Cut texts or cut documents."""
    given = query.get("split") or []
    return [cut_text(each) if isinstance(each, dict) else str(each) for each in _list(given)]


def _orders(query: Asked) -> list[str]:
    """Texts as in an address, or pairs of a name and a direction."""
    given = query.get("order")
    if given is None:
        return []
    return [":".join(map(str, item)) if isinstance(item, list) else str(item) for item in _list(given)]


def _paging(query: Asked) -> Paging:
    size = query.get("page_size", query.get("pagesize"))
    for name, value in (("page", query.get("page")), ("page_size", size)):
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            raise RequestError(say("{name} of a report query is a whole number", name=name))
    return Paging(query.get("page"), size, ceiling=RECORD_LIMIT)
