"""From `cohort=<unit>` to a plan.

A customer's cohort is the unit of his first purchase in the cell: of all days, whatever the cell's cuts of the date
are, but under its other cuts. Without cuts that is his first purchase in the company; cut to a product, his first one
of that product. A cut of the date says which days are counted. A drilldown answers for each member what a cut to it
would. The caller's row filter holds for the search as well: of who sees a branch alone, the first purchase that he may
see.
"""

from typing import Any

from olap.conditions import AllOf
from olap.errors import RequestError
from olap.journeys.lent import Lent, alone
from olap.journeys.parameters import CohortAsked
from olap.journeys.shapes import Cohort
from olap.journeys.time_cuts import is_time, split_times
from olap.journeys.units import DAY, columns_of_unit
from olap.journeys.words import ACTIVE, COHORT, COMPLETE, PERIOD, RETENTION, SIZE
from olap.physical import Ratio, Snapshot, columns_of, parts_of
from olap.request import AggregateRequest
from olap.slices import cell_condition
from olap.vocabulary import Cell, CubeModel, models

KEYS = (COHORT, PERIOD, COMPLETE)
MEASURED = (SIZE, ACTIVE, RETENTION)


def bind_cohort(request: AggregateRequest, asked: CohortAsked, model: CubeModel, lent: Lent) -> Cohort:
    """Raises RequestError for a cube without customers, and for what does not go with a cohort."""
    journey = model.journey
    if journey is None:
        known = ", ".join(each.name for each in models().values() if each.journey is not None)
        raise RequestError(
            f"the cube {model.name} tells of no customer's first time; cohort is known of {known}"
        )
    _check(request, model, lent)
    event = model.formulas[journey.event]
    assert not isinstance(event, Ratio | Snapshot)
    unit = columns_of_unit(asked.unit)
    drilled = [each.column for each in lent.attributes]
    read = {*unit, journey.customer, *columns_of(event), *drilled}
    counted = {column for _, formula in lent.aggregates for column in columns_of(formula)}
    times, others = split_times(model, request.cell)
    names = [*KEYS, *MEASURED, *(name for name, _ in lent.aggregates)]
    facts = lent.facts(model, request.cell, {*read, *counted}, of_money=lent.currency is not None)
    return Cohort(
        star=facts,
        attributes=lent.attributes,
        aggregates=lent.aggregates,
        currency=lent.currency,
        keys=KEYS,
        measured=MEASURED,
        order=lent.order([*lent.natural, (COHORT, False), (PERIOD, False)], names),
        page=lent.page,
        # The very same where no time is cut, so that the facts are read once.
        began=lent.star(model, others, read) if times else facts,
        seen=lent.star(model, Cell(request.cell.cube, []), {DAY}),
        customer=journey.customer,
        event=event,
        unit=asked.unit,
        columns=unit,
        days=_days(request, model, times, lent),
        open_end=not any(_ends(cut) for cut in times),
        today=lent.values.slot(request.today),
    )


def _days(request: AggregateRequest, model: CubeModel, times: list[Any], lent: Lent) -> AllOf:
    return cell_condition(model, Cell(request.cell.cube, times), lent.values, nulls=request.nulls)


def _check(request: AggregateRequest, model: CubeModel, lent: Lent) -> None:
    alone("cohort", request)
    levels = [
        name for name, of in lent.aggregates if any(isinstance(part, Snapshot) for part in parts_of(of))
    ]
    if levels:
        raise RequestError(
            f"{', '.join(levels)} are noted day by day and do not add up over a cohort's periods"
        )
    for item in request.drilldown:
        if is_time(model, item.dimension):
            raise RequestError(
                f"cohort cannot be drilled down by {item.dimension.name}: its periods are the time; "
                "drill down another dimension, or cut this one"
            )


def _ends(cut: Any) -> bool:
    """Whether the cut says until when, so that the days after the last fact are looked at as well."""
    return not cut.invert and (not hasattr(cut, "to_path") or bool(cut.to_path))
