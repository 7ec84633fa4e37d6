"""(b) From a request's texts to the engine's text: parse, bind, choose a rollup, compile."""

import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from api.slicer.render import RECORD_LIMIT
from bench.cube.figures import Figure, quantile, show
from bench.cube.place import Place
from bench.cube.shapes import SHAPES
from olap.bind import bind_aggregate
from olap.compile import compile_cells, compile_plan
from olap.dialect import DIALECT
from olap.engines.compiled import Compiler, Query
from olap.engines.duckdb import DuckDB
from olap.plan import NONE
from olap.request import Paging, Texts, aggregate_request
from olap.rollups import kept as rollups
from olap.rollups.choice import chosen
from olap.vocabulary import model_of

GOAL = 1.0
NOW = datetime(2025, 12, 31, tzinfo=UTC)


def measure(place: Place, rounds: int) -> bool:
    """Whether the 95th percentile of all requests is met; the first sight of each shape is among them."""
    compiler = Compiler(DIALECT)
    with DuckDB(place.cube) as engine:
        rollups.find(engine)
        first = [_request(request, engine, compiler) for request in _requests(0)]
        later = [
            _request(request, engine, compiler) for n in range(1, 20 * rounds) for request in _requests(n)
        ]
    took = first + later
    return show(
        [
            Figure("(b) the first time a shape is seen", first, "ms"),
            Figure("(b) plan and compile, p50", [quantile(took, 0.5)], "ms"),
            Figure("(b) plan and compile, p95", [quantile(took, 0.95)], "ms", GOAL),
            Figure("(b) plan and compile, p99", [quantile(took, 0.99)], "ms"),
        ]
    )


def _requests(number: int) -> Iterator[Mapping[str, str]]:
    """The 13 shapes, each time with another year beside."""
    for shape in SHAPES:
        cut = f"{shape.request['cut']}|known:{'yes' if number % 2 else 'no'}|date:{2019 + number % 7}"
        yield {**shape.request, "cut": cut}


def _request(request: Mapping[str, str], engine: DuckDB, compiler: Compiler) -> float:
    """Milliseconds until the engine would begin."""
    began = time.perf_counter()
    _query(request, engine, compiler)
    return (time.perf_counter() - began) * 1000


def statement_of(request: Mapping[str, str], cube: Path) -> Query:
    """What the engine is given for a request over HTTP, over the rollups of the cube's file."""
    with DuckDB(cube) as engine:
        rollups.find(engine)
        return _query(request, engine, Compiler(DIALECT))


def _query(request: Mapping[str, str], engine: DuckDB, compiler: Compiler) -> Query:
    model = model_of("sales")
    drilldown = request.get("drilldown")
    texts = Texts(
        cut=[request["cut"]], drilldown=[drilldown] if drilldown else (), aggregates=[request["aggregates"]]
    )
    wanted = aggregate_request(model, texts, paging=Paging(ceiling=RECORD_LIMIT), now=NOW, language="en")
    plan = chosen(engine, bind_aggregate(wanted, model, NONE)).plan
    statement = compile_cells(plan) or compile_plan(plan)
    return compiler.query(statement.select, statement.values)
