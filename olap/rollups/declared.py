"""Which rollups there are, and what each keeps of the facts of its cube."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from olap import star
from olap.errors import ModelError
from olap.physical import Column, Count, CountDistinct, Join, Ratio, Sum, column_at
from olap.rollups.understood import beyond
from olap.vocabulary import CubeModel, models

Part = Sum | Count | CountDistinct
"""What is aggregated from facts: every formula is made of these."""

EXACT = 38
"""Digits of a stored sum: the most that engines hold exactly."""


@dataclass(frozen=True)
class Stored:
    """A column that holds a part of each cell: its value, or, `as_key`, the one value that the cell may count."""

    part: Part
    as_key: bool


@dataclass(frozen=True, eq=False)
class Rollup:
    """Facts of one cube, aggregated by `keys`: columns of the star, and where the rollup has them.

    `parts` says what each part of a formula is over the rollup; a part that is not there cannot be had from it.
    `joins` are the ways to the dimensions whose columns are kept or restrict a part. `source` is the finer rollup
    that it is computed from, if any. One object each: compared by identity.
    """

    name: str
    cube: str
    fact: str
    table: sa.Table
    keys: Mapping[Column, Column]
    joins: Mapping[str, Join]
    stored: Mapping[str, Stored]
    parts: Mapping[Part, Part]
    source: "Rollup | None"


@cache
def rollups() -> Mapping[str, tuple[Rollup, ...]]:
    """The rollups of each cube that has any, sources first. Raises ModelError for one that does not fit its cube."""
    return MappingProxyType({name: tuple(_of_cube(model)) for name, model in models().items()})


def of_fact(fact: str) -> Iterator[Rollup]:
    """The rollups of a table of facts, sources first."""
    return (rollup for declared in rollups().values() for rollup in declared if rollup.fact == fact)


def every() -> Iterator[Rollup]:
    """All rollups, sources first."""
    return (rollup for declared in rollups().values() for rollup in declared)


@cache
def determined(cube: str) -> Mapping[Column, frozenset[Column]]:
    """What the model says that one member has one of: by the counted column, the columns it determines."""
    said = _document(cube).get("determined", {})
    return {column_at(one): frozenset(map(column_at, columns)) for one, columns in said.items()}


def _document(cube: str) -> dict[str, Any]:
    file = resources.files("olap") / "model" / f"{cube}.rollups.json"
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return found


def _of_cube(model: CubeModel) -> Iterator[Rollup]:
    made: dict[str, Rollup] = {}
    for described in _document(model.name).get("rollups", []):
        rollup = declare(model, described, determined(model.name), made)
        made[rollup.name] = rollup
        yield rollup


def declare(
    model: CubeModel,
    described: Mapping[str, Any],
    one_of: Mapping[Column, frozenset[Column]],
    made: Mapping[str, Rollup],
    *,
    metadata: sa.MetaData = star.rollups,
) -> Rollup:
    """The rollup that a model file describes; `made` are those before it, its table is one of `metadata`. Raises
    ModelError."""
    name = f"{model.name}_by_{described['name']}"
    wanted = [column_at(path) for path in described["keys"]]
    parts = {
        part: column for part, column in parts_of(model).items() if _keepable(part, wanted, model, one_of)
    }
    if "keeps" in described:
        parts = _only(parts, described["keeps"], name)
    _check(model, name, wanted, of_money=any(isinstance(part, Sum) and part.money for part in parts))
    stored = {
        column: Stored(part, as_key=part.column in wanted if isinstance(part, CountDistinct) else False)
        for part, column in parts.items()
    }
    keys = {column: Column(name, _key_name(model.fact, column)) for column in wanted}
    return Rollup(
        name=described["name"],
        cube=model.name,
        fact=model.fact,
        table=_table(name, keys, stored, metadata),
        keys=MappingProxyType(keys),
        joins=MappingProxyType(_joins(model, wanted, stored.values())),
        stored=MappingProxyType(stored),
        parts=MappingProxyType({kept.part: _over(name, column, kept) for column, kept in stored.items()}),
        source=None if "of" not in described else _source(name, described["of"], made),
    )


def parts_of(model: CubeModel) -> dict[Part, str]:
    """Everything that the cube's aggregates are made of, each once, with a name for its column."""
    named: dict[Part, str] = {}
    for name, formula in model.formulas.items():
        if isinstance(formula, Part) and beyond(formula) is None:
            named.setdefault(formula, name)
    for name, formula in model.formulas.items():
        if isinstance(formula, Ratio):
            for side, part in (("numerator", formula.numerator), ("denominator", formula.denominator)):
                if isinstance(part, Part) and beyond(part) is None:
                    named.setdefault(part, f"{name}_{side}")
    return named


def named(column: Column) -> str:
    """The column as a model file names it."""
    return f"{column.table}.{column.name}"


def _only(parts: Mapping[Part, str], keeps: Sequence[str], name: str) -> dict[Part, str]:
    """The parts whose columns are named."""
    for wanted in keeps:
        if wanted not in parts.values():
            raise ModelError(
                f"the rollup {name} cannot keep {wanted!r}; it could: {', '.join(parts.values())}"
            )
    return {part: column for part, column in parts.items() if column in keeps}


def _check(model: CubeModel, name: str, keys: Sequence[Column], *, of_money: bool) -> None:
    for key in keys:
        if key.table != model.fact and key.table not in model.joins:
            raise ModelError(
                f"the rollup {name} names {named(key)}, which {model.fact} does not reach;"
                f" joined: {', '.join(model.joins)}"
            )
        if star.is_daily(key.sql.table):
            raise ModelError(
                f"the rollup {name} cannot keep {named(key)}, which is told by days:"
                f" keep the customer and the day of {model.fact}"
            )
    currency = None if model.currency is None else model.currency.join.fact
    if of_money and currency is not None and currency not in keys:
        raise ModelError(
            f"the rollup {name} would add amounts of several currencies: it lacks {named(currency)}"
        )


def _keepable(
    part: Part, keys: Sequence[Column], model: CubeModel, one_of: Mapping[Column, frozenset[Column]]
) -> bool:
    """Whether the part of any union of cells follows exactly from what is stored of each."""
    if not isinstance(part, CountDistinct) or part.column in keys:
        return True
    pinned = {column for column, members in part.only if len(members) == 1}
    fixed = one_of.get(part.column, frozenset())
    # Columns of a dimension follow from the key that leads there.
    ways = {key: model.joins[key.table].fact if key.table in model.joins else key for key in keys}
    return all(key in pinned or way in fixed for key, way in ways.items())


def _key_name(fact: str, column: Column) -> str:
    return column.name if column.table == fact else f"{column.table}_{column.name}"


def _over(table: str, column: str, kept: Stored) -> Part:
    """The part over the cells of the rollup."""
    at = Column(table, column)
    if kept.as_key:
        return CountDistinct(at)
    return Sum(at, money=isinstance(kept.part, Sum) and kept.part.money)


def _table(
    name: str, keys: Mapping[Column, Column], stored: Mapping[str, Stored], metadata: sa.MetaData
) -> sa.Table:
    columns = [sa.Column(at.name, key.sql.type, nullable=bool(key.sql.nullable)) for key, at in keys.items()]
    return sa.Table(name, metadata, *columns, *(_column(at, kept) for at, kept in stored.items()))


def _column(name: str, kept: Stored) -> "sa.Column[Any]":
    match kept.part:
        case Sum(column=column):
            kind = column.sql.type
            exact = sa.Numeric(EXACT, kind.scale) if isinstance(kind, sa.Numeric) else sa.BigInteger()
            return sa.Column(name, exact, nullable=bool(column.sql.nullable))
        case CountDistinct(column=column) if kept.as_key:
            return sa.Column(name, column.sql.type, nullable=True)
        case _:
            return sa.Column(name, sa.BigInteger(), nullable=False)


def _joins(model: CubeModel, keys: Sequence[Column], stored: Any) -> dict[str, Join]:
    restricted = [
        column for kept in stored if isinstance(kept.part, CountDistinct) for column, _ in kept.part.only
    ]
    tables = {column.table for column in [*keys, *restricted]} - {model.fact}
    return {table: model.joins[table] for table in sorted(tables)}


def _source(name: str, of: str, made: Mapping[str, Rollup]) -> Rollup:
    if of not in made:
        raise ModelError(f"the rollup {name} is made of {of!r}; declared before it: {', '.join(made)}")
    return made[of]
