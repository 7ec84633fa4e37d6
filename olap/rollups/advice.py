"""Which rollups would have answered what the facts had to: proposed from the log of requests."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from olap.ask import Engine
from olap.conditions import AllOf
from olap.errors import ModelError, RequestError
from olap.expressions import from_star
from olap.physical import Column, Formula, Ratio, column_at
from olap.plan import Star
from olap.requests import Request
from olap.rollups.declared import declare, determined, named
from olap.vocabulary import CubeModel, model_of

Shape = tuple[str, tuple[str, ...], tuple[str, ...]]

PROPOSED = 5
"""Proposals at most."""


@dataclass(frozen=True)
class Proposal:
    """A rollup of a cube by these keys: about how many rows, and how many of the requests it would have answered, which
    took so many milliseconds together."""

    cube: str
    keys: tuple[str, ...]
    rows: int
    requests: int
    milliseconds: float

    def text(self) -> str:
        """As it stands in a model file, with why."""
        keys = ", ".join(f'"{key}"' for key in self.keys)
        return (
            f"{self.requests:,} requests to {self.cube} ({self.milliseconds / 1000:,.1f} s) from {self.rows:,} rows:\n"
            f'  {{"name": "...", "keys": [{keys}]}}'
        )


def advise(engine: Engine, requests: Iterable[Request]) -> list[Proposal]:
    """Rollups for the requests that no rollup answered, the one that would have saved the most time first.

    Each counts what those before it leave. Rows are counted in the cube.
    """
    count: Counter[Shape] = Counter()
    took: Counter[Shape] = Counter()
    for request in requests:
        if request.rollup is None:
            shape = (request.cube, request.keys, request.aggregates)
            count[shape] += 1
            took[shape] += round(request.milliseconds)
    proposed: list[Proposal] = []
    while took and len(proposed) < PROPOSED:
        best = max(
            ((cube, keys, covered) for cube, keys, covered in _candidates(took) if covered),
            key=lambda each: (sum(took[shape] for shape in each[2]), -len(each[1])),
            default=None,
        )
        if best is None:
            break
        cube, keys, covered = best
        proposed.append(
            Proposal(
                cube=cube,
                keys=tuple(map(named, keys)),
                rows=_rows(engine, model_of(cube), keys),
                requests=sum(count[shape] for shape in covered),
                milliseconds=sum(took[shape] for shape in covered),
            )
        )
        for shape in covered:
            del took[shape]
    return proposed


def _candidates(shapes: Iterable[Shape]) -> Iterator[tuple[str, tuple[Column, ...], list[Shape]]]:
    """For the keys of each shape a rollup, and the shapes that it would answer."""
    known = [shape for shape in shapes if _stands(shape)]
    for cube, keys in {(cube, keys) for cube, keys, _ in known}:
        wanted = _with_currency(model_of(cube), keys)
        answerable = _answerable(model_of(cube), wanted)
        covered = [
            shape
            for shape in known
            if shape[0] == cube and set(shape[1]) <= set(map(named, wanted)) and set(shape[2]) <= answerable
        ]
        yield cube, wanted, covered


def _stands(shape: Shape) -> bool:
    """Whether the cube and its columns are still there: a log may be older than the model."""
    try:
        model = model_of(shape[0])
        tables = {column_at(key).table for key in shape[1]}
    except (RequestError, ModelError):
        return False
    return tables <= {model.fact, *model.joins} and set(shape[2]) <= set(model.formulas)


def _with_currency(model: CubeModel, keys: tuple[str, ...]) -> tuple[Column, ...]:
    columns = [column_at(key) for key in keys]
    needed = [] if model.currency is None else [model.currency.join.fact]
    return tuple(dict.fromkeys([*columns, *needed]))


def _answerable(model: CubeModel, keys: tuple[Column, ...]) -> set[str]:
    """The aggregates that are exact from a rollup by the keys."""
    described = {"name": "proposed", "keys": list(map(named, keys))}
    rollup = declare(model, described, determined(model.name), {}, metadata=sa.MetaData())
    return {
        name
        for name, formula in model.formulas.items()
        if all(part in rollup.parts for part in _parts(formula))
    }


def _parts(formula: Formula) -> list[Formula]:
    return [formula.numerator, formula.denominator] if isinstance(formula, Ratio) else [formula]


def _rows(engine: Engine, model: CubeModel, keys: tuple[Column, ...]) -> int:
    tables = sorted({key.table for key in keys} - {model.fact})
    star = Star(model.fact, tuple(model.joins[table] for table in tables), AllOf(()))
    cells = (
        from_star(star, *(key.sql.label(f"k{at}") for at, key in enumerate(keys)))
        .distinct()
        .subquery("cells")
    )
    found = engine.fetch(sa.select(sa.func.count().label("rows")).select_from(cells), {})
    return int(found.column("rows")[0].as_py())
