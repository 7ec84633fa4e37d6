"""Amounts of money as JSON shows them: at the scale of their currency, rounded half up only here."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, func, select

from domain.base import AMOUNT
from domain.company.model import Currency
from domain.selection.entities import Column, Row
from domain.selection.gathering import Gathering


def amount(
    value: Callable[[Row], ColumnElement[Any]],
    currency: Callable[[Row], ColumnElement[Any]],
    *,
    exact: bool = False,
    nullable: bool = True,
    scale: Callable[[Row], ColumnElement[Any]] | None = None,
    gathering: Gathering | None = None,
) -> Column:
    """An amount in the currency beside it.

    `exact`: unit prices and lines keep the digits they have beyond the currency's scale, since 0.001 is a price.
    `gathering`: how it is summed over rows of other tables, which is what `value` does for one row. `scale`: where the
    row has that of its currency at hand, which saves a look-up for each amount.
    """

    def shown(row: Row) -> ColumnElement[str]:
        of_currency = _scale(currency, row) if scale is None else scale(row)
        digits = func.greatest(of_currency, func.min_scale(value(row))) if exact else of_currency
        return cast(func.round(value(row), digits), Text())

    return Column(
        value=value,
        sql_type=AMOUNT,
        shown=shown,
        nullable=nullable,
        gathered=gathering is not None,
        gathering=gathering,
    )


_known = Currency.__table__.alias()


def _scale(currency: Callable[[Row], ColumnElement[Any]], row: Row) -> ColumnElement[Any]:
    found = select(_known.c.scale).where(_known.c.code == currency(row))
    return found.correlate(row).scalar_subquery()
