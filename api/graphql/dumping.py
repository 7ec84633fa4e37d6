"""JSON of answers."""

import json
from typing import Any


def dumped(value: Any) -> bytes:
    """JSON as Postgres prints it: compact, characters as they are, floats as Python's (orjson has `1e-5` for
    `1e-05`)."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
