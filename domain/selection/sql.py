"""Small SQL texts that come from this code and never from a caller, and what is known of an expression."""

from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Integer, Numeric, Text, literal_column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import operators
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine


class Known(FunctionElement[Any]):
    """An expression of which more is known than its type says, so that JSON of it is made with less.

    `bare`: a text in which nothing needs escaping; `present`: it is never null.
    """

    inherit_cache = True

    def __init__(self, value: ColumnElement[Any], *, bare: bool = False, present: bool = False) -> None:
        super().__init__(value)
        self.type = value.type
        self.bare = bare
        self.present = present


@compiles(Known)
def _known(element: Known, compiler: SQLCompiler, **options: Any) -> str:
    [value] = element.clauses
    return compiler.process(value.self_group(against=operators.concat_op), **options)


def known(value: ColumnElement[Any], *, bare: bool = False, present: bool = False) -> Known:
    """The expression with what is known of it, beside what was known before."""
    if not isinstance(value, Known):
        return Known(value, bare=bare, present=present)
    [inner] = value.clauses
    return Known(inner, bare=bare or value.bare, present=present or value.present)


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
