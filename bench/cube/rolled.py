"""(c, d) Answers from rollups over HTTP, no answer kept: their rate against the same SQL in process, and how long one
takes at an even 50 a second."""

import threading
import time
from collections.abc import Mapping, Sequence

import duckdb

from bench.cube.compiling import statement_of
from bench.cube.figures import Figure, quantile, show, timed
from bench.cube.place import Place
from bench.cube.server import Asked, document, path, serving
from bench.graphql import wrk
from olap.compile import SUMMARY
from olap.engines.compiled import Query

RATE_GOAL, SLOW_GOAL, DISTINCT_GOAL = 0.5, 10.0, 20.0
PACE = 50
TOGETHER = 4
SECONDS = 2

YEARS = range(2019, 2026)
QUESTIONS: tuple[Mapping[str, str], ...] = (
    *(
        {"cut": f"date:{year}", "drilldown": "customer:country", "aggregates": "net_revenue|lines"}
        for year in YEARS
    ),
    *(
        {
            "cut": f"date:{year}|line_kind:sale",
            "drilldown": "product:department",
            "aggregates": "net_revenue|units",
        }
        for year in YEARS
    ),
    *(
        {"cut": f"date:{year}", "drilldown": "date@ymd:month", "aggregates": "net_revenue|margin_rate"}
        for year in YEARS
    ),
)
DISTINCT = {"drilldown": "date:year", "aggregates": "customers"}


def measure(place: Place, rounds: int) -> bool:
    """Whether rate and slowness are met."""
    statements = [statement_of(question, place.cube) for question in QUESTIONS]
    with serving(place.url, place.cube, without="cache") as (port, token), place.bare() as bare:
        _check(Asked(port, token), bare, statements)
        rates = [(_over_http(port, token), _in_process(bare, statements)) for _ in range(rounds)]
        took = _at_a_pace(Asked(port, token), seconds=2 * rounds)
    return show(
        [
            Figure("(c) rollup answers over HTTP", [ours for ours, _ in rates], "/s"),
            Figure("(c) the same SQL on bare DuckDB", [bare for _, bare in rates], "/s"),
            Figure("(c) HTTP / bare DuckDB", [ours / bare for ours, bare in rates], "x", RATE_GOAL, "least"),
            Figure(f"(c) p95 at {PACE}/s", [quantile(took, 0.95)], "ms", SLOW_GOAL),
        ]
    )


def measure_distinct(place: Place, rounds: int) -> bool:
    """Whether exact distinct customers by year are met, over HTTP."""
    with serving(place.url, place.cube, without="cache") as (port, token), place.bare() as bare:
        asked = Asked(port, token)
        answer = document(asked.aggregate(DISTINCT))
        sql = "SELECT d.year, count(DISTINCT s.customer_id) FILTER (s.customer_id <> 0) FROM sales s"
        wanted = bare.sql(f"{sql} JOIN date d USING (date_key) GROUP BY 1 ORDER BY 1").fetchall()
        assert [(cell["date.year"], cell["customers"]) for cell in answer["cells"]] == wanted
        took = [timed(lambda: asked.aggregate(DISTINCT)) for _ in range(5 * rounds)]
    return show([Figure("(d) distinct customers by year over HTTP", took, "ms", DISTINCT_GOAL)])


def _check(asked: Asked, bare: duckdb.DuckDBPyConnection, statements: Sequence[Query]) -> None:
    """Every question is answered by as many rows as its statement."""
    for question, query in zip(QUESTIONS, statements, strict=True):
        found = bare.sql(query.text, params=list(query.values))
        cells = len(found.fetchall()) - (SUMMARY in found.columns)
        assert document(asked.aggregate(question))["total_cell_count"] == cells, question


def _over_http(port: int, token: str) -> float:
    """Answers a second."""
    paths = ",\n".join(f'"{path(question)}"' for question in QUESTIONS)
    script = f"""
        local paths, made, n = {{ {paths} }}, {{}}, 0
        init = function()
            for i, path in ipairs(paths) do
                made[i] = wrk.format("GET", path, {{ ["Authorization"] = "Bearer {token}" }})
            end
        end
        request = function() n = n % #made + 1; return made[n] end
    """
    return wrk.run(port, script, SECONDS, connections=TOGETHER).per_second


def _in_process(bare: duckdb.DuckDBPyConnection, statements: Sequence[Query]) -> float:
    """Answers a second, as many at once as over HTTP."""
    done = [0] * TOGETHER
    until = time.perf_counter() + SECONDS

    def answer(one: int) -> None:
        cursor = bare.cursor()
        while time.perf_counter() < until:
            query = statements[done[one] % len(statements)]
            cursor.sql(query.text, params=list(query.values)).fetchall()
            done[one] += 1

    threads = [threading.Thread(target=answer, args=(one,)) for one in range(TOGETHER)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / SECONDS


def _at_a_pace(asked: Asked, *, seconds: int) -> list[float]:
    """Milliseconds of each answer since the moment when it should have been asked."""
    began, took = time.perf_counter(), []
    for number in range(seconds * PACE):
        due = began + number / PACE
        time.sleep(max(0.0, due - time.perf_counter()))
        asked.aggregate(QUESTIONS[number % len(QUESTIONS)])
        took.append((time.perf_counter() - due) * 1000)
    return took
