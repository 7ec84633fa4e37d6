"""Which rollup answers a plan: the one with the fewest rows among those that can, else the facts."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from olap.conditions import columns_in
from olap.journeys.shapes import Cohort, Deciles, Event
from olap.journeys.units import DAY
from olap.physical import Formula, Ratio, Snapshot
from olap.plan import Aggregation, Facts, Members, Plan, Shape, Star, Whole
from olap.rollups.beside import beside_over
from olap.rollups.declared import Rollup, of_fact
from olap.rollups.once import counted_once
from olap.rollups.over import NotHere, Over

SHAPES = 1024


@dataclass(frozen=True)
class Refusal:
    """Why a rollup was not taken."""

    rollup: str
    reason: str


@dataclass(frozen=True)
class Choice:
    """The plan to run, the rollup that it reads (None: the facts), and why not each of the others."""

    plan: Plan
    rollup: str | None
    refused: tuple[Refusal, ...]


def chosen(engine: object, plan: Plan) -> Choice:
    """The plan over the smallest rollup of the engine that gives the same answer, else over the facts."""
    return choose(plan, rows_of(engine))


def rows_of(engine: object) -> Mapping[str, int]:
    """How many rows each rollup of the engine has, by table; none where it has no rollups."""
    # Not by a runtime protocol: looking for its members took as long as parsing the question's cuts.
    found: Mapping[str, int] = getattr(engine, "rollups", {})
    return found


def choose(plan: Plan, rows: Mapping[str, int]) -> Choice:
    """The plan over the smallest rollup that gives the same answer: of the fewest rows, then of the fewest columns.
    `rows` are those of the rollups that the engine has, by table."""
    shape, rollup, refused = _chosen(plan.shape, tuple(rows.items()))
    return Choice(Plan(shape, plan.values), rollup, refused)


@lru_cache(SHAPES)
def _chosen(asked: Shape, rows: tuple[tuple[str, int], ...]) -> tuple[Shape, str | None, tuple[Refusal, ...]]:
    """What `choose` gives, but for the values: the same as long as no rollup has grown."""
    sizes = dict(rows)
    standing = [rollup for rollup in of_fact(asked.star.fact) if rollup.table.name in sizes]
    refused: list[Refusal] = []
    taken: tuple[Shape, Rollup] | None = None
    ordered = sorted(standing, key=lambda each: (sizes[each.table.name], len(each.table.columns)))
    for rollup in ordered:
        shape = over(asked, rollup)
        if isinstance(shape, str):
            refused.append(Refusal(rollup.name, shape))
        elif taken is not None:
            size = f"{sizes[rollup.table.name]:,}"
            refused.append(Refusal(rollup.name, f"it has {size} rows, more than {taken[1].name}"))
        else:
            taken = (counted(asked, shape, rollup, tuple(ordered)), rollup)
    if taken is None:
        return asked, None, tuple(refused)
    return taken[0], taken[1].name, tuple(refused)


@lru_cache(SHAPES)
def over(shape: Shape, rollup: Rollup) -> Shape | str:
    """The shape over the rollup, with the same answer; or why there is none."""
    try:
        match shape:
            case Aggregation():
                return _aggregation(shape, rollup)
            case Members():
                return _members(shape, rollup)
            case Cohort():
                return _cohort(shape, rollup)
            case Deciles():
                return _deciles(shape, rollup)
            case Facts():
                return "it keeps no single facts"
            case _:
                return f"a {type(shape).__name__.lower()} is computed from the facts"
    except NotHere as reason:
        return str(reason)


@lru_cache(SHAPES)
def counted(facts: Shape, cells: Shape, rollup: Rollup, others: tuple[Rollup, ...]) -> Shape:
    """The shape over a rollup, `cells`, without looking for distinct values where each is there once. What is then
    right of the groups alone says nothing of all of them: their summary is read from the first of the other rollups
    that can give it."""
    if (
        not isinstance(facts, Aggregation)
        or not isinstance(cells, Aggregation)
        or facts.beside
        or facts.split
    ):
        return cells
    single = counted_once(cells, rollup)
    if single == cells or not cells.grouped:
        return single
    bare = replace(facts, attributes=(), order=())
    for other in others:
        whole = over(bare, other)
        if isinstance(whole, Aggregation):
            whole = counted_once(whole, other)
            return replace(single, whole=Whole(whole.star, whole.aggregates, whole.currency))
    return cells


def _aggregation(shape: Aggregation, rollup: Rollup) -> Aggregation:
    at = Over(rollup, shape.star.joins)
    at.check(shape)
    columns = {item.column for item in shape.attributes}
    columns |= set() if shape.split is None else columns_in(shape.split)
    beside = None if shape.beside is None else beside_over(at, shape.beside, columns)
    return replace(
        shape,
        star=at.star(shape.star, columns),
        attributes=tuple(replace(item, column=at.column(item.column)) for item in shape.attributes),
        split=None if shape.split is None else at.condition(shape.split),
        aggregates=tuple((name, at.formula(formula)) for name, formula in shape.aggregates),
        currency=None if shape.currency is None else at.column(shape.currency),
        beside=beside,
    )


def _cohort(shape: Cohort, rollup: Rollup) -> Cohort:
    """Who bought in a unit has bought in one of its cells."""
    at = Over(rollup, shape.star.joins)
    at.check(shape)
    read = {*shape.columns, shape.customer, *(item.column for item in shape.attributes)}
    return replace(
        shape,
        star=at.star(shape.star, read),
        began=Over(rollup, shape.began.joins).star(shape.began, read),
        seen=_seen(shape.seen, rollup),
        attributes=tuple(replace(item, column=at.column(item.column)) for item in shape.attributes),
        aggregates=tuple((name, at.formula(formula)) for name, formula in shape.aggregates),
        currency=None if shape.currency is None else at.column(shape.currency),
        customer=at.column(shape.customer),
        event=_event(at.formula(shape.event)),
        columns=tuple(map(at.column, shape.columns)),
    )


def _deciles(shape: Deciles, rollup: Rollup) -> Deciles:
    """What a customer brought is the sum of his cells."""
    at = Over(rollup, shape.star.joins)
    at.check(shape)
    read = {shape.customer, *(item.column for item in shape.attributes)}
    return replace(
        shape,
        star=at.star(shape.star, read),
        attributes=tuple(replace(item, column=at.column(item.column)) for item in shape.attributes),
        aggregates=tuple((name, at.formula(formula)) for name, formula in shape.aggregates),
        currency=None if shape.currency is None else at.column(shape.currency),
        customer=at.column(shape.customer),
        by=_event(at.formula(shape.by)),
    )


def _event(formula: Formula) -> Event:
    assert not isinstance(formula, Ratio | Snapshot)
    return formula


def _seen(facts: Star, rollup: Rollup) -> Star:
    """The last day is told by the rollup if it keeps days, else by the facts."""
    try:
        return Over(rollup, facts.joins).star(facts, {DAY})
    except NotHere:
        return facts


def _members(shape: Members, rollup: Rollup) -> Members:
    """A member occurs in a cell where it occurs in one of its facts."""
    at = Over(rollup, shape.star.joins)
    at.check(shape)
    # Of the joins the star of members has those that are read: the one to the dimension, unless its key will do.
    joined = any(join.key.table == shape.join.key.table for join in shape.star.joins)
    read = {item.column for item in shape.attributes} if joined else set()
    return replace(shape, star=at.star(shape.star, read), join=at.join(shape.join))
