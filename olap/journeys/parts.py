"""Pieces of SQL that the statements of journeys are made of."""

from collections.abc import Iterable

import sqlalchemy as sa

from olap.conversion import unknown
from olap.expressions import Expression
from olap.physical import Column
from olap.plan import Star


def whole_number(number: int) -> sa.ColumnElement[int]:
    """A number that is part of the statement."""
    return sa.literal_column(str(number), sa.Integer())


def filled(column: Expression) -> Expression:
    """Of no facts there is nothing."""
    return sa.func.coalesce(column, whole_number(0), type_=column.type)


def said_by(stands: Column) -> sa.ColumnElement[bool]:
    """A fact says how a customer stands: the column is 1, of others 0.

    Not asked by `=`: of a view's column Postgres takes one row in 200 to be equal to something, and one in three to be
    greater. Where it expected one customer it told all months anew for each: 4 s for 45 customers, now 0.2 (measured).
    """
    return stands.sql > whole_number(0)


def addable(facts: Star, currency: Column) -> tuple[Expression, Expression]:
    """Of each fact a low and a high. Amounts of several facts can be added where the least of the one is the greatest
    of the other: of one currency; or converted, where none lacks its rate."""
    if facts.conversion is None:
        return currency.sql, currency.sql
    return whole_number(0), unknown(facts.conversion)


def same(one: sa.FromClause, other: sa.FromClause, names: Iterable[str]) -> list[sa.ColumnElement[bool]]:
    """The columns agree. Unknown members are members: null equals null."""
    return [one.c[name].is_not_distinct_from(other.c[name]) for name in names]
