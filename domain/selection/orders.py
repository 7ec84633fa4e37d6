"""Orders of rows: the tie-breaker that makes them total, and their ORDER BY."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement

from domain.selection.entities import Column, Entity, Row, Term


def total(order: Sequence[Term], entity: Entity) -> tuple[Term, ...]:
    """The order with what breaks ties (the id), in the direction of the last term, so that one index serves it all."""
    named = {term.column.name for term in order}
    columns: list[Column] = [getattr(entity, name) for name in entity.ties if name not in named]
    descending = order[-1].descending if order else False
    return (*order, *(Term(column, descending) for column in columns))


def sorted_by(order: Sequence[Term], row: Row, *, backward: bool = False) -> list[ColumnElement[Any]]:
    """ORDER BY over the row, turned round where a page is read from its end. Null stands last in both directions."""
    return [sorted_one(term.column.value(row), term, backward=backward) for term in order]


def sorted_one(value: ColumnElement[Any], term: Term, *, backward: bool = False) -> ColumnElement[Any]:
    """The value in the direction of the term."""
    way = value.desc() if term.descending != backward else value.asc()
    if not (term.column.nullable and term.descending):
        return way  # what goes up has its nulls last by itself, and first when it is turned round
    return way.nulls_first() if backward else way.nulls_last()
