"""What a log line may hold: keys from one list, each with the form its value must have. Anything else stays out.

So neither a variable, a query's text, a parameter, a name nor a token gets into a log, whoever calls it: an error is
told by its class and the places in the code it passed, never by its text, which may quote what was stored.
"""

import logging
import re
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from typing import Any

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,79}")
_WORDS = re.compile(r"[A-Za-z0-9_.,:;'() -]{1,200}")
_STATE = re.compile(r"[0-9A-Z]{5}")
_TIME = re.compile(r"[0-9T:.+Z-]{10,40}")
_ID = re.compile(r"[0-9a-f-]{8,40}")
_PLACE = re.compile(r"[^\n\"']{1,300}:\d+ [\w<>.]{1,80}")
_ADDRESS = re.compile(r"https?://[\w.:/-]{1,200}")

ALLOWED: Mapping[str, re.Pattern[str]] = {
    "event": _WORDS,
    "level": _WORD,
    "timestamp": _TIME,
    "logger": _WORD,
    "error": _WORD,
    "error_id": _ID,
    "sqlstate": _STATE,
    "at": _PLACE,
    "kind": _WORD,
    "state": _WORD,
    "asked": _WORD,
    "by": _WORDS,
    "reason": _WORDS,
    "issuer": _ADDRESS,
    "job_id": _WORD,
    "count": _WORD,
    "lines": _WORD,
    "seconds": _WORD,
}
"""Numbers are allowed under any of these."""

WITHHELD = "(withheld)"
DEEPEST = 12


def allowed(_: Any, __: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """The event with allow-listed keys alone; a value of another form is withheld. A processor of structlog."""
    told = {**event, **_error(event.pop("exc_info", None))}
    return {key: _safe(ALLOWED[key], told[key]) for key in told if key in ALLOWED and told[key] is not None}


def _error(given: Any) -> dict[str, Any]:
    """The class and the places of an exception, from whatever was given as exc_info."""
    if isinstance(given, tuple):
        given = given[1]
    if given is True:
        given = sys.exc_info()[1]
    if not isinstance(given, BaseException):
        return {}
    return {"error": type(given).__name__, "at": places(given)}


def places(error: BaseException) -> list[str]:
    """Where in the code the error passed, the innermost last."""
    frames = traceback.extract_tb(error.__traceback__)[-DEEPEST:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


def _safe(form: re.Pattern[str], value: Any) -> Any:
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple):
        return [_safe(form, each) for each in value]
    return str(value) if form.fullmatch(str(value)) else WITHHELD


class Withheld(logging.Formatter):
    """A line for what a library logs: which one, how grave, where in its code, and the class of an error. No text."""

    def __init__(self, render: Any) -> None:
        super().__init__()
        self._render = render

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "event": "library",
            "level": record.levelname.lower(),
            "logger": record.name,
            "at": [f"{record.pathname}:{record.lineno} {record.funcName}"],
            **_error(record.exc_info),
        }
        return str(self._render(None, "", dict(allowed(None, "", told))))


class FirstLine(logging.Formatter):
    """The server's own sentences, each cut to its first line: what follows is a trace that may quote anything."""

    def __init__(self) -> None:
        super().__init__("[%(levelname)s] %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        first = record.getMessage().partition("\n")[0][:200]
        return f"[{record.levelname}] {first}"
