"""Tables as files: CSV, JSON lines, XLSX, Arrow, Parquet. No spreadsheet runs anything of a text in them."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa

from api.slicer.encode import rows

BATCH = 10_000

FORMULA = tuple("=+-@＝＋－＠")
CONTROL = ("\t", "\r", "\n")
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""What XML has no way to say."""
FORBIDDEN = re.compile(r"[\\/*?:\[\]]")
"""What the name of a sheet must not hold; it has 31 characters at most."""


def runs(text: str) -> bool:
    """Whether a spreadsheet would take the text for a formula."""
    return text.startswith(CONTROL) or text.lstrip().startswith(FORMULA)


def disarmed(value: Any) -> Any:
    """The value as a spreadsheet may open it: a text that it would run as a formula gets an apostrophe in front."""
    if isinstance(value, str):
        return f"'{value}" if runs(value) else value
    return format(value, "f") if isinstance(value, Decimal) else value


def csv_of(table: pa.Table, header: Sequence[str] | None) -> Iterator[str]:
    """The rows as CSV, some at a time."""
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


def lines_of(table: pa.Table) -> Iterator[str]:
    """The rows as JSON, one a line, some at a time."""
    for batch in table.to_batches(max_chunksize=BATCH):
        yield "".join(f"{row}\n" for row in rows(pa.Table.from_batches([batch])))


def xlsx_of(
    table: pa.Table, header: Sequence[str] | None, *, title: str, formats: Sequence[str | None] = ()
) -> bytes:
    """The rows as a workbook of one sheet. Texts are texts, also those that look like formulas; numbers are numbers,
    shown in the format of their column where it has one."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    sheet = book.create_sheet(FORBIDDEN.sub(" ", UNWRITABLE.sub("", title))[:31].strip("' ") or "1")
    if header is not None:
        sheet.freeze_panes = "A2"
        heads = [_cell(sheet, name) for name in header]
        heads = [WriteOnlyCell(sheet, head) if isinstance(head, str) else head for head in heads]
        for head in heads:
            head.font = Font(bold=True)
        sheet.append(heads)
    # A row is written when it is appended: one cell a column takes all of its values.
    shown = [_formatted(sheet, format_) for format_ in formats or [None] * table.num_columns]
    for batch in table.to_batches(max_chunksize=BATCH):
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            sheet.append([_in(cell, sheet, value) for cell, value in zip(shown, row, strict=True)])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _formatted(sheet: Any, format_: str | None) -> Any:
    """A cell for the numbers of a column; None where they are shown as they are."""
    from openpyxl.cell import WriteOnlyCell

    if format_ is None:
        return None
    cell = WriteOnlyCell(sheet)
    cell.number_format = format_
    return cell


def _in(cell: Any, sheet: Any, value: Any) -> Any:
    if cell is None or value is None or isinstance(value, str):
        return _cell(sheet, value)
    cell.value = value
    return cell


def _cell(sheet: Any, value: Any) -> Any:
    """A text that looks like a formula is marked as text, so that it stays one when somebody edits its cell."""
    if not isinstance(value, str):
        return value
    text = UNWRITABLE.sub("", value)
    if not runs(text):
        return text
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    cell.quotePrefix = True
    return cell


def arrow_of(table: pa.Table) -> bytes:
    """The rows as an Arrow IPC stream, in their exact types."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue().to_pybytes())


def parquet_of(table: pa.Table) -> bytes:
    """The rows as a Parquet file, in their exact types."""
    from pyarrow import parquet

    sink = pa.BufferOutputStream()
    parquet.write_table(table, sink)
    return bytes(sink.getvalue().to_pybytes())
