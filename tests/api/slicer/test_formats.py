"""CSV, JSON lines and Arrow, and that a spreadsheet runs nothing of a CSV."""

import csv
import io
import json
from decimal import Decimal

import pyarrow as pa
import pytest

from api.slicer.render import disarmed
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


class TestUnknownFormats:
    @pytest.mark.parametrize(
        ("parameter", "known"), [("format", "json, csv"), ("header", "labels, names, none")]
    )
    def test_are_refused_with_the_right_ones(self, analyst: Client, parameter: str, known: str) -> None:
        answer = analyst.get(URL, {**ASKED, "format": "csv", parameter: "xml"})

        assert answer.status_code == 400
        assert f"unknown {parameter} 'xml'; known: {known}" in answer.json()["message"]
