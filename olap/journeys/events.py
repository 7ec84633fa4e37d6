"""Whether something happened in a fact, and how often it did: an aggregate, read fact by fact."""

import sqlalchemy as sa

from olap.dialect import ExactDistinct
from olap.expressions import Expression, counted
from olap.journeys.shapes import Event
from olap.physical import Column, Count, CountDistinct, Sum

NOBODY = sa.literal_column("0", sa.Integer())
"""The customer of a fact whose customer is not known."""


def happened(event: Event) -> sa.ColumnElement[bool]:
    """Whether the fact counts: of distinct things, that it names one; of a sum, that it is above nothing."""
    match event:
        case Count():
            return sa.true()
        case CountDistinct():
            return counted(event).is_not(None)
        case Sum(column=column):
            return column.sql > NOBODY


def times(event: Event, where: sa.ColumnElement[bool]) -> Expression:
    """How often it happened among the facts of a group that fulfil the condition."""
    if isinstance(event, CountDistinct):
        return ExactDistinct(sa.case((where, counted(event))))
    return sa.func.count(sa.case((sa.and_(where, happened(event)), sa.literal_column("1", sa.Integer()))))


def known(customer: Column) -> sa.ColumnElement[bool]:
    """Whether it is known whose the fact is."""
    return customer.sql != NOBODY
