"""Pieces of SQL that the statements of journeys are made of."""

from collections.abc import Iterable

import sqlalchemy as sa

from olap.expressions import Expression


def whole_number(number: int) -> sa.ColumnElement[int]:
    """A number that is part of the statement."""
    return sa.literal_column(str(number), sa.Integer())


def filled(column: Expression) -> Expression:
    """Of no facts there is nothing."""
    return sa.func.coalesce(column, whole_number(0), type_=column.type)


def same(one: sa.FromClause, other: sa.FromClause, names: Iterable[str]) -> list[sa.ColumnElement[bool]]:
    """The columns agree. Unknown members are members: null equals null."""
    return [one.c[name].is_not_distinct_from(other.c[name]) for name in names]
