"""A file that ends in the middle stops the import, with its name and the place, and nothing of it is in."""

import gzip
from collections import deque
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from api.importing.errors import SourceError
from api.importing.reading import Reading
from api.importing.sources import open_file
from tests.api.importing.conftest import HEADER, ROWS, Ask, Import, csv_text
from tests.api.importing.test_formats import parquet, workbook

MANY = csv_text([(str(number), *ROWS[0][1:]) for number in range(30_000)]).encode()


def cut_gzip(path: Path) -> None:
    whole = gzip.compress(MANY)
    path.write_bytes(whole[: len(whole) * 3 // 4])


def damaged_gzip(path: Path) -> None:
    whole = bytearray(gzip.compress(MANY))
    whole[-6] ^= 0xFF
    path.write_bytes(whole)


def cut_in_quotes(path: Path) -> None:
    path.write_bytes(csv_text().encode() + b'3,"2026-03-01')


def cut_in_line(path: Path) -> None:
    path.write_bytes(csv_text().encode() + b"3,2026-03-01 10:00:00,1")


def cut_parquet(path: Path) -> None:
    parquet(path)
    path.write_bytes(path.read_bytes()[:-20])


def damaged_parquet(path: Path) -> None:
    columns = dict(zip(HEADER, map(list, zip(*ROWS * 5000, strict=True)), strict=True))
    pq.write_table(
        pa.table(columns), path, write_page_checksum=False, compression="gzip", use_dictionary=False
    )
    content = bytearray(path.read_bytes())
    content[100:2000] = b"\x00" * 1900
    path.write_bytes(content)


def cut_workbook(path: Path) -> None:
    workbook(path)
    path.write_bytes(path.read_bytes()[:-200])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def only_empty_lines(path: Path) -> None:
    path.write_bytes(b"\n\n")


CASES: list[tuple[str, Callable[[Path], None], str]] = [
    ("cut.csv.gz", cut_gzip, "ends in the middle, after line 2"),
    ("damaged.csv.gz", damaged_gzip, "ends in the middle, after line 30,001: CRC check failed"),
    ("quotes.csv", cut_in_quotes, "ends in the middle: line 5 stops inside a quoted field"),
    ("line.csv", cut_in_line, "ends in the middle: line 5 stops after 3 of 8 columns"),
    ("cut.parquet", cut_parquet, "is not a whole Parquet file"),
    ("damaged.parquet", damaged_parquet, "cannot be read after row 0"),
    ("cut.xlsx", cut_workbook, "is not a whole XLSX file"),
    ("text.parquet", cut_in_line, "is not a whole Parquet file"),
    ("text.xlsx", cut_in_line, "is not a whole XLSX file"),
    ("empty.csv", empty, "is empty"),
    ("lines.csv", only_empty_lines, "has no header row"),
]


def read(path: Path) -> None:
    """The file is read to its end."""
    for sheet in open_file(path, Reading()).sheets:
        deque(sheet.batches(HEADER), maxlen=0)


class TestCutFiles:
    @pytest.mark.parametrize(("name", "write", "message"), CASES, ids=[name for name, _, _ in CASES])
    def test_the_file_and_the_place_are_named(
        self, name: str, write: Callable[[Path], None], message: str, tmp_path: Path
    ) -> None:
        path = tmp_path / name
        write(path)

        with pytest.raises(SourceError) as raised:
            read(path)

        assert str(raised.value).startswith(f"{path}: {message}")

    async def test_nothing_is_merged_not_even_of_the_files_before(
        self, tmp_path: Path, sales: Path, importing: Import, ask: Ask
    ) -> None:
        path = tmp_path / "cut.csv.gz"
        cut_gzip(path)

        with pytest.raises(SourceError, match="ends in the middle"):
            await importing(sales, path)

        assert await ask("SELECT (SELECT count(*) FROM orders) + (SELECT count(*) FROM change)") == [(0,)]
        assert await ask("SELECT time_zone, currency FROM company") == [("Asia/Seoul", "KRW")]

    async def test_the_run_is_recorded_as_failed(self, tmp_path: Path, importing: Import, ask: Ask) -> None:
        path = tmp_path / "sales.csv"
        cut_in_quotes(path)

        with pytest.raises(SourceError):
            await importing(path)

        ((state, error),) = await ask("SELECT state, error FROM import_runs")
        assert (state, "line 5 stops inside a quoted field" in error) == ("FAILED", True)

    async def test_a_missing_file_is_named(self, tmp_path: Path, importing: Import) -> None:
        with pytest.raises(SourceError, match=r"absent\.csv: cannot be read: No such file or directory"):
            await importing(tmp_path / "absent.csv")

    async def test_a_folder_is_no_file(self, tmp_path: Path, importing: Import) -> None:
        with pytest.raises(SourceError, match="cannot be read: Is a directory"):
            await importing(tmp_path)

    async def test_the_same_file_twice_is_refused(self, sales: Path, importing: Import) -> None:
        with pytest.raises(SourceError, match="is given twice; its orders would count double"):
            await importing(sales, sales.parent / "." / sales.name)

    async def test_a_copy_of_a_file_is_refused(self, tmp_path: Path, sales: Path, importing: Import) -> None:
        copy = tmp_path / "copy.csv"
        copy.write_bytes(sales.read_bytes())

        with pytest.raises(
            SourceError, match=r"copy\.csv: is a copy of .*sales\.csv; its orders would count double"
        ):
            await importing(sales, copy)

    async def test_a_missing_sheet_is_named(self, tmp_path: Path, mapping: Path, importing: Import) -> None:
        mapping.write_text(mapping.read_text() + '[read]\nsheets = ["third"]\n')

        with pytest.raises(SourceError, match="has no sheet 'third'; its sheets: Sheet, first, second"):
            await importing(workbook(tmp_path / "sales.xlsx"))

    async def test_a_rejects_file_that_cannot_be_written_is_named(
        self, tmp_path: Path, sales: Path, importing: Import, ask: Ask
    ) -> None:
        sales.write_text(csv_text([("", *ROWS[0][1:])]), encoding="utf-8")

        with pytest.raises(SourceError, match=r"absent/r\.csv: cannot be written: No such file or directory"):
            await importing(sales, rejects=tmp_path / "absent" / "r.csv")

        assert await ask("SELECT count(*) FROM orders") == [(0,)]

    async def test_rejects_do_not_overwrite_a_file_to_import(self, sales: Path, importing: Import) -> None:
        with pytest.raises(SourceError, match="is one of the files to import"):
            await importing(sales, rejects=sales)
