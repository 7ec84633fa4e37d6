"""From `deciles=<n>` to a plan: customers by what they brought, in n equal parts, the best first.

The first aggregate that is asked ranks them (net revenue where none is), the others are told beside it. Customers with
facts in the cell are ranked, so that a cut of the date says when, and the caller's row filter whom he may see. Ties go
by the customer's key: the same question has the same answer in every engine. A member that is drilled down answers as
a cut to it would. Part i of n holds the positions ceil(c (i-1)/n) + 1 to ceil(c i/n) of c customers. Source: crm.md, 6.
"""

from olap.errors import RequestError
from olap.journeys.lent import Lent, alone
from olap.journeys.parameters import DecilesAsked
from olap.journeys.shapes import Deciles, Event
from olap.journeys.words import CUMULATIVE_SHARE, DECILE, DECILE_SIZE, SHARE
from olap.physical import Formula, Ratio, Snapshot, columns_of, converted_by, is_of_money, parts_of
from olap.request import AggregateRequest
from olap.vocabulary import CubeModel, models

REVENUE = "net_revenue"


def bind_deciles(request: AggregateRequest, asked: DecilesAsked, model: CubeModel, lent: Lent) -> Deciles:
    """Raises RequestError for a cube without customers, and for what does not go with deciles."""
    journey = model.journey
    if journey is None:
        known = ", ".join(each.name for each in models().values() if each.journey is not None)
        raise RequestError(f"the cube {model.name} knows no customers' facts; deciles is known of {known}")
    alone("deciles", request)
    default = REVENUE if REVENUE in model.formulas else journey.event
    aggregates = lent.aggregates or ((default, _converted(model.formulas[default], lent)),)
    by = _ranking(model, aggregates)
    money = model.currency is not None and any(is_of_money(formula) for _, formula in aggregates)
    currency = model.currency.join.fact if model.currency is not None and money else None
    read = {journey.customer, *(item.column for item in lent.attributes)}
    read |= {column for _, formula in aggregates for column in columns_of(formula)}
    measured = (DECILE_SIZE, aggregates[0][0], SHARE, CUMULATIVE_SHARE)
    read |= set() if currency is None else {currency}
    names = [DECILE, *measured, *(name for name, _ in aggregates[1:])]
    return Deciles(
        star=lent.facts(model, request.cell, read, of_money=currency is not None),
        attributes=lent.attributes,
        aggregates=aggregates,
        currency=currency,
        keys=(DECILE,),
        measured=measured,
        order=lent.order([*lent.natural, (DECILE, False)], names),
        page=lent.page,
        customer=journey.customer,
        by=by,
        parts=asked.parts,
    )


def _converted(formula: Formula, lent: Lent) -> Formula:
    return formula if lent.rate is None else converted_by(formula, lent.rate)


def _ranking(model: CubeModel, aggregates: tuple[tuple[str, Formula], ...]) -> Event:
    """What ranks customers. Raises RequestError for what has no sum to have a share of."""
    for name, formula in aggregates:
        if any(isinstance(part, Snapshot) for part in parts_of(formula)):
            raise RequestError(f"{name} is noted day by day and does not add up over a customer's facts")
    name, by = aggregates[0]
    if isinstance(by, Ratio | Snapshot):
        sums = [each for each, formula in model.formulas.items() if not isinstance(formula, Ratio | Snapshot)]
        raise RequestError(
            f"deciles rank customers by the first aggregate, and nobody has a share of {name}; "
            f"first may stand: {', '.join(sums)}"
        )
    return by
