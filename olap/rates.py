"""What is wrong with a conversion: a currency that does not exist, a day without a rate."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Protocol

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy import ClauseElement

from olap import star
from olap.bind import bind_aggregate
from olap.conversion import unknown
from olap.errors import RequestError
from olap.expressions import Expression, from_star
from olap.journeys.events import known
from olap.journeys.shapes import Cohort, Deciles
from olap.plan import Aggregation, Analysis, RowFilter
from olap.request import AggregateRequest
from olap.vocabulary import Cell, CubeModel

LEAST = 4
"""Decimals of an amount in the star; one that is converted may have more."""


class Engine(Protocol):
    """What runs statements."""

    def fetch(self, statement: ClauseElement, values: Mapping[str, Any]) -> pa.Table: ...


class NoRate(RequestError):
    """Amounts of some days cannot be converted; names the first day of each currency."""

    def __init__(self, wanted: str, missing: list[tuple[str | None, date | None]]) -> None:
        told = ", ".join(
            f"{code or 'an unknown currency'} on {day or 'an unknown day'}" for code, day in missing
        )
        super().__init__(
            f"amounts cannot be converted to {wanted}: no exchange rate is known for {told} (the first day "
            "missing of each); tell it with upsertExchangeRates, or cut the days or the currency"
        )


def check_currency(engine: Engine, code: str) -> None:
    """Raises RequestError with the codes that there are, where this is none of them. One small query."""
    table = star.currency
    known = engine.fetch(sa.select(table.c.code).where(table.c.code.is_not(None)).order_by(table.c.code), {})
    codes = known.column(0).to_pylist()
    if code not in codes:
        raise RequestError(f"unknown currency {code!r} in convert; known: {', '.join(codes)}")


def trimmed(table: pa.Table) -> pa.Table:
    """The table without the last decimals of columns in which they are all nothing; four stay."""
    for at, field in enumerate(table.schema):
        if pa.types.is_decimal(field.type) and field.type.scale > LEAST:
            column = table.column(at)
            scale = next(each for each in range(LEAST, field.type.scale + 1) if _fits(column, each))
            table = table.set_column(at, field.name, column.cast(pa.decimal128(38, scale)))
    return table


def _fits(column: pa.ChunkedArray, scale: int) -> bool:
    try:
        column.cast(pa.decimal128(38, scale))
    except pa.ArrowInvalid:
        return False
    return True


def no_rate(engine: Engine, model: CubeModel, request: AggregateRequest, row_filter: RowFilter) -> NoRate:
    """Which rates are missing, of the cell and of the times that it is shown beside. One query."""
    wanted = request.convert
    assert wanted is not None
    if request.asked.compare is not None or request.asked.window is not None:
        cuts = [cut for cut in request.cell.cuts if cut.dimension.role != "time"]
        request = replace(request, cell=Cell(request.cell.cube, cuts))
    plan = bind_aggregate(request, model, row_filter)
    assert isinstance(plan.shape, Aggregation | Analysis)
    facts, conversion = plan.shape.star, plan.shape.star.conversion
    assert conversion is not None
    currency, day = conversion.currency.sql, conversion.day.sql
    missing = (
        from_star(facts, currency.label("currency"), sa.func.min(day).label("day"))
        .where(unknown(conversion) == sa.literal_column("1", sa.Integer()), *_looked_at(plan.shape, day))
        .group_by(currency)
        .subquery("missing")
    )
    named = (
        sa.select(star.currency.c.code, star.date.c.on_date)
        .select_from(missing)
        .join(star.currency, star.currency.c.currency_key == missing.c.currency)
        .join(star.date, star.date.c.date_key == missing.c.day)
        .order_by(star.currency.c.code.asc().nulls_last())
    )
    found = engine.fetch(named, {f"v{slot}": value for slot, value in enumerate(plan.values)})
    return NoRate(wanted, [tuple(row.values()) for row in found.to_pylist()])


def _looked_at(shape: Aggregation | Analysis, day: Expression) -> list[sa.ColumnElement[bool]]:
    """Which facts of the cell the question reads: of customers' ways those whose customer, and day, are known."""
    match shape:
        case Cohort(customer=customer):
            return [known(customer), day != sa.literal_column("0", sa.Integer())]
        case Deciles(customer=customer):
            return [known(customer)]
        case _:
            return []
