"""How a spreadsheet shows the columns of customers' ways."""

import io

import openpyxl
import pytest

from olap.beside.columns import format_of
from olap.journeys import words
from tests.api.slicer.conftest import Client


class TestSheets:
    @pytest.mark.parametrize("name", sorted(words.DOUBLE - {words.AOV}))
    def test_parts_of_a_whole_are_percentages(self, name: str) -> None:
        assert format_of(name, {"revenue": "#,##0.00"}) == "0.0%"

    def test_an_aggregate_keeps_its_own_format(self) -> None:
        assert format_of("orders", {"orders": "#,##0.0"}) == "#,##0.0"

    def test_a_cohort_reads_as_one(self, analyst: Client) -> None:
        asked = {"cohort": "year", "cut": "date:-2011|currency:GBP", "format": "xlsx", "header": "names"}
        answer = analyst.get("/slicer/cube/sales/aggregate", asked)

        heads, first, *_ = openpyxl.load_workbook(io.BytesIO(answer.content))["aggregate"].rows

        assert {head.value: cell.number_format for head, cell in zip(heads, first, strict=True)} == {
            "cohort": "yyyy-mm-dd",
            "period": "General",
            "complete": "General",
            "cohort_size": "#,##0",
            "active_customers": "#,##0",
            "retention": "0.0%",
        }
