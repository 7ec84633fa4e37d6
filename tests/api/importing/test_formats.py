"""The same rows come in from every format."""

import gzip
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from domain.intake.counts import Counts
from tests.api.importing.conftest import HEADER, LINES, ROWS, SALES, STORED, Ask, Import, csv_text


def typed(row: tuple[str, ...]) -> list[Any]:
    """A row as a workbook or a data frame holds it."""
    order, time, quantity, price, *texts = row
    return [
        int(order),
        datetime.fromisoformat(time),
        int(quantity),
        float(price),
        *(text or None for text in texts),
    ]


def csv_file(path: Path) -> Path:
    path.write_text(csv_text(), encoding="utf-8")
    return path


def csv_with_mark(path: Path) -> Path:
    path.write_bytes(b"\xef\xbb\xbf" + csv_text().replace("\n", "\r\n").encode())
    return path


def gzipped(path: Path) -> Path:
    path.write_bytes(gzip.compress(csv_text().encode()))
    return path


def parquet(path: Path) -> Path:
    pq.write_table(pa.table(dict(zip(HEADER, zip(*ROWS, strict=True), strict=True))), path)
    return path


def parquet_of_types(path: Path) -> Path:
    columns = dict(zip(HEADER, map(list, zip(*map(typed, ROWS), strict=True)), strict=True))
    table = pa.table({**columns, "price": pa.array([Decimal(row[3]) for row in ROWS], pa.decimal128(12, 2))})
    table = table.set_column(6, "product", table["product"].dictionary_encode())
    pq.write_table(table, path, coerce_timestamps="ms")
    return path


def parquet_of_pandas(path: Path) -> Path:
    """As pandas writes it: times in nanoseconds, small floats, ids with gaps as floats."""
    columns = dict(zip(HEADER, map(list, zip(*map(typed, ROWS), strict=True)), strict=True))
    pq.write_table(
        pa.table(
            {
                **columns,
                "order": pa.array([1.0, 1.0, 2.0]),
                "time": pa.array(columns["time"], pa.timestamp("ns")),
                "price": pa.array(columns["price"], pa.float32()),
            }
        ),
        path,
        version="2.6",
    )
    return path


def workbook(path: Path) -> Path:
    book = openpyxl.Workbook()
    sheets = [book.create_sheet(name) for name in ("first", "second")]
    for sheet, rows in zip(sheets, (ROWS[:2], ROWS[2:]), strict=True):
        sheet.append([])
        for row in (HEADER, *map(typed, rows)):
            sheet.append(row)
    book.save(path)
    return path


def workbook_of_texts(path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.create_sheet("texts")
    for row in (HEADER, *ROWS):
        sheet.append(row)
    book.save(path)
    return path


FORMATS: list[tuple[str, Callable[[Path], Path]]] = [
    ("sales.csv", csv_file),
    ("marked.csv", csv_with_mark),
    ("sales.csv.gz", gzipped),
    ("sales.parquet", parquet),
    ("types.parquet", parquet_of_types),
    ("pandas.parquet", parquet_of_pandas),
    ("sales.xlsx", workbook),
    ("texts.xlsx", workbook_of_texts),
    ("without_ending", gzipped),
]


class TestFormats:
    async def test_the_same_rows_come_in(
        self, tmp_path: Path, mapping: Path, importing: Import, ask: Ask
    ) -> None:
        found = {}
        for name, write in FORMATS:
            mapping.write_text(SALES.replace('"shop"', f'"{name}"'), encoding="utf-8")

            report = await importing(write(tmp_path / name))

            stored = await ask(LINES.format(system=name))
            found[name] = (report.rows_read, report.rows_rejected, report.orders, stored)

        # The codes of later systems' products carry the system's name.
        expected = {
            name: (
                3,
                0,
                Counts(created=2),
                [(*r[:3], r[3] if n == 0 else f"{name}:{r[3]}", *r[4:]) for r in STORED],
            )
            for n, (name, _) in enumerate(FORMATS)
        }
        assert found == expected

    async def test_every_format_after_another_changes_nothing(
        self, tmp_path: Path, importing: Import, ask: Ask
    ) -> None:
        await importing(csv_file(tmp_path / "sales.csv"))

        reports = [await importing(write(tmp_path / name)) for name, write in FORMATS]

        assert [report.events for report in reports] == [0] * len(FORMATS)
        assert all(report.orders == Counts(unchanged=2) for report in reports)
        assert await ask("SELECT count(*) FROM change") == [(6,)]

    async def test_an_order_may_lie_in_several_files(
        self, tmp_path: Path, importing: Import, ask: Ask
    ) -> None:
        first, second = tmp_path / "a.csv", tmp_path / "b.csv"
        first.write_text(csv_text([ROWS[0], ROWS[2]]), encoding="utf-8")
        second.write_text(csv_text([ROWS[1]]), encoding="utf-8")

        await importing(first, second)

        assert await ask(LINES.format(system="shop")) == STORED

    async def test_only_the_named_sheets_are_read(
        self, tmp_path: Path, mapping: Path, importing: Import
    ) -> None:
        mapping.write_text(mapping.read_text() + '[read]\nsheets = ["second"]\n')

        report = await importing(workbook(tmp_path / "sales.xlsx"))

        assert (report.rows_read, report.orders) == (1, Counts(created=1))

    async def test_korean_encodings_separators_and_decimal_commas_are_understood(
        self, tmp_path: Path, mapping: Path, importing: Import, ask: Ask
    ) -> None:
        mapping.write_text(
            mapping.read_text(encoding="utf-8")
            + '[read]\nencoding = "cp949"\ndelimiter = ";"\ndecimal_point = ","\n'
            + 'thousands_separator = "."\ntimes = ["%d.%m.%Y %H:%M"]\nnulls = ["-"]\n',
            encoding="utf-8",
        )
        path = tmp_path / "sales.csv"
        rows = ["1;01.03.2026 10:00;2;1.500,25;-;-;P1;보이차"]
        path.write_text("\n".join([";".join(HEADER), *rows]), encoding="cp949")

        await importing(path)

        assert await ask(LINES.format(system="shop")) == [
            ("1", "2.000", "1500.2500", "P1", "보이차", None, None, "2026-03-01 01:00:00")
        ]
