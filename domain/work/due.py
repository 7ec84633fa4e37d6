"""When a piece of work is due, and whether that has passed."""

from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import Boolean, ColumnElement, DateTime, and_, func, literal_column

from domain.selection.entities import Column, Row, computed
from domain.selection.sql import constant

_NEVER: ColumnElement[object] = literal_column(
    "timestamptz '9999-12-31 23:59:59.999999+00'", DateTime(timezone=True)
)


def is_in(column: ColumnElement[str], names: Iterable[StrEnum]) -> ColumnElement[bool]:
    """The column holds one of the names, which stand in the statement's text."""
    return column.in_([constant(each.value) for each in names])


def by_due() -> Column:
    """When the row is due, to order by: what is due at no time comes last."""
    return computed(
        lambda work: func.coalesce(work.c.due_at, _NEVER),
        DateTime(timezone=True),
        nullable=False,
        name="due",
    )


def overdue(open_states: Iterable[StrEnum]) -> Column:
    """Whether the row is still open and was due before this moment, by the clock of the store."""
    states = tuple(open_states)

    def value(work: Row) -> ColumnElement[bool]:
        late = and_(is_in(work.c.state, states), work.c.due_at < func.now())
        return func.coalesce(late, literal_column("false", Boolean()))

    return computed(value, Boolean(), nullable=False, name="overdue")
