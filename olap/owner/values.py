"""Values of a query as JSON keeps them apart: an exact number is no float, a date no text."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

Plain = None | bool | int | float | str | list[Any] | dict[str, Any]


def told(value: Any) -> Plain:
    """The value as JSON. Raises TypeError for what no query has."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case Decimal():
            return {"decimal": str(value)}
        case datetime():
            return {"datetime": value.isoformat()}
        case date():
            return {"date": value.isoformat()}
        case list() | tuple():
            return [told(each) for each in value]
    raise TypeError(f"no JSON for {type(value).__name__}")


def read(plain: Any) -> Any:
    """The value that was told. Raises ValueError for what was not."""
    if isinstance(plain, list):
        return [read(each) for each in plain]
    if not isinstance(plain, dict):
        return plain
    match plain:
        case {"decimal": str(text), **rest} if not rest:
            return Decimal(text)
        case {"datetime": str(text), **rest} if not rest:
            return datetime.fromisoformat(text)
        case {"date": str(text), **rest} if not rest:
            return date.fromisoformat(text)
    raise ValueError("no value of a query")
