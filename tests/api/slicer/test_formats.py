"""CSV, JSON lines, XLSX, Arrow and Parquet, and that a spreadsheet runs nothing of a CSV or a workbook."""

import csv
import io
import json
from decimal import Decimal
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from pyarrow import parquet

from api.slicer.tables import disarmed, xlsx_of
from olap.beside.columns import format_of
from tests.api.slicer.conftest import Client

URL = "/slicer/cube/sales/aggregate"
ASKED = {"cut": "date:2011|currency:GBP", "drilldown": "date", "aggregates": "net_revenue|lines"}


class TestCsv:
    def test_it_is_a_file_with_labels_exact_amounts_and_no_nul(self, analyst: Client) -> None:
        answer = analyst.get(URL, {**ASKED, "format": "csv"})

        assert answer.headers["content-type"].startswith("text/csv")
        assert answer.headers["content-disposition"] == 'attachment; filename="aggregate.csv"'
        assert (
            answer.text == "Year,Quarter,Net revenue,Order lines\r\n2011,1,57.7787,6\r\n2011,4,60.0000,2\r\n"
        )
        assert "\0" not in answer.text

    @pytest.mark.parametrize(
        ("header", "first"),
        [
            ("names", "date.year,date.quarter,net_revenue,lines"),
            ("labels", "Year,Quarter,Net revenue,Order lines"),
            ("none", "2011,1,57.7787,6"),
        ],
    )
    def test_the_header_is_as_asked(self, analyst: Client, header: str, first: str) -> None:
        answer = analyst.get(URL, {**ASKED, "format": "csv", "header": header})

        assert answer.text.splitlines()[0] == first

    def test_labels_follow_the_language(self, analyst: Client) -> None:
        answer = analyst.get(URL, {**ASKED, "format": "csv", "lang": "ko", "split": "known:yes"})

        assert answer.text.splitlines()[0] == "연도,분기,조건 일치,순매출,주문 라인 수"

    def test_without_a_drilldown_it_is_the_summary(self, analyst: Client) -> None:
        answer = analyst.get(URL, {"cut": "date:2011", "aggregates": "net_revenue|lines", "format": "csv"})

        assert answer.text == "Net revenue,Order lines\r\n117.7787,8\r\n"

    def test_quotes_commas_and_unknown_survive(self, analyst: Client) -> None:
        answer = analyst.get(
            "/slicer/cube/sales/members/product", {"cut": "product:home,candles;__null__", "format": "csv"}
        )

        assert list(csv.reader(io.StringIO(answer.text)))[1:] == [
            ["home", "candles", "red", "85124", 'Candle "red"'],
            ["home", "candles", "white", "85123-A", "Candle, white"],
            ["", "", "", "", ""],
        ]

    def test_formulas_are_disarmed(self, analyst: Client) -> None:
        answer = analyst.get(
            "/slicer/cube/sales/members/product", {"cut": "product:home,lamps;food,__null__", "format": "csv"}
        )

        (tea, lamp) = list(csv.reader(io.StringIO(answer.text)))[1:]
        assert lamp[3:] == ["'=1+1", "'=SUM(A1:A9)"]
        assert tea[3:] == ["T-2", "'@tea"]

    @pytest.mark.parametrize("text", [*"=+-@＝＋－＠", "\t", "\r", "\n", " ="])
    def test_each_beginning_of_a_formula(self, text: str) -> None:
        assert disarmed(f"{text}1") == f"'{text}1"

    @pytest.mark.parametrize("value", ["a=1", "", 5, -5, None, True, 1.5])
    def test_other_values_are_left_alone(self, value: object) -> None:
        assert disarmed(value) is value

    def test_negative_amounts_stay_numbers(self) -> None:
        assert disarmed(Decimal("-5.0000")) == "-5.0000"


class TestJsonLines:
    def test_each_line_is_a_record(self, analyst: Client) -> None:
        answer = analyst.get(
            "/slicer/cube/sales/facts",
            {"cut": "date:2010", "fields": "product.name,line_gross", "format": "json_lines"},
        )

        assert answer.headers["content-type"].startswith("application/x-json-lines")
        records = [json.loads(line, parse_float=Decimal) for line in answer.text.splitlines()]
        assert records[1] == {
            "__fact_key__": 102,
            "product.name": 'Candle "red"',
            "line_gross": Decimal("10.5000"),
        }


class TestArrow:
    def test_types_are_exact(self, analyst: Client) -> None:
        answer = analyst.get(URL, {**ASKED, "format": "arrow"})

        table = pa.ipc.open_stream(answer.content).read_all()
        assert table.schema.field("net_revenue").type == pa.decimal128(38, 4)
        assert table.column("net_revenue").to_pylist() == [Decimal("57.7787"), Decimal("60.0000")]


class TestParquet:
    def test_it_is_a_file_of_exact_types(self, analyst: Client) -> None:
        answer = analyst.get(URL, {**ASKED, "format": "parquet"})

        table = parquet.read_table(io.BytesIO(answer.content))
        assert answer.headers["content-disposition"] == 'attachment; filename="aggregate.parquet"'
        assert answer.headers["content-type"] == "application/vnd.apache.parquet"
        assert table.column_names == ["date.year", "date.quarter", "net_revenue", "lines"]
        assert table.schema.field("net_revenue").type == pa.decimal128(38, 4)
        assert table.column("net_revenue").to_pylist() == [Decimal("57.7787"), Decimal("60.0000")]


def sheet(content: bytes) -> Any:
    """The first sheet of a workbook, with its cells as they are stored."""
    return openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]


class TestXlsx:
    def test_it_is_a_workbook_with_labels_and_numbers(self, analyst: Client) -> None:
        answer = analyst.get(URL, {**ASKED, "format": "xlsx"})

        assert answer.headers["content-disposition"] == 'attachment; filename="aggregate.xlsx"'
        assert answer.headers["content-type"].endswith("spreadsheetml.sheet")
        assert [[cell.value for cell in row] for row in sheet(answer.content).rows] == [
            ["Year", "Quarter", "Net revenue", "Order lines"],
            [2011, 1, 57.7787, 6],
            [2011, 4, 60, 2],
        ]

    @pytest.mark.parametrize(
        ("asked", "first"),
        [
            ({"lang": "ko"}, ["연도", "분기", "순매출", "주문 라인 수"]),
            ({"header": "names"}, ["date.year", "date.quarter", "net_revenue", "lines"]),
            ({"header": "none"}, [2011, 1, 57.7787, 6]),
        ],
        ids=str,
    )
    def test_the_header_is_as_asked(
        self, analyst: Client, asked: dict[str, str], first: list[object]
    ) -> None:
        answer = analyst.get(URL, {**ASKED, "format": "xlsx", **asked})

        assert [cell.value for cell in next(iter(sheet(answer.content).rows))] == first

    def test_numbers_are_shown_as_the_model_says(self, analyst: Client) -> None:
        asked = {"aggregates": "net_revenue|lines|margin_rate", "share": "total", "compare": "year_ago"}
        answer = analyst.get(URL, {**ASKED, **asked, "header": "names", "format": "xlsx"})

        (heads, *_, last) = sheet(answer.content).rows
        shown = {head.value: cell.number_format for head, cell in zip(heads, last, strict=True)}
        assert {name: shown[name] for name in ("date.year", "net_revenue", "lines", "margin_rate")} == {
            "date.year": "General",
            "net_revenue": "#,##0.00",
            "lines": "#,##0",
            "margin_rate": "0.0%",
        }
        assert shown["net_revenue__change"] == "#,##0.00"
        assert shown["lines__compared"] == "#,##0"
        assert shown["lines__share"] == "0.0%"
        assert all(head.font.bold for head in heads)
        assert not last[0].font.bold
        assert sheet(answer.content).freeze_panes == "A2"

    @pytest.mark.parametrize(
        ("name", "told"),
        [("lines__change_rate", "0.0%"), ("lines__window", "#,##0"), ("lines__x__y", None), ("year", None)],
    )
    def test_the_format_of_what_stands_beside_an_aggregate(self, name: str, told: str | None) -> None:
        assert format_of(name, {"lines": "#,##0"}) == told

    def test_formulas_are_texts(self, analyst: Client) -> None:
        answer = analyst.get(
            "/slicer/cube/sales/members/product",
            {"cut": "product:home,lamps;food,__null__", "format": "xlsx"},
        )

        (_, tea, lamp) = sheet(answer.content).rows
        assert [cell.value for cell in lamp[3:]] == ["=1+1", "=SUM(A1:A9)"]
        assert [cell.value for cell in tea[3:]] == ["T-2", "@tea"]
        assert not [cell for cell in (*tea, *lamp) if cell.data_type == "f"]
        # Excel keeps a text that is marked so as a text when somebody edits the cell.
        assert all(cell.quotePrefix for cell in (lamp[3], lamp[4], tea[4]))

    @pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\t=1", "\r=1", " =1", "＝1"])
    def test_each_beginning_of_a_formula_is_a_text(self, text: str) -> None:
        written = xlsx_of(pa.table({"=name": [text]}), ["=name"], title="t")

        cells = [cell for row in sheet(written).rows for cell in row]
        assert [cell.data_type for cell in cells] in (["s", "s"], ["inlineStr", "inlineStr"])
        assert all(cell.quotePrefix for cell in cells)

    def test_what_xml_cannot_say_is_left_out(self) -> None:
        written = xlsx_of(pa.table({"a": ["b\0\x08c\ufffe", None]}), None, title="a/b:c*" + "d" * 40)

        assert [cell.value for cell in next(iter(sheet(written).rows))] == ["bc"]
        assert len(sheet(written).title) <= 31

    def test_members_and_facts_are_files_too(self, analyst: Client) -> None:
        members = analyst.get("/slicer/cube/sales/members/gender", {"format": "xlsx"})
        facts = analyst.get(
            "/slicer/cube/sales/facts",
            {"cut": "date:2010", "fields": "product.name,line_gross", "format": "xlsx"},
        )

        assert members.headers["content-disposition"] == 'attachment; filename="members.xlsx"'
        assert facts.headers["content-disposition"] == 'attachment; filename="facts.xlsx"'
        assert [cell.value for cell in list(sheet(facts.content).rows)[2]] == [102, 'Candle "red"', 10.5]


class TestUnknownFormats:
    @pytest.mark.parametrize(
        ("parameter", "known"),
        [("format", "json, csv, json_lines, xlsx, arrow, parquet"), ("header", "labels, names, none")],
    )
    def test_are_refused_with_the_right_ones(self, analyst: Client, parameter: str, known: str) -> None:
        answer = analyst.get(URL, {**ASKED, "format": "csv", parameter: "xml"})

        assert answer.status_code == 400
        assert f"unknown {parameter} 'xml'; known: {known}" in answer.json()["message"]
