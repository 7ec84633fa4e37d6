"""How urgent a piece of work is."""

from enum import StrEnum

from sqlalchemy import ColumnElement, Integer, case

from domain.selection.entities import Column, Row, computed
from domain.selection.sql import constant, number


class Priority(StrEnum):
    """In rising order."""

    LOW = "LOW"
    NORMAL = "NORMAL"
    HIGH = "HIGH"
    URGENT = "URGENT"


def _rank(work: Row) -> ColumnElement[int]:
    whens = [(work.c.priority == constant(each.value), number(at)) for at, each in enumerate(Priority)]
    return case(*whens, else_=number(len(Priority)))


def rank() -> Column:
    """The place of the row's priority among all, from 0: names sort by letters, which says nothing."""
    return computed(_rank, Integer(), nullable=False, name="priority_rank")
