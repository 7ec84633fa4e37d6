"""Small SQL texts that come from this code and never from a caller."""

from typing import Any

from sqlalchemy import ColumnElement, Integer, Text, literal_column


def constant(name: str) -> ColumnElement[str]:
    """A name of the schema as a literal: letters, digits and underscores only."""
    if not name.replace("_", "a").isalnum():
        raise ValueError(f"{name!r} is not a name")
    return literal_column(f"'{name}'", Text())


def number(value: int) -> ColumnElement[Any]:
    """A number that is part of the statement's text, such as a page's size."""
    return literal_column(str(int(value)), Integer())
