"""What the owner of a cube is asked and answers: JSON, one object a line.

Asked: {"ask": "rebuild"} or {"ask": "verify"}. Answered: any number of {"step": ..}, then one {"done": ..} or
{"failed": why}.
"""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from olap.difference import Difference, VerifyReport
from olap.progress import BuildReport, Step
from olap.watermark import Watermark

Report = BuildReport | VerifyReport


def line(message: dict[str, Any]) -> bytes:
    """One message as it goes over the socket."""
    return json.dumps(message, default=_plain).encode() + b"\n"


def step(given: Step) -> dict[str, Any]:
    return {"step": asdict(given)}


def done(report: Report) -> dict[str, Any]:
    return {"done": asdict(report)}


def failed(error: Exception) -> dict[str, Any]:
    return {"failed": str(error)}


def step_of(message: dict[str, Any]) -> Step:
    return Step(**message["step"])


def build_report(message: dict[str, Any]) -> BuildReport:
    """The report of a rebuild, as the owner made it."""
    fields = message["done"]
    mark = fields["watermark"]
    read_at = datetime.fromisoformat(mark["read_at"])
    return BuildReport(**{**fields, "watermark": Watermark(**{**mark, "read_at": read_at})})


def verify_report(message: dict[str, Any]) -> VerifyReport:
    """The report of a verification, as the owner made it."""
    fields = message["done"]
    return VerifyReport(
        **{**fields, "differences": tuple(Difference(**each) for each in fields["differences"])}
    )


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"no JSON for {type(value).__name__}")
