"""From `funnel=<steps>` to a plan.

The cell, and its drilldown, are of the first step: they say who enters. Each further step says for itself which facts
it means. A step counts where it does not lie before the one it follows; a further step of the same cube must lie after
it, so that no fact is two steps at once. The caller's row filter holds for each step, by what its own cube shows to
whom.
"""

from olap.errors import RequestError
from olap.journeys.lent import Lent, alone, unconverted
from olap.journeys.parameters import FunnelAsked, StepAsked, short
from olap.journeys.shapes import Funnel, Step
from olap.journeys.words import OF_FIRST, OF_PREVIOUS, REACHED, STEP, STEP_NAME, UNKNOWN
from olap.physical import Ratio, Snapshot, columns_of
from olap.request import AggregateRequest
from olap.vocabulary import Cell, CubeModel

KEYS = (STEP, STEP_NAME)
MEASURED = (REACHED, OF_FIRST, OF_PREVIOUS, UNKNOWN)


def bind_funnel(request: AggregateRequest, asked: FunnelAsked, model: CubeModel, lent: Lent) -> Funnel:
    """Raises RequestError where the first step is of another cube, and for what does not go with a funnel."""
    alone("funnel", request)
    unconverted("funnel", request)
    if request.aggregates:
        raise RequestError(
            f"funnel counts customers: it takes no aggregates, not {', '.join(request.aggregates)[:80]}"
        )
    first = asked.steps[0]
    if first.model.name != model.name:
        raise RequestError(
            f"the first step {short(first.text)} is of the cube {first.model.name}: ask that cube, whose cuts and "
            f"drilldowns say who enters the funnel; this one is {model.name}"
        )
    cell = Cell(request.cell.cube, [*request.cell.cuts, *first.cell.cuts])
    steps = [_step(first, cell, None, lent)]
    steps += [
        _step(step, step.cell, before, lent)
        for before, step in zip(asked.steps, asked.steps[1:], strict=False)
    ]
    names = [*KEYS, *MEASURED]
    return Funnel(
        star=steps[0].star,
        attributes=lent.attributes,
        aggregates=(),
        currency=None,
        keys=KEYS,
        measured=MEASURED,
        order=lent.order([*lent.natural, (STEP, False)], names),
        page=lent.page,
        steps=tuple(steps),
        within=None if asked.within is None else lent.values.slot(asked.within),
    )


def _step(asked: StepAsked, cell: object, before: StepAsked | None, lent: Lent) -> Step:
    """The step as facts; the first one reads what it is drilled down by as well."""
    journey = asked.model.journey
    assert journey is not None
    name = asked.event or journey.event
    event, moment = asked.model.formulas[name], journey.moments[name]
    assert not isinstance(event, Ratio | Snapshot)
    columns = {journey.customer, moment, *columns_of(event)}
    drilled = {item.column for item in lent.attributes} if before is None else set()
    return Step(
        star=lent.star(asked.model, cell, columns | drilled),
        customer=journey.customer,
        moment=moment,
        event=event,
        strictly=before is not None and before.model.name == asked.model.name,
        name=lent.values.slot(asked.text),
    )
