"""Variables as canonical JSON: their names sorted, without blanks.

It says whether a request is the one that came before, whether its text is clean, and whether a row of an upsert says
what it said before. So the variables that hold rows are written once, row by row.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

ROWS = "rows"

_written = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode


@dataclass(slots=True)
class Canonical:
    """The text of the variables; `rows` are the texts of each variable's rows, which stand in it too."""

    text: str
    rows: Mapping[str, Sequence[str]] = field(default_factory=dict)


def canonical(variables: Mapping[str, Any]) -> Canonical:
    """The variables in writing. Raises RecursionError."""
    rows: dict[str, Sequence[str]] = {}
    return Canonical(_object({name: _variable(name, variables[name], rows) for name in variables}), rows)


def _variable(name: str, value: Any, rows: dict[str, Sequence[str]]) -> str:
    if type(value) is not dict or type(value.get(ROWS)) is not list:
        return _written(value)
    rows[name] = list(map(_written, value[ROWS]))
    parts = {key: _written(each) for key, each in value.items() if key != ROWS}
    return _object({**parts, ROWS: f"[{','.join(rows[name])}]"})


def _object(parts: Mapping[str, str]) -> str:
    return f"{{{','.join(f'{_written(name)}:{parts[name]}' for name in sorted(parts))}}}"
