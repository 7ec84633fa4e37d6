"""(a) The 13 shapes over HTTP against the same SQL on bare DuckDB, taking turns; every answer is compared."""

from collections.abc import Mapping
from typing import Any

import duckdb

from bench.cube.figures import Figure, show, timed
from bench.cube.place import Place
from bench.cube.server import Asked, document, serving
from bench.cube.shapes import SHAPES, Shape

GOAL = 1.25


def measure(place: Place, rounds: int) -> bool:
    """Whether the sum of all shapes is met, from the facts: no rollup is taken, and no round asks what another did."""
    with serving(place.url, place.cube, without="rollups") as (port, token), place.bare() as bare:
        asked = Asked(port, token)
        for shape in SHAPES:
            _same(shape, asked, bare)
        times = [
            {shape.name: _both(shape.in_round(n), asked, bare) for shape in SHAPES} for n in range(rounds)
        ]
    for shape in SHAPES:
        pairs = [each[shape.name] for each in times]
        show(
            [
                Figure(f"(a) {shape.name}: ours", [ours for ours, _ in pairs], "ms"),
                Figure("      of bare DuckDB's", [ours / bare for ours, bare in pairs], "x"),
            ]
        )
    sums = [tuple(map(sum, zip(*each.values(), strict=True))) for each in times]
    return show(
        [
            Figure("(a) all 13 shapes on bare DuckDB", [bare for _, bare in sums], "ms"),
            Figure("(a) all 13 shapes over HTTP", [ours for ours, _ in sums], "ms"),
            Figure("(a) HTTP / bare DuckDB", [ours / bare for ours, bare in sums], "x", GOAL),
        ]
    )


def _both(shape: Shape, asked: Asked, bare: duckdb.DuckDBPyConnection) -> tuple[float, float]:
    """Milliseconds of ours and of bare DuckDB's."""
    ours = timed(lambda: asked.aggregate(shape.request))
    return ours, timed(lambda: bare.sql(shape.sql).fetchall())


def _same(shape: Shape, asked: Asked, bare: duckdb.DuckDBPyConnection) -> None:
    """Raises AssertionError where the two answers differ."""
    found = bare.sql(shape.sql)
    wanted = [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]
    answer = document(asked.aggregate(shape.request))
    given = answer["cells"] if shape.grouped else [answer["summary"]]
    assert _sorted(given) == _sorted(wanted), f"{shape.name}: {given[:2]} is not {wanted[:2]}"


def _sorted(rows: list[dict[str, Any]]) -> list[tuple[tuple[str, Any], ...]]:
    def told(row: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
        return tuple(sorted(row.items()))

    return sorted(map(told, rows), key=str)
