"""What a table promises of a column, so that JSON of it needs no look at each value."""

from typing import Any

from sqlalchemy import CheckConstraint, Column, ColumnElement, Table

from domain.base import NAMES, Base


def never_null(column: ColumnElement[Any]) -> bool:
    """Whether it is a NOT NULL column of a table of ours. A view or a derived table, with its outer joins, is none."""
    table = getattr(column, "table", None)
    return _ours(table) and isinstance(column, Column) and not column.nullable


def holds_names(column: ColumnElement[Any]) -> bool:
    """Whether it holds names of an enum only, by its own table's CHECK."""
    return any(
        check.info.get(NAMES) == column.name
        for column in column.base_columns
        if isinstance(column, Column) and _ours(column.table)
        for check in column.table.constraints
        if isinstance(check, CheckConstraint)
    )


def _ours(table: Any) -> bool:
    return isinstance(table, Table) and table.metadata is Base.metadata
