"""JSON built by Postgres: objects and lists that are compact, and a part of an array."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import JSON, ColumnElement, FromClause, ScalarSelect, Select, func, literal_column, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

AnySelect = Select[*tuple[Any, ...]]

EMPTY: ColumnElement[Any] = literal_column("'[]'", JSON())


def of(rows: AnySelect) -> Select[Any]:
    """Each row of the select as a JSON object with its columns as keys."""
    inner = rows.subquery()
    return select(func.row_to_json(inner.table_valued(), type_=JSON())).select_from(inner)


def one(columns: Sequence[ColumnElement[Any]], outer: Sequence[FromClause]) -> ScalarSelect[Any]:
    """One object made of expressions over the rows in `outer`."""
    return of(select(*columns).correlate(*outer)).scalar_subquery()


def listed(items: ColumnElement[Any]) -> ColumnElement[Any]:
    """An array as JSON; the array of no rows, which is null, as an empty list."""
    return func.coalesce(func.array_to_json(items), EMPTY, type_=JSON())


def gathered(rows: AnySelect) -> ScalarSelect[Any]:
    """All rows of an ordered select as a list of objects. A subquery's order is kept by an aggregate over it."""
    inner = rows.subquery()
    return (
        select(listed(func.array_agg(func.row_to_json(inner.table_valued(), type_=JSON()))))
        .select_from(inner)
        .scalar_subquery()
    )


class Part(ColumnElement[Any]):
    """`(array)[low:high]`, or `(array)[low]` where high is None; both are SQL texts, counted from 1."""

    inherit_cache = False

    def __init__(
        self, array: ColumnElement[Any], low: ColumnElement[Any], high: ColumnElement[Any] | None
    ) -> None:
        self.array = array
        self.low = low
        self.high = high
        whole: Any = array.type
        self.type = array.type if high is not None else whole.item_type


@compiles(Part)
def _part(element: Part, compiler: SQLCompiler, **options: Any) -> str:
    array = compiler.process(element.array, **options)
    low = compiler.process(element.low, **options)
    if element.high is None:
        return f"({array})[{low}]"
    return f"({array})[{low}:{compiler.process(element.high, **options)}]"
