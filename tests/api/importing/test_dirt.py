"""Bad rows are left out with their reasons; the others come in."""

import csv
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from domain.intake.counts import Counts
from tests.api.importing.conftest import HEADER, LINES, ROWS, STORED, Ask, Import, csv_text

GOOD = ("9", "2026-03-01 10:00:00", "1", "10", "C9", "Korea", "P9", "Cup")


def bad(**changed: str) -> tuple[str, ...]:
    return tuple(changed.get(name, value) for name, value in zip(HEADER, GOOD, strict=True))


CASES = [
    ({"quantity": "many"}, "line.quantity: 'many' is not a number"),
    ({"quantity": ""}, "line.quantity: is missing"),
    ({"quantity": "1.0001"}, "line.quantity: '1.0001' has more than 3 decimals"),
    (
        {"quantity": "1000000000000"},
        "line.quantity: '1000000000000' has more than 12 digits before the point",
    ),
    ({"price": "NaN"}, "line.unit_price: 'NaN' is not a number"),
    ({"price": "1e3"}, "line.unit_price: '1e3' is not a number"),
    ({"price": "Infinity"}, "line.unit_price: 'Infinity' is not a number"),
    ({"price": "١٠"}, "line.unit_price: '١٠' is not a number"),
    ({"price": "0.00001"}, "line.unit_price: '0.00001' has more than 4 decimals"),
    ({"price": "9" * 40}, "has more than 15 digits before the point"),
    ({"price": "1,000"}, "line.unit_price: '1,000' is not a number"),
    (
        {"quantity": "999999999999", "price": "999999"},
        "line: quantity x price is beyond what an amount may be",
    ),
    ({"time": "2026-02-30 10:00:00"}, "'2026-02-30 10:00:00' is not a time: no such day or hour"),
    ({"time": "2026-03-01 10:00:60"}, "'2026-03-01 10:00:60' is not a time: no such day or hour"),
    ({"time": "01/03/2026"}, "'01/03/2026' is not a time; known forms: YYYY-MM-DD[ HH:MM[:SS]][+HH:MM]"),
    ({"time": "0001-01-01 00:00:00"}, "is outside the years 1 to 9999"),
    ({"time": ""}, "order.ordered_at: is missing"),
    ({"order": ""}, "order.id: is missing"),
    ({"order": "   "}, "order.id: is missing"),
    ({"order": "a\x00b"}, "order.id: text may not hold the character NUL (U+0000)"),
    ({"order": "a\x07b"}, "order.id: text may not hold the control character U+0007"),
    ({"order": "x" * 201}, "order.id: text is 201 characters long; at most 200 are allowed"),
    (
        {"title": "김철수 900101-1234567"},
        "product.name: text looks like it holds a resident registration number",
    ),
]


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class TestBadRows:
    async def test_each_bad_row_is_rejected_with_its_line_and_reason(
        self, tmp_path: Path, rejects: Path, importing: Import, ask: Ask
    ) -> None:
        path = tmp_path / "sales.csv"
        broken = [bad(**changed) for changed, _ in CASES]
        path.write_text(csv_text([ROWS[0], *broken, *ROWS[1:]]), encoding="utf-8")

        report = await importing(path)

        assert (report.rows_read, report.rows_taken, report.rows_rejected) == (len(CASES) + 3, 3, len(CASES))
        assert report.exit_code == 3
        found = read(rejects)
        assert [(row["file"], row["sheet"], row["line"]) for row in found] == [
            (str(path), "", str(line)) for line in range(3, len(CASES) + 3)
        ]
        assert [
            (reason, row["reason"])
            for (_, reason), row in zip(CASES, found, strict=True)
            if reason not in row["reason"]
        ] == []
        assert {row["product"] for row in found} == {"P9"}
        assert await ask(LINES.format(system="shop")) == STORED

    async def test_bytes_that_are_not_text_are_shown_as_escapes(
        self, tmp_path: Path, rejects: Path, importing: Import, ask: Ask
    ) -> None:
        path = tmp_path / "sales.csv"
        path.write_bytes(
            csv_text([ROWS[0], bad(title="caf?"), *ROWS[1:]]).encode().replace(b"caf?", b"caf\xe9")
        )

        await importing(path)

        (row,) = read(rejects)
        assert row["reason"] == "holds bytes that are not utf-8"
        assert row["title"] == "caf\\udce9"
        assert await ask(LINES.format(system="shop")) == STORED

    async def test_rows_of_another_width_are_rejected(
        self, tmp_path: Path, rejects: Path, importing: Import, ask: Ask
    ) -> None:
        path = tmp_path / "sales.csv"
        path.write_text(csv_text([ROWS[0], GOOD[:5], (*GOOD, "more"), *ROWS[1:]]), encoding="utf-8")

        await importing(path)

        assert [(row["line"], row["reason"]) for row in read(rejects)] == [
            ("3", "has 5 columns where the header has 8"),
            ("4", "has 9 columns where the header has 8"),
        ]
        assert await ask(LINES.format(system="shop")) == STORED

    async def test_a_quote_inside_a_field_costs_one_row(
        self, tmp_path: Path, rejects: Path, importing: Import, ask: Ask
    ) -> None:
        path = tmp_path / "sales.csv"
        first, *others = csv_text().splitlines(keepends=True)
        path.write_text("".join([first, '9,"half"quoted,1,1,,,P9,Cup\n', *others]), encoding="utf-8")

        await importing(path)

        (row,) = read(rejects)
        assert (row["line"], row["reason"][:12]) == ("2", "is not CSV: ")
        assert await ask(LINES.format(system="shop")) == STORED

    async def test_a_row_tells_all_its_reasons_and_where_it_starts(
        self, tmp_path: Path, rejects: Path, importing: Import
    ) -> None:
        path = tmp_path / "sales.csv"
        broken = bad(title="two\nlines", quantity="x", price="y")
        path.write_text(csv_text([bad(title="a\nb"), broken]), encoding="utf-8")

        await importing(path)

        (row,) = read(rejects)
        assert row["line"] == "4"
        assert row["reason"] == "line.quantity: 'x' is not a number; line.unit_price: 'y' is not a number"

    async def test_cells_of_the_rejects_file_are_no_formulas(
        self, tmp_path: Path, rejects: Path, importing: Import
    ) -> None:
        path = tmp_path / "sales.csv"
        path.write_text(
            csv_text([bad(title='=HYPERLINK("x")', country="＝1", product="@P", quantity="-1e3")]),
            encoding="utf-8",
        )

        await importing(path)

        (row,) = read(rejects)
        assert (row["title"], row["country"], row["product"]) == ('\'=HYPERLINK("x")', "'＝1", "'@P")
        assert row["quantity"] == "'-1e3"

    async def test_registration_numbers_reach_no_file(
        self, tmp_path: Path, rejects: Path, importing: Import
    ) -> None:
        path = tmp_path / "sales.csv"
        path.write_text(csv_text([bad(title="900101-1234567", time="900101-1234567")]), encoding="utf-8")

        await importing(path)

        assert "1234567" not in rejects.read_text(encoding="utf-8")
        assert read(rejects)[0]["title"] == "******-*******"

    async def test_typed_cells_are_checked_too(
        self, tmp_path: Path, rejects: Path, importing: Import
    ) -> None:
        path = tmp_path / "sales.parquet"
        table = {name: [value] * 3 for name, value in zip(HEADER, GOOD, strict=True)}
        prices = pa.array([float("nan"), float("inf"), 0.1 + 0.2])
        times = pa.array([0, 0, 253_402_300_800], pa.timestamp("s"))
        pq.write_table(pa.table({**table, "price": prices, "time": times}), path)

        await importing(path)

        assert [(row["line"], row["reason"].split(";")[0]) for row in read(rejects)] == [
            ("1", "line.unit_price: 'nan' is not a number"),
            ("2", "line.unit_price: 'inf' is not a number"),
            ("3", "order.ordered_at: 'timestamp[ms] 253402300800000' is not a time"),
        ]

    async def test_a_sheet_says_its_name_and_row(
        self, tmp_path: Path, rejects: Path, importing: Import
    ) -> None:
        book = openpyxl.Workbook()
        sheet = book.create_sheet("März")
        rows: list[Sequence[str]] = [HEADER, GOOD, [], bad(quantity="#N/A")]
        for row in rows:
            sheet.append(row)
        path = tmp_path / "sales.xlsx"
        book.save(path)

        await importing(path)

        assert [(row["sheet"], row["line"]) for row in read(rejects)] == [("März", "4")]

    async def test_nothing_is_rejected_without_need(
        self, rejects: Path, sales: Path, importing: Import
    ) -> None:
        report = await importing(sales)

        assert (report.rejects, report.exit_code, rejects.exists()) == (None, 0, False)

    async def test_text_is_stored_composed_and_on_one_line(
        self, tmp_path: Path, importing: Import, ask: Ask
    ) -> None:
        path = tmp_path / "sales.csv"
        title = "  \u1100\u1161\u202e\n차  "
        path.write_text(csv_text([bad(title=title)]), encoding="utf-8")

        await importing(path)

        assert await ask("SELECT name FROM products") == [("가 차",)]


class TestContradictions:
    async def test_an_order_of_two_customers_is_refused_whole(
        self, tmp_path: Path, rejects: Path, importing: Import, ask: Ask
    ) -> None:
        path = tmp_path / "sales.csv"
        path.write_text(csv_text([*ROWS, GOOD, bad(customer="C8"), bad(customer="")]), encoding="utf-8")

        report = await importing(path)

        assert (report.orders, report.rows_taken, report.rows_rejected) == (Counts(created=2), 3, 3)
        assert {row["reason"] for row in read(rejects)} == {
            "the order 9 names two values of customer: C8 and C9"
        }
        assert [row["line"] for row in read(rejects)] == ["5", "6", "7"]
        assert await ask(LINES.format(system="shop")) == STORED
