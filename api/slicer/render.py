"""Answers in the formats that are asked for: JSON, or a table in one of the formats of `tables`."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api.slicer.encode import encoded
from api.slicer.errors import BadParameter
from api.slicer.known import said
from api.slicer.tables import arrow_of, csv_of, lines_of, parquet_of, xlsx_of
from domain.messages import say

RECORD_LIMIT = 1000
"""Records in a JSON answer; header `X-Dangol-Record-Limit` says when it cut one short."""
ROW_LIMIT = 1_000_000
"""Rows in the formats that are read as they come."""
SHEET_LIMIT = 100_000
"""Rows in a workbook, which is written in memory as a whole."""

TRUE = frozenset({"true", "yes", "1", "on"})
HEADERS = ("labels", "names", "none")

TABLES = {
    "csv": "text/csv",
    "json_lines": "application/x-json-lines",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "arrow": "application/vnd.apache.arrow.stream",
    "parquet": "application/vnd.apache.parquet",
}
"""The media types of the formats that are tables."""

FORMATS = ("json", *TABLES)


def switched_on(text: str | None) -> bool:
    """Whether a parameter says yes in one of the words that the Slicer takes for it."""
    return text is not None and text.lower() in TRUE


def format_of(request: Request) -> str:
    """The format asked for, JSON unless said. Raises BadParameter, also for a header that is none: whether it is read
    or not depends on the format."""
    _one_of(request, "header", *HEADERS)
    return _one_of(request, "format", *FORMATS)


def ceiling_of(format_: str) -> int:
    """How many rows an answer of that format holds at most."""
    return {"json": RECORD_LIMIT, "xlsx": SHEET_LIMIT}.get(format_, ROW_LIMIT)


def json_answer(request: Request, value: Any, *, status: int = 200, cut_short: bool = False) -> Response:
    """The value as JSON, indented if `prettyprint` says so."""
    indent = 4 if switched_on(said(request, "prettyprint")) else None
    return Response(
        encoded(value, indent=indent),
        status_code=status,
        media_type="application/json",
        headers=_announced(RECORD_LIMIT, cut_short=cut_short),
    )


def table_answer(
    request: Request,
    table: pa.Table,
    *,
    format_: str,
    name: str,
    labels: Sequence[str],
    formats: Sequence[str | None],
    cut_short: bool,
) -> Response:
    """The rows as a file of that format. `labels` head the columns of a CSV and of a sheet, one each, and `formats` say
    how a sheet shows their numbers.

    Takes the time of writing all of it, but for CSV and JSON lines, which are written while they are sent.
    """
    headers = _announced(ceiling_of(format_), cut_short=cut_short)
    if format_ != "json_lines" and format_ != "arrow":
        headers["Content-Disposition"] = f'attachment; filename="{name}.{format_}"'
    media = TABLES[format_]
    match format_:
        case "csv":
            return StreamingResponse(
                csv_of(table, _header(request, table, labels)), media_type=media, headers=headers
            )
        case "json_lines":
            return StreamingResponse(lines_of(table), media_type=media, headers=headers)
        case "xlsx":
            written = xlsx_of(table, _header(request, table, labels), title=name, formats=formats)
        case "parquet":
            written = parquet_of(table)
        case _:
            written = arrow_of(table)
    return Response(written, media_type=media, headers=headers)


def _header(request: Request, table: pa.Table, labels: Sequence[str]) -> Sequence[str] | None:
    headers: dict[str, Sequence[str] | None] = {"names": table.column_names, "labels": labels, "none": None}
    return headers[_one_of(request, "header", *HEADERS)]


def _one_of(request: Request, parameter: str, *known: str) -> str:
    given = (said(request, parameter) or known[0]).lower()
    if given not in known:
        told = say(
            "unknown {name} {text}; known: {known}",
            name=parameter,
            text=repr(given[:40]),
            known=", ".join(known),
        )
        raise BadParameter(told)
    return given


def _announced(limit: int, *, cut_short: bool) -> dict[str, str]:
    return {"X-Dangol-Record-Limit": str(limit)} if cut_short else {}
