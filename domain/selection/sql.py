"""Small SQL texts that come from this code and never from a caller."""

from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Integer, Numeric, Text, literal_column
from sqlalchemy.types import TypeEngine


def constant(name: str) -> ColumnElement[str]:
    """A name of the schema as a literal: letters, digits and underscores only."""
    if not name.replace("_", "a").isalnum():
        raise ValueError(f"{name!r} is not a name")
    return literal_column(f"'{name}'", Text())


def number(value: int) -> ColumnElement[Any]:
    """A number that is part of the statement's text, such as a page's size."""
    return literal_column(str(int(value)), Integer())


def unbounded(type_: TypeEngine[Any]) -> TypeEngine[Any]:
    """The type for a value that is compared with a column of the type.

    Without precision and scale: as numeric(15, 3) Postgres would round 0.0004 to 0 and refuse a number that no such
    column holds, where it is only to find nothing.
    """
    if isinstance(type_, ARRAY):
        return ARRAY(unbounded(type_.item_type))
    return Numeric() if isinstance(type_, Numeric) else type_
