"""Which parameters an address may carry: of any other a typo would be answered as if it had not been asked.

What the original server reads of a cell or a page is taken everywhere, whether the endpoint has a use for it or not:
its clients send their cuts and pages along. So are the marks that libraries add against caches. What says how facts
are summed up, and parameters of our own, are taken where they mean something. What is no list is said once: of two
pages one would be left out in silence.
"""

from collections.abc import Mapping
from difflib import get_close_matches

from starlette.requests import Request

from api.slicer.errors import BadParameter
from domain.messages import say
from olap.request import ONCE

OF_THE_ORIGINAL = frozenset(
    {
        "api_key",
        "cut",
        "depth",
        "dimension",
        "fields",
        "format",
        "header",
        "hierarchy",
        "lang",
        "level",
        "measure",
        "order",
        "page",
        "page_size",
        "pagesize",
        "prettyprint",
        "query",
    }
)
"""What the server of the package reads, and what its clients send: `page_size` that in Python, `measure` the one in
browsers, on which CubesViewer is built."""

OF_SUMS = frozenset({"aggregates", "drilldown", "split"})
"""What the server of the package reads of aggregates alone."""

MARKS = frozenset({"callback"})
"""Names that libraries add beside those that begin with `_`, such as the time against a cache."""

OF_CELLS = frozenset({"asof", "nulls", "at_least"})

TAKEN: Mapping[str, frozenset[str]] = {
    "/cube/{cube}/aggregate": OF_SUMS | OF_CELLS | {*ONCE, "having", "explain"},
    # CubesViewer sends the drilldown of its view along when it shows the facts of the cell.
    "/cube/{cube}/facts": OF_CELLS | {"drilldown"},
    "/cube/{cube}/members/{dimension}": OF_CELLS,
    "/cube/{cube}/cell": OF_CELLS,
    "/cube/{cube}/report": frozenset({"nulls", "at_least"}),
    "/cube/{cube}/fact/{fact}": frozenset({"at_least"}),
    "/cube/{cube}/model": frozenset({"at_least"}),
}
"""Parameters that not all take, by the path of the endpoint that does."""

LISTS = ("cut", "drilldown", "split", "aggregates", "order", "fields", "having")
"""What may be given several times."""

EVERYWHERE = OF_THE_ORIGINAL | MARKS
ANYWHERE = EVERYWHERE.union(*TAKEN.values())


def check_known(request: Request, path: str) -> None:
    """Raise BadParameter for a parameter that the endpoint at this path does not take, naming the nearest, and for one
    that is said twice and differently."""
    taken = EVERYWHERE | TAKEN.get(path, frozenset())
    for name in request.query_params:
        if name.startswith("_"):
            continue
        if name not in taken:
            raise BadParameter(_elsewhere(name, path, taken) if name in ANYWHERE else _unknown(name, taken))
        times = len({text for text in request.query_params.getlist(name) if text})
        if times > 1 and name not in LISTS:
            raise BadParameter(say("{name} is given {times} times; give it once", name=name, times=times))


def said(request: Request, name: str) -> str | None:
    """The text of a parameter that is no list; None where it is absent or empty."""
    return next((text for text in request.query_params.getlist(name) if text), None)


def _elsewhere(name: str, path: str, taken: frozenset[str]) -> str:
    others = [_endpoint(each) for each, theirs in TAKEN.items() if name in theirs]
    if _endpoint(path) == "report":
        return say("{name} is not taken by a report's address; its queries take it", name=name)
    return say(
        "{name} is not taken by {path}; it is by {others}. Taken by {path}: {known}",
        name=name,
        path=_endpoint(path),
        others=", ".join(others),
        known=", ".join(sorted(taken - MARKS)),
    )


def _unknown(name: str, taken: frozenset[str]) -> str:
    known = sorted(taken - MARKS)
    near = get_close_matches(name.lower()[:40], known, n=3)
    if near:
        return say(
            "unknown parameter {name}; did you mean {near}?", name=repr(name[:40]), near=" or ".join(near)
        )
    return say("unknown parameter {name}; known: {known}", name=repr(name[:40]), known=", ".join(known))


def _endpoint(path: str) -> str:
    """What the endpoint is called: its word in the path."""
    return path.removeprefix("/cube/{cube}").split("/")[1] or "index"
