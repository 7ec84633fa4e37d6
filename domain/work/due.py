"""Whether the time at which a piece of work was due has passed."""

from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import Boolean, ColumnElement, and_, func, literal_column

from domain.selection.entities import Column, Row, computed
from domain.selection.sql import constant


def is_in(column: ColumnElement[str], names: Iterable[StrEnum]) -> ColumnElement[bool]:
    """The column holds one of the names, which stand in the statement's text."""
    return column.in_([constant(each.value) for each in names])


def overdue(open_states: Iterable[StrEnum]) -> Column:
    """Whether the row is still open and was due before this moment, by the clock of the store."""
    states = tuple(open_states)

    def value(work: Row) -> ColumnElement[bool]:
        late = and_(is_in(work.c.state, states), work.c.due_at < func.now())
        return func.coalesce(late, literal_column("false", Boolean()))

    return computed(value, Boolean(), nullable=False, name="overdue")
