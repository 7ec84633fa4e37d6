"""JSON of answers, and of what is kept of them."""

import json
from typing import Any

import orjson


def dumped(value: Any) -> bytes:
    """JSON as Postgres prints it: compact, characters as they are, floats as Python's (orjson has `1e-5` for
    `1e-05`)."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def kept(value: Any) -> str:
    """JSON that we alone read again, in a fifth of the time."""
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:
        return json.dumps(value, ensure_ascii=False)
