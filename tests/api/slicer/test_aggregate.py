"""GET /slicer/cube/sales/aggregate."""

import json
from decimal import Decimal

from tests.api.slicer.conftest import Client

URL = "/slicer/cube/sales/aggregate"


class TestAggregate:
    def test_a_point_cut_and_a_drilldown_give_summary_and_cells(self, analyst: Client) -> None:
        asked = {"cut": "date:2011|currency:GBP", "drilldown": "date", "aggregates": "net_revenue|orders"}

        answer = analyst.get(URL, asked)

        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/json"
        body = json.loads(answer.text, parse_float=Decimal)
        assert list(body) == [
            "summary",
            "remainder",
            "cells",
            "total_cell_count",
            "aggregates",
            "cell",
            "levels",
            "attributes",
            "has_split",
            "freshness",
        ]
        assert body["summary"] == {"net_revenue": Decimal("117.7787"), "orders": 5}
        assert body["cells"] == [
            {"date.year": 2011, "date.quarter": 1, "net_revenue": Decimal("57.7787"), "orders": 3},
            {"date.year": 2011, "date.quarter": 4, "net_revenue": Decimal("60.0000"), "orders": 2},
        ]
        assert body["total_cell_count"] == 2
        assert body["levels"] == {"date": ["year", "quarter"]}
        assert body["attributes"] == ["date.year", "date.quarter"]
        assert body["has_split"] is False

    def test_it_says_how_fresh_it_is(self, analyst: Client) -> None:
        body = analyst.get(URL, {"aggregates": "lines"}).json()

        assert body["freshness"] == {"watermark": 4711, "lag_ms": 12, "rollup": None}

    def test_without_a_drilldown_what_belongs_to_one_is_absent(self, analyst: Client) -> None:
        body = analyst.get(URL, {"aggregates": "lines"}).json()

        assert body["cells"] == []
        assert not {"levels", "total_cell_count"} & set(body)

    def test_decimals_have_their_exact_digits(self, analyst: Client) -> None:
        answer = analyst.get(URL, {"cut": "currency:GBP|date:2011,1,1", "aggregates": "net_revenue|units"})

        assert '"summary":{"net_revenue":30.0010,"units":3.250}' in answer.text

    def test_unknown_is_null(self, analyst: Client) -> None:
        body = analyst.get(URL, {"drilldown": "date", "aggregates": "lines"}).json()

        assert body["cells"][-1] == {"date.year": None, "lines": 1}

    def test_page_size_is_taken_for_pagesize(self, analyst: Client) -> None:
        asked = {"drilldown": "date", "aggregates": "lines", "page": "1"}

        answers = [analyst.get(URL, {**asked, name: "3"}).json() for name in ("pagesize", "page_size")]

        assert answers[0]["cells"] == answers[1]["cells"] == [{"date.year": None, "lines": 1}]

    def test_inverted_cuts_keep_unknown_where_it_is_asked(self, analyst: Client) -> None:
        asked = {"cut": "!customer:France", "aggregates": "lines"}

        left, kept = analyst.get(URL, asked).json(), analyst.get(URL, {**asked, "nulls": "include"}).json()

        assert (left["summary"]["lines"], kept["summary"]["lines"]) == (9, 12)

    def test_several_currencies_are_refused_with_their_names(self, analyst: Client) -> None:
        answer = analyst.get(URL)

        assert answer.status_code == 400
        assert "GBP, KRW" in answer.json()["message"]


class TestRecordLimit:
    def test_a_json_answer_ends_after_a_thousand_records_and_says_so(self, thousand: Client) -> None:
        short = thousand.get(
            URL, {"drilldown": "product:product", "aggregates": "lines", "page": "0", "pagesize": "2000"}
        )
        exact = thousand.get(
            URL, {"drilldown": "product:product", "aggregates": "lines", "page": "0", "pagesize": "1000"}
        )

        assert (len(short.json()["cells"]), short.headers["x-dangol-record-limit"]) == (1000, "1000")
        assert short.json()["total_cell_count"] == 1001
        assert (len(exact.json()["cells"]), "x-dangol-record-limit" in exact.headers) == (1000, False)

    def test_so_do_facts_and_members(self, thousand: Client) -> None:
        facts, members = (
            thousand.get("/slicer/cube/sales/facts"),
            thousand.get("/slicer/cube/sales/members/product"),
        )

        assert (len(facts.json()), facts.headers["x-dangol-record-limit"]) == (1000, "1000")
        assert (len(members.json()["data"]), members.headers["x-dangol-record-limit"]) == (1000, "1000")

    def test_csv_and_lines_hold_them_all(self, thousand: Client) -> None:
        lines = thousand.get("/slicer/cube/sales/facts", {"format": "json_lines", "fields": "order_id"})

        assert lines.text.count("\n") == 1001
        assert "x-dangol-record-limit" not in lines.headers
