"""How values look in JSON: only SQL formats them.

numeric and bigint are strings (JavaScript's numbers would lose digits), timestamps are
`YYYY-MM-DDTHH:MM:SS.ffffffZ`; text, booleans, dates, small integers and lists of text are what Postgres prints.
"""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, DateTime, Numeric, Text, cast, func, literal_column
from sqlalchemy.types import TypeEngine

from domain.selection.sql import Known

_TIMESTAMP: ColumnElement[str] = literal_column("""'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'""")
_UTC: ColumnElement[str] = literal_column("'UTC'")


def shown(value: ColumnElement[Any], type_: TypeEngine[Any]) -> ColumnElement[Any]:
    """The value as JSON shows it."""
    if isinstance(type_, DateTime):
        return Known(func.to_char(func.timezone(_UTC, value), _TIMESTAMP, type_=Text()), bare=True)
    if isinstance(type_, BigInteger | Numeric):
        return Known(cast(value, Text()), bare=True)
    return value
