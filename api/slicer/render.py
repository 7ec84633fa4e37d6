"""Answers in the formats that are asked for: JSON, JSON lines, CSV, Arrow."""

import csv
import io
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api.slicer.encode import encoded, rows
from api.slicer.errors import BadParameter

RECORD_LIMIT = 1000
"""Records in a JSON answer; header `X-Dangol-Record-Limit` says when it cut one short."""
ROW_LIMIT = 1_000_000
"""Rows in the formats that are read as they come."""
BATCH = 10_000

TRUE = frozenset({"true", "yes", "1", "on"})
FORMULA = tuple("=+-@＝＋－＠")
CONTROL = ("\t", "\r", "\n")


def switched_on(text: str | None) -> bool:
    """Whether a parameter says yes in one of the words that the Slicer takes for it."""
    return text is not None and text.lower() in TRUE


def format_of(request: Request, *known: str) -> str:
    """The format asked for, JSON unless said. Raises BadParameter."""
    return _one_of(request, "format", *known)


def ceiling_of(format_: str) -> int:
    """How many rows an answer of that format holds at most."""
    return RECORD_LIMIT if format_ == "json" else ROW_LIMIT


def json_answer(request: Request, value: Any, *, status: int = 200, cut_short: bool = False) -> Response:
    """The value as JSON, indented if `prettyprint` says so."""
    indent = 4 if switched_on(request.query_params.get("prettyprint")) else None
    return Response(
        encoded(value, indent=indent),
        status_code=status,
        media_type="application/json",
        headers=_announced(RECORD_LIMIT, cut_short=cut_short),
    )


def table_answer(
    request: Request, table: pa.Table, *, format_: str, name: str, labels: Sequence[str], cut_short: bool
) -> Response:
    """The rows as CSV, JSON lines or an Arrow stream. `labels` head the columns of a CSV, one each."""
    headers = _announced(ROW_LIMIT, cut_short=cut_short)
    if format_ == "csv":
        header = {"names": table.column_names, "labels": labels, "none": None}[
            _one_of(request, "header", *HEADERS)
        ]
        headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return StreamingResponse(_csv(table, header), media_type="text/csv", headers=headers)
    if format_ == "json_lines":
        return StreamingResponse(_lines(table), media_type="application/x-json-lines", headers=headers)
    return Response(_arrow(table), media_type="application/vnd.apache.arrow.stream", headers=headers)


HEADERS = ("labels", "names", "none")


def _one_of(request: Request, parameter: str, *known: str) -> str:
    given = request.query_params.get(parameter, "").lower() or known[0]
    if given not in known:
        raise BadParameter(f"unknown {parameter} {given[:40]!r}; known: {', '.join(known)}")
    return given


def _announced(limit: int, *, cut_short: bool) -> dict[str, str]:
    return {"X-Dangol-Record-Limit": str(limit)} if cut_short else {}


def _csv(table: pa.Table, header: Sequence[str] | None) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    if header is not None:
        writer.writerow(map(disarmed, header))
    for batch in table.to_batches(max_chunksize=BATCH):
        columns = [[disarmed(value) for value in column.to_pylist()] for column in batch.columns]
        writer.writerows(zip(*columns, strict=True))
        yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def disarmed(value: Any) -> Any:
    """The value as a spreadsheet may open it: a text that it would run as a formula gets an apostrophe in front."""
    if isinstance(value, str):
        runs = value.startswith(CONTROL) or value.lstrip().startswith(FORMULA)
        return f"'{value}" if runs else value
    return format(value, "f") if isinstance(value, Decimal) else value


def _lines(table: pa.Table) -> Iterator[str]:
    for batch in table.to_batches(max_chunksize=BATCH):
        yield "".join(f"{row}\n" for row in rows(pa.Table.from_batches([batch])))


def _arrow(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue().to_pybytes())
