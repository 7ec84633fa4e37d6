"""From what is asked beside the aggregates to a part of the plan; what makes no sense together is refused."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Any

from olap.beside import times
from olap.beside.columns import beside_name, is_double, kinds_of
from olap.beside.parameters import NOTHING, Asked, Having
from olap.conditions import AllOf, Values
from olap.errors import RequestError
from olap.physical import Formula, Ratio
from olap.plan import Beside, Bound, Ranking, Star
from olap.request import AggregateRequest
from olap.vocabulary import SPLIT, Cell, CubeModel, TooMuch

SETS_LIMIT = 64
"""Levels of totals in one answer."""

Set = tuple[int, ...]
Formulas = tuple[tuple[str, Formula], ...]


@dataclass(frozen=True)
class Steps:
    """The keys that are rolled up together, and for each dimension drilled which of them are its levels."""

    refs: tuple[tuple[str, ...], ...]
    items: tuple[tuple[str, Set], ...]

    @property
    def all(self) -> Set:
        return tuple(range(len(self.refs)))


@dataclass(frozen=True)
class Cells:
    """The cell as conditions: the star of a cell, and the condition of its cuts alone."""

    star: Callable[[Any], Star]
    cuts: Callable[[Any], AllOf]


def beside_of(
    request: AggregateRequest, model: CubeModel, formulas: Formulas, cells: Cells, values: Values
) -> Beside | None:
    """None where nothing is asked beside. Raises RequestError for what does not exist or makes no sense."""
    asked = request.asked
    if asked == NOTHING:
        return None
    steps = _steps(request)
    _check(asked, request)
    share, shared = _share(asked, steps, formulas)
    shown = _totals(steps) if asked.totals else [steps.all, ()]
    parents = tuple((each, _parent(each, share, steps)) for each in dict.fromkeys(shown)) if share else ()
    sets = tuple(dict.fromkeys([*shown[:-1], *(parent for _, parent in parents), ()]))
    beside = Beside(
        steps=steps.refs,
        sets=(*(each for each in sets if each), ()),
        totals=asked.totals,
        share=parents,
        shared=shared,
        **_other_times(request, model, cells, values),
    )
    if asked.top is not None:
        return _ranked(beside, request, formulas, steps, values)
    return _with_conditions(beside, asked.having, formulas, values)


def _steps(request: AggregateRequest) -> Steps:
    """One step a level, but the dimension that is ranked is one step."""
    refs: dict[tuple[str, ...], int] = {}
    items = []
    drilled = list(request.drilldown)
    for item in drilled:
        levels = [tuple(attribute.ref for attribute in level.attributes) for level in item.levels]
        if request.asked.top is not None and item is drilled[-1]:
            levels = [tuple(dict.fromkeys(ref for level in levels for ref in level))]
        # A level that two hierarchies share is one step.
        items.append((item.dimension.name, tuple(refs.setdefault(level, len(refs)) for level in levels)))
    if request.split is not None:
        items.append((SPLIT, (refs.setdefault((SPLIT,), len(refs)),)))
    return Steps(tuple(refs), tuple(items))


def _totals(steps: Steps) -> list[Set]:
    """Every way to leave out the last levels of each dimension; all of them first, none last."""
    prefixes = [[item[:depth] for depth in range(len(item), -1, -1)] for _, item in steps.items]
    number = 1
    for each in prefixes:
        number *= len(each)
    if number > SETS_LIMIT:
        raise TooMuch(
            f"totals of {number} kinds: at most {SETS_LIMIT} are given; drill down fewer dimensions or levels"
        )
    return list(
        dict.fromkeys(
            tuple(sorted({step for part in parts for step in part})) for parts in product(*prefixes)
        )
    )


def _share(asked: Asked, steps: Steps, formulas: Formulas) -> tuple[str | None, tuple[str, ...]]:
    if asked.share is None:
        return None, ()
    known = ["total", *(name for name, _ in steps.items if name != SPLIT)]
    if asked.share not in known:
        raise RequestError(
            f"unknown share {asked.share[:80]!r}; known: {', '.join(known)} "
            "(total, or a dimension that is drilled down)"
        )
    shared = tuple(name for name, formula in formulas if not isinstance(formula, Ratio))
    if not shared:
        raise RequestError(
            f"{', '.join(name for name, _ in formulas)} are ratios, which have no share; "
            "ask for an aggregate that is none"
        )
    return asked.share, shared


def _parent(each: Set, share: str | None, steps: Steps) -> Set:
    """The set that a set's cells are shares of: without the last level of the dimension."""
    if share == "total":
        return ()
    levels = [step for name, item in steps.items if name == share for step in item if step in each]
    return tuple(step for step in each if step not in levels[-1:])


def _other_times(
    request: AggregateRequest, model: CubeModel, cells: Cells, values: Values
) -> Mapping[str, Any]:
    asked, today = request.asked, request.today
    found: dict[str, Any] = {}
    cuts, splits = _of_time(request.cell), [] if request.split is None else _of_time(request.split)
    if asked.compare is not None:
        compared = times.Compared(
            request.drilldown, cuts, splits, partial(cells.cuts, Cell(request.cell.cube, cuts))
        )
        found["shift"] = times.shift_of(model, asked.compare, compared, values, today)
    if asked.window is not None:
        drill = times.time_drill(model, request.drilldown, asked="window")
        # A running total begins where the cell does; what reaches back reaches beyond the cut.
        outside = Cell(request.cell.cube, [cut for cut in request.cell.cuts if cut.dimension.role != "time"])
        star = cells.star(request.cell if asked.window.kind == "cumulative" else outside)
        where = cells.cuts(Cell(request.cell.cube, cuts))
        found["reach"] = times.reach_of(model, asked.window, drill, star, where, values, today)
    if asked.fill:
        drill = times.time_drill(model, request.drilldown, asked="fill")
        where = cells.cuts(Cell(request.cell.cube, cuts))
        found["spine"] = times.spine_of(model, drill, cuts, where, values, today)
    return found


def _of_time(cell: Any) -> list[Any]:
    return [cut for cut in cell.cuts if cut.dimension.role == "time"]


def _check(asked: Asked, request: AggregateRequest) -> None:
    """Raise RequestError for what makes no sense together."""
    drilled = list(request.drilldown)
    grouped = bool(drilled) or request.split is not None
    alone = [name for name in ("totals", "having", "top", "share", "fill") if getattr(asked, name)]
    if alone and not grouped:
        raise RequestError(
            f"{', '.join(alone)} cannot be asked without a drilldown: the whole cell has one row"
        )
    if asked.top is not None and not drilled:
        raise RequestError(
            "top needs a drilldown: it ranks the members of the dimension that is drilled down last"
        )
    ranked_time = asked.top is not None and drilled[-1].dimension.role == "time"
    if ranked_time and (asked.window is not None or asked.fill):
        raise RequestError(
            "top ranks the dimension that is drilled down last, here a time dimension, of which window and fill need "
            "every member: put it before another, or leave top out"
        )
    cut_times = request.split is not None and any(cut.dimension.role == "time" for cut in request.split.cuts)
    if cut_times and (asked.window is not None or asked.fill):
        raise RequestError(
            "window and fill cannot be split by a time dimension: a period would lie on both sides"
        )


def _ranked(
    beside: Beside, request: AggregateRequest, formulas: Formulas, steps: Steps, values: Values
) -> Beside:
    """With the first members of the dimension drilled last; conditions say who may be among them."""
    top = request.asked.top
    assert top is not None
    named = dict(formulas)
    for each in request.asked.having:
        if each.column not in named:
            raise RequestError(
                f"having {each.column[:80]!r} with top: conditions say which members are ranked, and can name "
                f"{', '.join(named)}"
            )
    columns = {beside_name(name, kind) for name in named for kind in kinds_of(name, beside)}
    unranked = next((ref for ref, _ in request.order if ref in columns), None)
    if unranked is not None:
        raise RequestError(
            f"order by {unranked[:80]!r} with top: members are ranked by their own aggregates: {', '.join(named)}"
        )
    by, descending = next(
        ((ref, down) for ref, down in request.order if ref in named), (formulas[0][0], True)
    )
    bounds = _bounds(request.asked.having, beside, formulas, values)
    ranking = Ranking(
        refs=steps.refs[[item for name, item in steps.items if name != SPLIT][-1][0]],
        by=named[by],
        descending=descending,
        size=values.slot(top.size),
        others=top.others,
        conditions=bounds,
        formulas=tuple((bound.column, named[bound.column]) for bound in bounds),
    )
    return Beside(**{**vars(beside), "ranking": ranking})


def _with_conditions(beside: Beside, having: Sequence[Having], formulas: Formulas, values: Values) -> Beside:
    return Beside(**{**vars(beside), "conditions": _bounds(having, beside, formulas, values)})


def _bounds(
    having: Sequence[Having], beside: Beside, formulas: Formulas, values: Values
) -> tuple[Bound, ...]:
    double = {name: is_double(formula, None) for name, formula in formulas}
    for name, formula in formulas:
        double |= {beside_name(name, kind): is_double(formula, kind) for kind in kinds_of(name, beside)}
    for each in having:
        if each.column not in double:
            raise RequestError(
                f"unknown aggregate {each.column[:80]!r} in having; known: {', '.join(double)}"
            )
    return tuple(
        Bound(
            each.column,
            each.operator,
            values.slot(float(each.number) if double[each.column] else each.number),
            double[each.column],
        )
        for each in having
    )
