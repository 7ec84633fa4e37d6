"""Bad input: refused with a message that names the wrong word and the right ones, never answered with a 500."""

from typing import Any

import pytest

from tests.api.slicer.conftest import Client

CUBE = "/slicer/cube/sales"
AGGREGATE = f"{CUBE}/aggregate"

REFUSED: list[tuple[str, dict[str, str], int, str, str]] = [
    (AGGREGATE, {"cut": "dates:2011"}, 404, "missing_object", "unknown dimension 'dates'; known: date"),
    (AGGREGATE, {"drilldown": "dates"}, 404, "missing_object", "unknown dimension 'dates'; known: date"),
    ("/slicer/cube/sale/aggregate", {}, 404, "missing_object", "unknown cube 'sale'; known: "),
    (f"{CUBE}/members/dates", {}, 404, "missing_object", "unknown dimension 'dates'; known: date"),
    (AGGREGATE, {"drilldown": "date:week"}, 400, "hierarchy", "known: year, quarter, month, day"),
    (AGGREGATE, {"drilldown": "date@fiscal"}, 400, "hierarchy", "known: calendar, ymd, iso"),
    (AGGREGATE, {"cut": "date@fiscal:2011"}, 400, "hierarchy", "known: calendar, ymd, iso"),
    (AGGREGATE, {"cut": "date:2011,1,1,1,1"}, 400, "hierarchy", "4 levels: year, quarter, month, day"),
    (
        AGGREGATE,
        {"drilldown": "date:year:month"},
        400,
        "unknown_user_error",
        "malformed drilldown 'date:year:month'",
    ),
    (AGGREGATE, {"cut": "date"}, 400, "unknown_user_error", "malformed cut 'date'"),
    (AGGREGATE, {"cut": "date:2011,2,30"}, 400, "unknown_user_error", "no such date"),
    (
        AGGREGATE,
        {"cut": "date:2011-2010"},
        400,
        "unknown_user_error",
        "ends before it begins: 2010 comes before",
    ),
    (AGGREGATE, {"split": "date:2011-2010"}, 400, "unknown_user_error", "ends before it begins: 2010"),
    (
        f"{CUBE}/facts",
        {"cut": "date:2011-2010"},
        400,
        "unknown_user_error",
        "a range of date that ends before",
    ),
    (AGGREGATE, {"cut": "segment:Vip"}, 400, "unknown_user_error", "unknown segment 'Vip'"),
    (f"{CUBE}/cell", {"cut": "!segment:Vip"}, 400, "unknown_user_error", "unknown segment 'Vip'"),
    (AGGREGATE, {"cut": "date:now"}, 400, "unknown_user_error", "unknown member 'now' of level year"),
    (
        AGGREGATE,
        {"aggregates": "revenue"},
        400,
        "unknown_user_error",
        "unknown aggregate 'revenue'; known: net_revenue",
    ),
    (AGGREGATE, {"order": "revenue"}, 400, "unknown_user_error", "cannot order by 'revenue'"),
    (AGGREGATE, {"order": "lines:up"}, 400, "unknown_user_error", "unknown direction 'up'"),
    (AGGREGATE, {"drilldown": "product:product"}, 400, "unknown_user_error", "page and pagesize"),
    (AGGREGATE, {"page": "x"}, 400, "request", "page should be a whole number of at most 12 digits: 'x'"),
    (AGGREGATE, {"page": "0", "pagesize": "1.5"}, 400, "request", "pagesize should be a whole number"),
    (
        AGGREGATE,
        {"pagesize": "1000000000000"},
        400,
        "request",
        "pagesize should be a whole number of at most 12 digits: '1000000000000'",
    ),
    (
        AGGREGATE,
        {"page": "-1", "pagesize": "5"},
        400,
        "unknown_user_error",
        "page -1: pages are numbered from 0",
    ),
    (AGGREGATE, {"page": "0", "pagesize": "0"}, 400, "unknown_user_error", "a page of 0 rows: it has 1 to"),
    (
        AGGREGATE,
        {"page": "2147483648", "pagesize": "5"},
        400,
        "unknown_user_error",
        "page 2147483648: pages are numbered from 0 to 2147483647",
    ),
    (
        AGGREGATE,
        {"page": "0", "pagesize": "99999999999"},
        400,
        "unknown_user_error",
        "a page of 99999999999 rows: it has 1 to 2147483647",
    ),
    (AGGREGATE, {"header": "x"}, 400, "request", "unknown header 'x'; known: labels, names, none"),
    (f"{CUBE}/facts", {"header": "x", "format": "json_lines"}, 400, "request", "unknown header 'x'"),
    (f"{CUBE}/members/date", {"depth": "x"}, 400, "request", "depth should be a whole number"),
    (f"{CUBE}/members/date", {"depth": "1", "level": "year"}, 400, "request", "both depth and level"),
    (AGGREGATE, {"nulls": "maybe"}, 400, "request", "known: include, exclude"),
    (AGGREGATE, {"lang": "de"}, 400, "unknown_user_error", "unknown language 'de'; known: en, ko"),
    (
        f"{CUBE}/facts",
        {"fields": "email"},
        400,
        "unknown_user_error",
        "unknown field 'email'; known: date.year",
    ),
    (f"{CUBE}/members/date", {"level": "week"}, 400, "hierarchy", "known: year, quarter, month, day"),
    (
        AGGREGATE,
        {"explain": "perhaps"},
        400,
        "unknown_user_error",
        "unknown explain 'perhaps'; known: yes, no",
    ),
    (f"{CUBE}/aggregate", {"asof": "then"}, 400, "unknown_user_error", "known: event, now"),
    (f"{CUBE}/facts", {"asof": "2011-02-30"}, 400, "unknown_user_error", "unknown asof '2011-02-30'"),
    (f"{CUBE}/aggregate", {"compare": "before"}, 400, "unknown_user_error", "known: previous, year_ago"),
    (f"{CUBE}/aggregate", {"drilldown": "date", "top": "few"}, 400, "unknown_user_error", "5,others"),
    (f"{CUBE}/aggregate", {"drilldown": "date", "having": "l>x"}, 400, "unknown_user_error", "'l>x'"),
    (f"{CUBE}/members/date", {"depth": "9"}, 400, "hierarchy", "its levels are year, quarter, month, day"),
]


class TestRefusals:
    @pytest.mark.parametrize(
        ("path", "asked", "status", "kind", "why"), REFUSED, ids=[why for *_, why in REFUSED]
    )
    def test_have_their_status_their_kind_and_a_message_that_helps(
        self, analyst: Client, path: str, asked: dict[str, str], status: int, kind: str, why: str
    ) -> None:
        answer = analyst.get(path, asked)

        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/json"
        body = answer.json()
        assert body["error"] == kind
        assert why in body["message"]
        # Clients of the nested shape find it beside the flat one.
        assert body["details"]["type"] == kind
        assert body["details"]["message"] == body["message"]

    @pytest.mark.parametrize(
        ("asked", "why"),
        [
            ({"cut": "dates:2011"}, "알 수 없는 dimension 'dates'입니다. 가능한 값: date"),
            (
                {"drilldown": "date:week"},
                "계층 calendar에 알 수 없는 수준 'week'입니다. 가능한 값: year, quarter",
            ),
            ({"aggregates": "revenue"}, "알 수 없는 집계 'revenue'입니다. 가능한 값: net_revenue"),
            (
                {"cut": "date:2011-2010"},
                "date의 범위가 시작하기도 전에 끝납니다. 2010은(는) 2011보다 앞입니다",
            ),
            ({"cut": "segment:Vip"}, "알 수 없는 세그먼트 'Vip'입니다"),
            ({"at_least": "x"}, "at_least가 쓰기 토큰이 아닙니다"),
        ],
        ids=["dimension", "level", "aggregate", "range", "segment", "ours"],
    )
    def test_are_told_in_the_callers_language(self, analyst: Client, asked: dict[str, str], why: str) -> None:
        body = analyst.get(AGGREGATE, asked, headers={"Accept-Language": "ko-KR,ko;q=0.9,en;q=0.8"}).json()

        assert why in body["message"]

    def test_an_unknown_cube_is_nested_where_its_model_is_asked(self, analyst: Client) -> None:
        body = analyst.get("/slicer/cube/sale/model").json()

        assert body["error"]["type"] == "object_not_found"
        assert (body["error"]["object"], body["error"]["object_type"]) == ("sale", "cube")


class TestAFaultOfOurs:
    def test_says_nothing_but_where_to_look(self, broken: Client) -> None:
        answer = broken.get(AGGREGATE, {"aggregates": "lines"})

        assert answer.status_code == 500
        assert answer.json()["error"] == "internal_server_error"
        assert len(answer.json()["errorId"]) == 36
        assert "sales" not in answer.text
        assert "SELECT" not in answer.text


class TestLongWords:
    @pytest.mark.parametrize(
        ("path", "parameter"),
        [
            (f"/slicer/cube/{'x' * 5000}/aggregate", "cut"),
            (f"/slicer/cube/{'x' * 5000}/model", "cut"),
            (f"{CUBE}/members/{'x' * 5000}", "cut"),
            (AGGREGATE, "drilldown"),
            (AGGREGATE, "lang"),
            (f"{CUBE}/members/date", "level"),
            (f"{CUBE}/members/date", "hierarchy"),
        ],
        ids=["cube", "model", "dimension", "drilldown", "language", "level", "hierarchy"],
    )
    def test_are_told_by_their_beginning(self, analyst: Client, path: str, parameter: str) -> None:
        answer = analyst.get(path, {parameter: "" if parameter == "cut" else "x" * 5000})

        assert answer.status_code in {400, 404}
        assert "'xxxxxxxx" in _message(answer.json())
        assert len(answer.text) < 3000


class TestLimits:
    @pytest.mark.parametrize(
        ("cut", "why"),
        [
            ("gender:" + "a" * 10_000, "10007 characters; at most 8192"),
            ("gender:" + ";".join(map(str, range(1000))), "1000 members"),
            ("date:" + ",".join(["1"] * 100), "a path of 100 members"),
        ],
    )
    def test_what_is_too_large_is_refused_before_it_runs(self, analyst: Client, cut: str, why: str) -> None:
        answer = analyst.get(AGGREGATE, {"cut": cut})

        assert answer.status_code == 400
        assert why in answer.json()["message"]


def _message(body: Any) -> str:
    return str(body.get("message") or body["error"]["message"])
