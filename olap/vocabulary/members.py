"""Members of levels: from what a request writes to what the star holds."""

import re
import unicodedata
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Integer

from olap.errors import RequestError
from olap.vocabulary.models import CubeModel
from olap.vocabulary.times import OfDay

WHOLE_NUMBER = re.compile(r"[+-]?[0-9]{1,19}")
BITS = {Integer: 31, BigInteger: 63}

Member = int | str | None


def path_of(model: CubeModel, dimension: Any, hierarchy: Any, path: list[Any]) -> list[Member]:
    """The path with each member in the type of its level. Raises RequestError for one that cannot exist."""
    levels = hierarchy.levels[: len(path)]
    members = [_member(model, level, given) for level, given in zip(levels, path, strict=True)]
    if dimension.role == "time":
        _check_date(
            dimension, {level.role: value for level, value in zip(levels, members, strict=True)}, path
        )
    return members


def _member(model: CubeModel, level: Any, given: Any) -> Member:
    if given is None or isinstance(given, OfDay):
        return given
    kind = model.cut_column(level.key.ref).sql.type
    if isinstance(kind, Integer):
        return _number(level, given, bits=BITS[type(kind)])
    return text_of(level.name, given)


def _number(level: Any, given: Any, *, bits: int) -> int:
    text = str(given)
    if isinstance(given, bool) or not WHOLE_NUMBER.fullmatch(text) or abs(int(text)) >= 1 << bits:
        hint = ", __null__ or a relative time such as today or lastmonth" if level.role else " or __null__"
        raise RequestError(
            f"unknown member {_short(text)} of level {level.name}; it takes a whole number{hint}"
        )
    return int(text)


def text_of(level: str, given: Any) -> str:
    """The text as it is stored: NFC. Raises RequestError for what no text column holds."""
    text = unicodedata.normalize("NFC", str(given))
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise RequestError(
            f"unknown member {_short(text)} of level {level}: a text without NUL and lone surrogates"
        )
    return text


def _short(text: str) -> str:
    return repr(text if len(text) <= 80 else text[:77] + "...")


def _check_date(dimension: Any, parts: dict[str, Member], path: list[Any]) -> None:
    """Raise RequestError for a day, month or week that no calendar has. Unknown (null) parts are not checked."""
    known = {role: value for role, value in parts.items() if isinstance(value, int)}
    fault = _calendar_fault(known)
    if fault is not None:
        written = ",".join(str(item) for item in path)
        raise RequestError(f"no such date {dimension.name}:{written}: {fault}")


LIMITS = {
    "year": (1, 9999),
    "quarter": (1, 4),
    "month": (1, 12),
    "day": (1, 31),
    "isoyear": (1, 9999),
    "isoweek": (1, 53),
    "isoweekday": (1, 7),
    "fiscalyear": (1, 9999),
    "fiscalquarter": (1, 4),
    "fiscalmonth": (1, 12),
}


def _calendar_fault(parts: dict[str, int]) -> str | None:
    for role, value in parts.items():
        low, high = LIMITS[role]
        if not low <= value <= high:
            return f"{role} goes from {low} to {high}"
    for fiscal in ("", "fiscal"):
        quarter, month = parts.get(f"{fiscal}quarter"), parts.get(f"{fiscal}month")
        if quarter is not None and month is not None and (month + 2) // 3 != quarter:
            rest = "" if fiscal else ", day"
            return f"month {month} lies in quarter {(month + 2) // 3}; the path is year, quarter, month{rest}"
    try:
        if {"year", "month", "day"} <= set(parts):
            date(parts["year"], parts["month"], parts["day"])
        if {"isoyear", "isoweek"} <= set(parts):
            date.fromisocalendar(parts["isoyear"], parts["isoweek"], parts.get("isoweekday", 1))
    except ValueError as error:
        return str(error)
    return None
