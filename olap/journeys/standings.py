"""From `rfm` and `migration` to plans, over facts that say month by month how customers stood.

RFM: the scores at the end of a month (of the running one: so far) or of a day within one, by the scheme that was in
force when they were given. The cell says which customers, as they stood then; what they have brought is counted up to
then, and a cut of the date says of which days. A member that is drilled down answers as a cut to it would.

A migration: who stood where at the end of a period, and where at the end of the one before. Where a customer may stand
in several places (segments), staying counts in each; a move is from each that he left to each that he entered. Who
enters or leaves the cell, the traits that it is cut by or drilled down to, enters or leaves.
"""

from typing import Any

from olap.errors import RequestError
from olap.journeys.lent import Lent, alone, unconverted
from olap.journeys.parameters import MigrationAsked, RfmAsked
from olap.journeys.shapes import Migration, Rfm
from olap.journeys.time_cuts import is_time, split_times
from olap.journeys.units import DAY, columns_of_unit
from olap.journeys.within_months import on_the_day
from olap.journeys.words import (
    AOV,
    BEGINS,
    COMPLETE,
    CUSTOMER_SHARE,
    CUSTOMERS,
    FROM,
    FROM_SHARE,
    MONTH_END,
    MOVE,
    ORDERS,
    REVENUE,
    REVENUE_SHARE,
    TO,
)
from olap.physical import Ratio, Snapshot, columns_of
from olap.request import AggregateRequest
from olap.vocabulary import Cell, CubeModel, models
from olap.vocabulary.models import Standing

COUNTED = (CUSTOMERS, CUSTOMER_SHARE)
AMOUNTS = (ORDERS, REVENUE, REVENUE_SHARE, AOV)


def bind_rfm(request: AggregateRequest, asked: RfmAsked, model: CubeModel, lent: Lent) -> Rfm:
    """Raises RequestError for a cube without scores, and for what does not go with rfm."""
    standing = _standing(model, "rfm", scored=True)
    _check("rfm", request, model)
    unconverted("rfm", request)
    _check_drill("rfm", request, model, [model.currency.dimension] if model.currency is not None else [])
    scores = standing.scores if asked.monetary else standing.scores[:2]
    amounted = _amounted(request)
    unit = columns_of_unit("month")
    times, others = split_times(model, request.cell)
    money = [cut for cut in others.cuts if model.currency and cut.dimension.name == model.currency.dimension]
    formulas = [model.formulas[name] for name in (ORDERS, REVENUE)]
    assert not any(isinstance(formula, Ratio | Snapshot) for formula in formulas)
    read = {standing.customer, standing.where, *unit, DAY}
    currency = {model.currency.join.fact} if model.currency is not None else set()
    refs = tuple(ref for column in scores for ref, at in model.columns.items() if at == column)
    names = [*refs, MONTH_END, COMPLETE, *COUNTED, *(AMOUNTS if amounted else ())]
    matrix = Rfm(
        star=lent.star(model, others, {*read, *scores, *(item.column for item in lent.attributes)}),
        attributes=lent.attributes,
        aggregates=tuple(zip((ORDERS, REVENUE), formulas, strict=True)) if amounted else (),
        currency=model.currency.join.fact if model.currency is not None and amounted else None,
        keys=(*refs, MONTH_END, COMPLETE),
        measured=(*COUNTED, *(AMOUNTS if amounted else ())),
        order=lent.order([*lent.natural, *((ref, False) for ref in refs)], names),
        page=lent.page,
        amounts=lent.star(
            model,
            Cell(request.cell.cube, [*times, *money]),
            {*read, *currency, *(column for formula in formulas for column in columns_of(formula))},
        ),
        seen=lent.star(model, Cell(request.cell.cube, []), set(unit)),
        customer=standing.customer,
        stands=standing.where,
        scores=scores,
        columns=unit,
        month=None if asked.day is None else lent.values.slot(asked.day.year * 12 + asked.day.month - 1),
        today=lent.values.slot(request.today),
        amounted=amounted,
    )
    return matrix if asked.ends is None else on_the_day(matrix, request, asked, model, lent)


def bind_migration(
    request: AggregateRequest, asked: MigrationAsked, model: CubeModel, lent: Lent
) -> Migration:
    """Raises RequestError for what nobody stands in, and for what does not go with migration."""
    standing = _standing(model, "migration", scored=False)
    if asked.what not in standing.of:
        raise RequestError(
            f"unknown migration {asked.what[:40]!r} of {model.name}; known: {', '.join(standing.of)}"
        )
    _check("migration", request, model)
    unconverted("migration", request)
    if request.aggregates:
        raise RequestError(
            f"migration counts customers: it takes no aggregates, not {', '.join(request.aggregates)[:80]}"
        )
    _check_drill("migration", request, model, [asked.what])
    unit = columns_of_unit("month")
    times, others = split_times(model, request.cell)
    of, keys, measured = standing.of[asked.what], (BEGINS, COMPLETE, FROM, TO, MOVE), (CUSTOMERS, FROM_SHARE)
    period = columns_of_unit(asked.unit)
    read = {standing.customer, standing.where, of, *unit, *period}
    natural = [*lent.natural, *((key, False) for key in (BEGINS, FROM, TO, MOVE))]
    return Migration(
        star=lent.star(model, others, {*read, *(item.column for item in lent.attributes)}),
        attributes=lent.attributes,
        aggregates=(),
        currency=None,
        keys=keys,
        measured=measured,
        order=lent.order(natural, [*keys, *measured]),
        page=lent.page,
        periods=lent.star(model, Cell(request.cell.cube, times), {*unit, *period}),
        seen=lent.star(model, Cell(request.cell.cube, []), {*unit, *period}),
        customer=standing.customer,
        stands=standing.where,
        of=of,
        unit=asked.unit,
        columns=unit,
        period=period,
        today=lent.values.slot(request.today),
    )


def _standing(model: CubeModel, name: str, *, scored: bool) -> Standing:
    def fits(each: CubeModel) -> bool:
        return each.standing is not None and (not scored or bool(each.standing.scores))

    if model.standing is None or not fits(model):
        known = ", ".join(each.name for each in models().values() if fits(each))
        raise RequestError(
            f"the cube {model.name} does not say how customers stood; {name} is known of {known}"
        )
    return model.standing


def _check(name: str, request: AggregateRequest, model: CubeModel) -> None:
    alone(name, request)
    for item in request.drilldown:
        if is_time(model, item.dimension):
            raise RequestError(
                f"{name} cannot be drilled down by {item.dimension.name}: it says its own time"
            )


def _check_drill(name: str, request: AggregateRequest, model: CubeModel, never: list[str]) -> None:
    standing: Any = model.standing
    own = {*never, *(standing.of if name == "rfm" else ())}
    for item in request.drilldown:
        if item.dimension.name in own:
            raise RequestError(f"{name} cannot be drilled down by {item.dimension.name}; cut it instead")


def _amounted(request: AggregateRequest) -> bool:
    """Whether amounts are asked for; unless some are named, all are. Raises RequestError."""
    known = (CUSTOMERS, ORDERS, REVENUE, AOV)
    for name in request.aggregates:
        if name not in known:
            raise RequestError(f"unknown aggregate {name[:80]!r} of rfm; known: {', '.join(known)}")
    return not request.aggregates or set(request.aggregates) != {CUSTOMERS}
