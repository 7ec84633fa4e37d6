"""Whatever a parameter, a path or a body holds: an answer or a refusal with a message, never a fault of ours."""

from typing import Any

import pytest

from tests.api.slicer.conftest import Client

CUBE = "/slicer/cube/sales"
AGGREGATE = f"{CUBE}/aggregate"

NASTY = [
    *(
        "'",
        '"',
        "`",
        "\\",
        "\\\\",
        ";",
        "--",
        "|",
        "||",
        ":",
        "::",
        "!",
        "!!",
        "@",
        "@@",
        ",",
        ",,",
        "-",
        "--1",
    ),
    *(
        "%",
        "%%",
        "%s",
        "$1",
        "{}",
        "{0}",
        "\0",
        "a\0b",
        "\n",
        "\r\n",
        "\t",
        "\x7f",
        "\ufeff",
        "\ufdd0",
        "\uffff",
    ),
    *("🙂" * 50, "ㅎㄱㄷ", "null", "None", "NaN", "Infinity", "1e999", "-0", "0x10", "1_000", "9" * 5000),
    *(
        "' OR '1'='1",
        "'; DROP TABLE sales;--",
        "1) UNION SELECT 1--",
        "${jndi:ldap://x}",
        "<script>",
        "../../etc",
    ),
    *("date:", "date:2011", "date:2011|", "date@", "date:\\", "date:2011\\", "date:2011" * 500),
    *("gender:" + "\\," * 3000 + "-", "gender:" + "a" * 10_000, "gender:" + "(" * 2000),
    *("date:" + ";".join(["2011"] * 1000), "date:" + ",".join(["1"] * 1000), "|".join(["date:2011"] * 500)),
    *(
        "__null__",
        "date:__null__-",
        "date:2147483648",
        "date:-9223372036854775809",
        "date:99999999999yearsago",
    ),
    *("branch:__null__;__null__", "today", "lastweek", "date:lastweek", "product:product", "date,date,date"),
    *(
        "__within_split__",
        "__fact_key__",
        "__summary__",
        "v0",
        "net_revenue / orders",
        "date.year",
        "sales.cost",
    ),
]

PLACES = [
    (AGGREGATE, "cut"),
    (AGGREGATE, "drilldown"),
    (AGGREGATE, "aggregates"),
    (AGGREGATE, "split"),
    (AGGREGATE, "order"),
    (AGGREGATE, "page"),
    (AGGREGATE, "pagesize"),
    (AGGREGATE, "format"),
    (AGGREGATE, "lang"),
    (AGGREGATE, "prettyprint"),
    (f"{CUBE}/members/product", "cut"),
    (f"{CUBE}/members/product", "level"),
    (f"{CUBE}/members/product", "depth"),
    (f"{CUBE}/members/product", "hierarchy"),
    (f"{CUBE}/members/product", "order"),
    (f"{CUBE}/facts", "cut"),
    (f"{CUBE}/facts", "fields"),
    (f"{CUBE}/facts", "order"),
    (f"{CUBE}/cell", "cut"),
]


class TestNeverAServerError:
    @pytest.mark.parametrize(("path", "parameter"), PLACES, ids=str)
    def test_whatever_a_parameter_holds(self, analyst: Client, path: str, parameter: str) -> None:
        for text in NASTY:
            answer = analyst.get(path, {parameter: text})

            assert answer.status_code in {200, 400, 404}, (text[:60], answer.text)
            assert answer.status_code == 200 or _message(answer.json())

    def test_whatever_a_path_holds(self, analyst: Client) -> None:
        for text in ["%00", "%ff%fe", "..%2f..", "sales%0a", "%F0%9F%99%82", "'", "a" * 5000, "{cube}"]:
            for path in (
                f"/slicer/cube/{text}/aggregate",
                f"{CUBE}/members/{text}",
                f"{CUBE}/fact/{text}",
                f"/slicer/{text}",
            ):
                answer = analyst.get(path)

                assert answer.status_code == 404, (path[:80], answer.text)

    def test_bytes_that_are_no_text(self, analyst: Client) -> None:
        answer = analyst.get(f"{AGGREGATE}?cut=gender:%ff%fe&aggregates=lines")

        assert answer.status_code == 200
        assert answer.json()["summary"] == {"lines": 0}


WRONG_SHAPES: list[Any] = [
    *(None, True, 0, -1, 1.5, 10**30, "", "x", "date:2011|", [], [[]], [None], [[None]], {}, {"": ""}),
    *({"date": None}, {"date": {}}, [{"type": "set"}], ["date", 1], [["date", "iso", "x", "y"]]),
]
QUERY_WORDS = [
    *(
        "query",
        "drilldown",
        "aggregates",
        "split",
        "having",
        "order",
        "page",
        "page_size",
        "rollup",
        "fields",
    ),
    *("key", "id", "dimension", "depth", "level", "hierarchy", "asof", "top", "compare", "funnel", "rfm"),
]
CUT_WORDS = [
    *("type", "dimension", "hierarchy", "path", "paths", "from", "to", "invert", "hidden", "level_depth"),
]
WHOLE: dict[str, dict[str, Any]] = {
    "point": {"path": ["France"]},
    "set": {"paths": [["France"]]},
    "range": {"from": ["France"]},
}


class TestReports:
    @pytest.mark.parametrize("kind", ["aggregate", "facts", "fact", "members", "cell"])
    def test_whatever_a_query_holds(self, analyst: Client, kind: str) -> None:
        for word in QUERY_WORDS:
            for shape in WRONG_SHAPES:
                self._refused_or_answered(analyst, {"queries": {"a": {"query": kind, word: shape}}})

    @pytest.mark.parametrize("kind", WHOLE)
    def test_whatever_a_cut_holds(self, analyst: Client, kind: str) -> None:
        query = {"a": {"query": "aggregate", "aggregates": ["lines"]}}
        for word in CUT_WORDS:
            for shape in WRONG_SHAPES:
                cut = {"type": kind, "dimension": "customer", **WHOLE[kind], word: shape}
                self._refused_or_answered(analyst, {"queries": query, "cell": [cut]})

    def _refused_or_answered(self, analyst: Client, body: Any) -> None:
        answer = analyst.get(f"{CUBE}/report", method="POST", body=body)

        assert answer.status_code in {200, 400, 404}, (body, answer.text)
        assert answer.status_code == 200 or _message(answer.json())


def _message(body: Any) -> str:
    return str(body.get("message") or body["error"]["message"])
