"""Several questions of one cell in one request (T36)."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.slicer.conftest import Client

CUBE = "/slicer/cube/sales"
REPORT = f"{CUBE}/report"
POUNDS = {"type": "point", "dimension": "currency", "path": ["GBP"]}
IN_2011 = {"type": "point", "dimension": "date", "path": [2011]}
FRANCE = {"type": "point", "dimension": "customer", "path": ["France"]}


def report(client: Client, queries: Any, cell: Any = None, **more: Any) -> Any:
    body = {"queries": queries} if cell is None else {"queries": queries, "cell": cell}
    answer = client.get(REPORT, method="POST", body=body, **more)
    assert answer.status_code == 200, answer.text
    return answer.json()


def refusal(client: Client, body: Any, *, method: str = "POST") -> tuple[int, str]:
    answer = client.get(REPORT, method=method, body=body)
    return answer.status_code, answer.json()["message"]


class TestQueries:
    def test_each_kind_answers_as_its_endpoint(self, analyst: Client) -> None:
        cut = {"cut": "currency:GBP|date:2011"}
        queries = {
            "a": {"query": "aggregate", "drilldown": ["date"], "aggregates": ["net_revenue", "lines"]},
            "f": {"query": "facts", "fields": ["product.name", "line_gross"], "order": ["line_gross"]},
            "one": {"query": "fact", "key": 101},
            "same": {"query": "fact", "id": "101"},
            "m": {"query": "members", "dimension": "date", "depth": 2},
            "v": {"query": "values", "dimension": "date", "level": "quarter", "hierarchy": "calendar"},
            "c": {"query": "cell"},
            "d": {"query": "details"},
        }

        told = report(analyst, queries, [POUNDS, IN_2011])

        aggregate = analyst.get(
            f"{CUBE}/aggregate", {**cut, "drilldown": "date", "aggregates": "net_revenue|lines"}
        ).json()
        del aggregate["freshness"]
        fields = {"fields": "product.name,line_gross", "order": "line_gross"}
        cell = analyst.get(f"{CUBE}/cell", cut).json()
        assert told["a"] == aggregate
        assert told["f"] == analyst.get(f"{CUBE}/facts", {**cut, **fields}).json()
        assert told["one"] == told["same"] == analyst.get(f"{CUBE}/fact/101").json()
        assert (
            told["m"]
            == told["v"]
            == analyst.get(f"{CUBE}/members/date", {**cut, "depth": "2"}).json()["data"]
        )
        assert told["c"] == cell
        assert told["d"] == [each["details"] for each in cell["cuts"]]

    def test_a_drilldown_may_be_an_object_of_levels_and_a_page_a_number(self, analyst: Client) -> None:
        query = {
            "query": "aggregate",
            "drilldown": {"date": "quarter"},
            "aggregates": "lines",
            "page": 1,
            "page_size": 2,
        }

        told = report(analyst, {"a": query})

        asked = {"drilldown": "date:quarter", "aggregates": "lines", "page": "1", "pagesize": "2"}
        assert told["a"]["cells"] == analyst.get(f"{CUBE}/aggregate", asked).json()["cells"]

    @pytest.mark.parametrize(
        ("drilldown", "text"),
        [
            ([["date", "iso", "iso_week"]], "date@iso:iso_week"),
            ([["date", None, None], "channel"], "date|channel"),
            ([["date", "ymd", None], ["channel", None, "channel"]], "date@ymd|channel:channel"),
        ],
        ids=str,
    )
    def test_a_drilldown_may_be_of_names_as_the_package_has_them(
        self, analyst: Client, drilldown: Any, text: str
    ) -> None:
        told = report(analyst, {"a": {"query": "aggregate", "drilldown": drilldown, "aggregates": ["lines"]}})

        expected = analyst.get(f"{CUBE}/aggregate", {"drilldown": text, "aggregates": "lines"}).json()
        assert (told["a"]["cells"], told["a"]["levels"]) == (expected["cells"], expected["levels"])

    @pytest.mark.parametrize("split", ["date:2011", [IN_2011]], ids=str)
    def test_a_split_may_be_text_or_documents(self, analyst: Client, split: Any) -> None:
        told = report(analyst, {"a": {"query": "aggregate", "split": split, "aggregates": ["lines"]}})

        expected = analyst.get(f"{CUBE}/aggregate", {"split": "date:2011", "aggregates": "lines"}).json()
        assert told["a"]["cells"] == expected["cells"]

    def test_the_answer_has_a_page_of_a_thousand_at_most(self, thousand: Client) -> None:
        told = report(thousand, {"f": {"query": "facts", "fields": ["order_id"]}})

        assert len(told["f"]) == 1000


class TestCells:
    @pytest.mark.parametrize(
        ("documents", "text"),
        [
            ([IN_2011], "date:2011"),
            ([{**IN_2011, "invert": True}], "!date:2011"),
            ([{"type": "set", "dimension": "date", "paths": [[2010], [2011, 1]]}], "date:2010;2011,1"),
            ([{"type": "range", "dimension": "date", "from": [2010], "to": [2011, 1]}], "date:2010-2011,1"),
            ([{"type": "range", "dimension": "date", "from": [2011], "to": None}], "date:2011-"),
            (
                [{"type": "point", "dimension": "date", "hierarchy": "ymd", "path": [2011, 2]}],
                "date@ymd:2011,2",
            ),
            ([{"type": "point", "dimension": "customer", "path": [None]}], "customer:__null__"),
            (
                [{"type": "point", "dimension": "product", "path": ["home", "candles", "white", "85123-A"]}],
                "product:home,candles,white,85123\\-A",
            ),
            ([], "date:2010"),
            ([{"type": "point", "dimension": "customer", "path": [""]}], "customer:"),
        ],
        ids=str,
    )
    def test_cut_documents_are_cuts_and_go_before_the_address(
        self, analyst: Client, documents: list[Any], text: str
    ) -> None:
        query = {"a": {"query": "aggregate", "aggregates": ["lines"]}}

        told = report(analyst, query, documents, params={"cut": "date:2010"})

        expected = analyst.get(f"{CUBE}/aggregate", {"cut": text, "aggregates": "lines"}).json()
        assert (told["a"]["summary"], told["a"]["cell"]) == (expected["summary"], expected["cell"])

    def test_cuts_may_be_sent_back_as_the_cell_tells_them(self, analyst: Client) -> None:
        cuts = {"cut": "customer:France;대한민국,서울|!date@ymd:2010-2011,2"}
        told = analyst.get(f"{CUBE}/cell", cuts).json()

        assert report(analyst, {"c": {"query": "cell"}}, told["cuts"])["c"] == told

    @pytest.mark.parametrize(
        ("rollup", "text"),
        [
            ("date", "date:2011"),
            (["date"], "date:2011"),
            ({"date": "year"}, "date:2011"),
            ({"date": "quarter"}, "date:2011,1"),
        ],
        ids=str,
    )
    def test_a_rollup_makes_the_cell_coarser(self, analyst: Client, rollup: Any, text: str) -> None:
        cell = [{"type": "point", "dimension": "date", "path": [2011, 1]}]

        told = report(analyst, {"a": {"query": "aggregate", "aggregates": ["lines"], "rollup": rollup}}, cell)

        expected = analyst.get(f"{CUBE}/aggregate", {"cut": text, "aggregates": "lines"}).json()
        assert told["a"]["summary"] == expected["summary"]

    def test_a_rollup_of_the_first_level_takes_the_cut_away(self, analyst: Client) -> None:
        query = {"query": "aggregate", "aggregates": ["lines"], "rollup": "date"}

        told = report(analyst, {"a": query}, [IN_2011])

        assert (
            told["a"]["summary"]
            == analyst.get(f"{CUBE}/aggregate", {"aggregates": "lines"}).json()["summary"]
        )
        assert told["a"]["cell"] == []


def of(**query: Any) -> dict[str, Any]:
    """A report of one query."""
    return {"queries": {"a": query}}


def within(cell: Any) -> dict[str, Any]:
    """A report of a cell."""
    return {**of(query="cell"), "cell": cell}


WRONG: list[tuple[str, Any]] = [
    ("JSON in UTF-8", None),
    ("JSON in UTF-8", b"{"),
    ("JSON in UTF-8", b"\xff\xfe"),
    ("JSON in UTF-8", b"[" * 100_000),
    ("an object with queries", []),
    ("'queries' key", {}),
    ("'queries' key", {"queries": []}),
    (
        "33 queries in a report; at most 32",
        {"queries": {str(number): {"query": "cell"} for number in range(33)}},
    ),
    ("known: aggregate, facts, fact, members, values, cell, details", of(query="drop")),
    ("unknown report query for 'a'", of()),
    ("unknown report query for 'a'", {"queries": {"a": 1}}),
    ("known: aggregate, facts, fact", of(query=["aggregate"])),
    ("known: aggregate, facts, fact", of(query={})),
    ("a report query for a fact has its key", of(query="fact")),
    ("a list of cuts", within({"a": 1})),
    ("an object with type and dimension", within([1])),
    ("known: point, set, range", within([{"type": "x", "dimension": "date"}])),
    ("a list of paths", within([{"type": "set", "dimension": "date"}])),
    ("a list of members", within([{**IN_2011, "path": [[1]]}])),
    ("a cut of date without a member", within([{**IN_2011, "path": []}])),
    ("a cut of customer without a member", within([{"type": "point", "dimension": "customer"}])),
    ("a cut of customer without a member", within([{**FRANCE, "path": None}])),
    ("a cut of customer without a member", within([{"type": "set", "dimension": "customer", "paths": [[]]}])),
    (
        "a cut of customer without a member",
        within([{"type": "set", "dimension": "customer", "paths": [None]}]),
    ),
    (
        "a cut of customer without a member",
        within([{"type": "set", "dimension": "customer", "paths": [["France"], []]}]),
    ),
    ("unknown word 'inverted' in a point cut; known: type", within([{**IN_2011, "inverted": True}])),
    ("unknown word 'path' in a set cut", within([{**IN_2011, "type": "set", "paths": [[2011]]}])),
    ("invert of a cut is true or false", within([{**IN_2011, "invert": "false"}])),
    ("malformed cut 'date:2011|customer:France'", within([{**FRANCE, "dimension": "date:2011|customer"}])),
    ("malformed cut 'customer@geography:x:France'", within([{**FRANCE, "hierarchy": "geography:x"}])),
    ("drilldown of a report query is a text", of(query="aggregate", drilldown=[["date", "iso", 1]])),
    ("page of a report query is a whole", of(query="aggregate", page="1", page_size=2)),
    ("drilldown of a report query is a text", of(query="aggregate", drilldown=[1])),
    ("unknown argument 'cut'", of(query="aggregate", cut="date:2011")),
    ("no point cut", of(query="aggregate", rollup="date")),
    ("rollup is a dimension, a list", of(query="aggregate", rollup=5)),
]


class TestRefusals:
    @pytest.mark.parametrize(("why", "body"), WRONG, ids=[f"{n} {why}" for n, (why, _) in enumerate(WRONG)])
    def test_say_what_is_wrong(self, analyst: Client, body: Any, why: str) -> None:
        status, message = refusal(analyst, body)

        assert status == 400
        assert why in message

    def test_a_get_without_a_body_is_refused_too(self, analyst: Client) -> None:
        assert refusal(analyst, None, method="GET") == (400, "the body of a report is JSON in UTF-8")

    def test_a_get_with_a_body_is_answered(self, analyst: Client) -> None:
        answer = analyst.get(REPORT, body={"queries": {"c": {"query": "cell"}}})

        assert answer.json() == {"c": {"cube": "sales", "cuts": []}}

    def test_a_body_without_end_is_refused(self, analyst: Client) -> None:
        status, message = refusal(analyst, b" " * 300_000)

        assert (status, "more than 262144 bytes" in message) == (400, True)

    def test_a_fact_that_is_not_there_is_not_found(self, analyst: Client) -> None:
        answer = analyst.get(REPORT, method="POST", body={"queries": {"a": {"query": "fact", "key": 999}}})

        assert (answer.status_code, answer.json()["error"]["type"]) == (404, "object_not_found")

    @pytest.mark.parametrize("path", ["aggregate", "facts", "cell", "model"])
    def test_nothing_else_is_posted(self, analyst: Client, path: str) -> None:
        answer = analyst.get(f"{CUBE}/{path}", method="POST", body={})

        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


class TestScopes:
    def test_who_sees_nothing_is_told_nothing_by_any_query(self, client_as: Callable[..., Client]) -> None:
        nobody = client_as(role="AGENT", scope="OWN", subject="nobody")
        queries = {
            "a": {
                "query": "aggregate",
                "drilldown": ["customer"],
                "aggregates": ["lines"],
                "rollup": "customer",
            },
            "f": {"query": "facts"},
            "m": {"query": "members", "dimension": "customer"},
            "c": {"query": "cell"},
            "d": {"query": "details"},
        }

        told = report(nobody, queries, [{"type": "point", "dimension": "customer", "path": ["France"]}])

        assert (told["a"]["summary"], told["a"]["cells"], told["f"], told["m"]) == ({"lines": 0}, [], [], [])
        assert told["d"] == [None]
        assert told["c"]["cuts"][0]["details"] is None

    def test_nor_is_one_fact(self, client_as: Callable[..., Client]) -> None:
        nobody = client_as(role="AGENT", scope="OWN", subject="nobody")

        answer = nobody.get(REPORT, method="POST", body={"queries": {"a": {"query": "fact", "key": 101}}})

        assert answer.status_code == 404
