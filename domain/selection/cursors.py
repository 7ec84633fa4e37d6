"""Cursors: a row's place in an order, as opaque text.

A cursor is base64 of the JSON list [version, order, value, ...]: the values the row is ordered by, the id last. It
belongs to one order of one entity; the page after it is a condition on rows, beside the condition on who asks.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    Integer,
    Numeric,
    Text,
    cast,
    func,
    literal_column,
)
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.types import TypeEngine

from domain.errors import Invalid
from domain.messages import say
from domain.selection import formats
from domain.selection.entities import Column, Term
from domain.selection.sql import Known

VERSION = "1"


class BadCursor(Invalid):
    """Not a cursor of this API, or one of another order."""


def signature(order: tuple[Term, ...], name: str) -> str:
    """What a cursor says about the order it belongs to, e.g. "Customer name -id"."""
    return " ".join([name, *(("-" if term.descending else "") + term.column.name for term in order)])


def shown(order: tuple[Term, ...], name: str, values: Sequence[ColumnElement[Any]]) -> ColumnElement[str]:
    """The cursor of the row with these values, in SQL.

    encode() breaks lines after 76 characters; a cursor is one line.
    """
    said = [literal_column(f"'{VERSION}'", Text()), literal_column(f"'{signature(order, name)}'", Text())]
    told = [
        _text(formats.shown(value, term.column.sql_type)) for term, value in zip(order, values, strict=True)
    ]
    text = func.convert_to(cast(func.array_to_json(array([*said, *told])), Text()), literal_column("'UTF8'"))
    one_line = func.translate(
        func.encode(text, literal_column("'base64'")),
        literal_column("E'\\n'"),
        literal_column("''"),
        type_=Text(),
    )
    return Known(one_line, bare=True)


def _text(value: ColumnElement[Any]) -> ColumnElement[str]:
    return value if isinstance(value.type, Text) else cast(value, Text())


def reader(order: tuple[Term, ...], name: str, position: int) -> Callable[[Any], Any]:
    """Reads the value at `position` of the order out of a cursor. It raises BadCursor."""
    wanted = signature(order, name)

    term = order[position]

    def read(cursor: str) -> Any:
        said = _said(cursor)
        if len(said) != len(order) + 2 or said[0] != VERSION or said[1] != wanted:
            raise BadCursor(
                say(
                    "cursor {cursor} belongs to another order; this one is {order}",
                    cursor=_cut(cursor),
                    order=wanted,
                )
            )
        try:
            return _value(said[position + 2], term.column)
        except (ValueError, InvalidOperation):
            raise BadCursor(
                say("cursor {cursor} holds no place in the order {order}", cursor=_cut(cursor), order=wanted)
            ) from None

    return read


def _cut(cursor: str) -> str:
    return repr(cursor[:80])


def _said(cursor: str) -> list[str | None]:
    try:
        said = json.loads(base64.b64decode(cursor, validate=True).decode("utf-8"))
    except (binascii.Error, ValueError, RecursionError):
        said = None
    if not isinstance(said, list) or not all(isinstance(item, str | None) for item in said):
        raise BadCursor(say("{cursor} is not a cursor of this API", cursor=_cut(cursor)))
    return said


def _value(text: str | None, column: Column) -> Any:
    if text is None and not column.nullable:
        raise ValueError("null")
    return None if text is None else _read(text, column.sql_type)


def _read(text: str, type_: TypeEngine[Any]) -> Any:
    if isinstance(type_, Integer):
        return _whole(text, 2**63 if isinstance(type_, BigInteger) else 2**31)
    if isinstance(type_, DateTime):
        return _moment(text)
    if isinstance(type_, Date):
        return date.fromisoformat(text)
    if isinstance(type_, Numeric):
        return _finite(text)
    if "\0" in text:
        raise ValueError("NUL")
    text.encode()  # a lone surrogate raises
    return text


def _whole(text: str, limit: int) -> int:
    value = int(text)
    if not -limit <= value < limit:
        raise ValueError("out of range")
    return value


def _moment(text: str) -> datetime:
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError("no offset")
    return value


def _finite(text: str) -> Decimal:
    value = Decimal(text)
    if not value.is_finite():
        raise ValueError("not finite")
    return value
