"""Amounts of money as JSON shows them: at the scale of their currency, rounded half up only here."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, func, select

from domain.base import AMOUNT
from domain.company.model import Currency
from domain.selection.entities import Column, Row


def amount(
    value: Callable[[Row], ColumnElement[Any]],
    currency: Callable[[Row], ColumnElement[Any]],
    *,
    exact: bool = False,
    nullable: bool = True,
) -> Column:
    """An amount in the currency beside it.

    `exact`: unit prices and lines keep the digits they have beyond the currency's scale, since 0.001 is a price.
    """

    def shown(row: Row) -> ColumnElement[str]:
        known = Currency.__table__.alias()
        scale = select(known.c.scale).where(known.c.code == currency(row)).correlate(row).scalar_subquery()
        digits = func.greatest(scale, func.min_scale(value(row))) if exact else scale
        return cast(func.round(value(row), digits), Text())

    return Column(value=value, sql_type=AMOUNT, shown=shown, nullable=nullable)
