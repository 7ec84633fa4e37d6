"""The matrix of RFM on a day within a month: whoever was known by then, as he was and by his scores at its end.

Of the facts that say month by month how customers stand it takes but who there is. Scores and traits are those of the
day; orders and revenue up to it are read from the facts of single days, since those of the month hold what came later.
"""

from dataclasses import replace
from datetime import timedelta

from olap.errors import RequestError
from olap.journeys.lent import Lent
from olap.journeys.parameters import RfmAsked
from olap.journeys.shapes import Rfm
from olap.journeys.time_cuts import split_times
from olap.journeys.units import DAY, next_month
from olap.journeys.words import ORDERS, REVENUE
from olap.physical import Column, Join, Ratio, Snapshot, Version, column_at, columns_of
from olap.request import AggregateRequest
from olap.vocabulary import Cell, CubeModel, models
from olap.vocabulary.models import Daily, Standing

SCORED = "customer_rfm"
"""The table that tells scores by days."""


def on_the_day(matrix: Rfm, request: AggregateRequest, asked: RfmAsked, model: CubeModel, lent: Lent) -> Rfm:
    """The matrix of the month's end as one of the day. Raises RequestError for what is told of months' ends alone."""
    standing = model.standing
    assert standing is not None
    assert standing.daily is not None
    assert asked.day is not None
    _check(request, asked, model)
    scores = tuple(Column(SCORED, column.name) for column in matrix.scores)
    then = Version(lent.values.slot(asked.ends))
    way = Join(standing.customer, column_at(f"{SCORED}.customer_id"), then, day=_day_of(standing))
    matrix = replace(
        matrix,
        star=replace(matrix.star, joins=(*matrix.star.joins, way)),
        scores=scores,
        day=lent.values.slot(asked.day),
        known=standing.daily.known,
    )
    return _amounts(matrix, standing.daily, request, model, lent) if matrix.amounted else matrix


def _amounts(matrix: Rfm, daily: Daily, request: AggregateRequest, model: CubeModel, lent: Lent) -> Rfm:
    """What customers brought, by the cube of single days. Whose it shows is said by who stands."""
    sold = models()[daily.cube]
    assert sold.belonging is not None
    formulas = {name: sold.formulas[aggregate] for name, aggregate in daily.amounts.items()}
    assert not any(isinstance(formula, Ratio | Snapshot) for formula in formulas.values())
    times, others = split_times(model, request.cell)
    money = [cut for cut in others.cuts if model.currency and cut.dimension.name == model.currency.dimension]
    currency = None if sold.currency is None else sold.currency.join.fact
    read = {
        DAY,
        sold.belonging.customer,
        *(column for each in formulas.values() for column in columns_of(each)),
    }
    return replace(
        matrix,
        aggregates=tuple((name, formulas[name]) for name in (ORDERS, REVENUE)),
        amounts=lent.star(sold, Cell(request.cell.cube, [*times, *money]), read),
        buyer=sold.belonging.customer,
        currency=currency,
    )


def _day_of(standing: Standing) -> Column:
    return Column(standing.customer.table, "date_key")


def _check(request: AggregateRequest, asked: RfmAsked, model: CubeModel) -> None:
    used = [
        *(cut.dimension for cut in request.cell.cuts),
        *(item.dimension for item in request.drilldown),
    ]
    for dimension in used:
        if {model.cut_column(attribute.ref).table for attribute in dimension.attributes} == {model.fact}:
            assert asked.day is not None
            end = next_month(asked.day) - timedelta(days=1)
            raise RequestError(
                f"{dimension.name} is told of months' ends, and rfm of {asked.day} is of a day within a month: "
                f"leave it out, or ask for rfm of {end}"
            )
