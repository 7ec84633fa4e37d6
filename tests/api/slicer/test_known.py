"""Parameters that nobody knows: a typo is named, with the right word, and never answered as if it were not there."""

import pytest

from olap.request import ONCE
from tests.api.slicer.conftest import Client

CUBE = "/slicer/cube/sales"
SUMS = ("aggregates", "drilldown", "split")
AGGREGATE = f"{CUBE}/aggregate"


class TestTypos:
    @pytest.mark.parametrize(
        ("path", "name", "right"),
        [
            (AGGREGATE, "comapre", "compare"),
            (AGGREGATE, "drildown", "drilldown"),
            (AGGREGATE, "Cut", "cut"),
            (AGGREGATE, "cuts", "cut"),
            (AGGREGATE, "aggregate", "aggregates"),
            (AGGREGATE, "as_of", "asof"),
            (f"{CUBE}/facts", "field", "fields"),
            (f"{CUBE}/members/date", "levels", "level"),
            (f"{CUBE}/cell", "cutt", "cut"),
            (f"{CUBE}/model", "language", "lang"),
            ("/slicer/cubes", "prettyprnt", "prettyprint"),
        ],
    )
    def test_are_refused_with_the_word_that_was_meant(
        self, analyst: Client, path: str, name: str, right: str
    ) -> None:
        answer = analyst.get(path, {name: "x"})

        assert answer.status_code == 400
        body = answer.json()
        assert body["error"] == body["details"]["type"] == "request"
        near = body["message"].removeprefix(f"unknown parameter {name!r}; did you mean ").rstrip("?")
        assert right in near.split(" or ")

    def test_what_is_like_nothing_is_answered_with_all_there_is(self, analyst: Client) -> None:
        body = analyst.get(f"{CUBE}/cell", {"zzz": "1"}).json()

        assert body["message"].startswith("unknown parameter 'zzz'; known: api_key, asof, at_least, cut")
        assert "compare" not in body["message"]
        assert "aggregates" not in body["message"]

    def test_are_told_in_the_callers_language(self, analyst: Client) -> None:
        body = analyst.get(AGGREGATE, {"comapre": "x"}, headers={"Accept-Language": "ko"}).json()

        assert body["message"].startswith("알 수 없는 매개변수 'comapre'입니다. 혹시 compare")

    def test_a_long_name_is_cut_short(self, analyst: Client) -> None:
        body = analyst.get(AGGREGATE, {"x" * 5000: ""}).json()

        assert f"'{'x' * 40}'" in body["message"]
        assert len(body["message"]) < 600


class TestTwice:
    @pytest.mark.parametrize(
        ("path", "name", "texts"),
        [
            (AGGREGATE, "page", ("0", "1")),
            (AGGREGATE, "pagesize", ("1", "2")),
            (AGGREGATE, "format", ("csv", "json")),
            (AGGREGATE, "header", ("names", "labels")),
            (AGGREGATE, "nulls", ("include", "exclude")),
            (AGGREGATE, "explain", ("yes", "no")),
            (AGGREGATE, "compare", ("previous", "year_ago")),
            (AGGREGATE, "at_least", ("x", "y")),
            (f"{CUBE}/members/date", "level", ("year", "month")),
            (f"{CUBE}/members/date", "hierarchy", ("iso", "ymd")),
            (f"{CUBE}/model", "lang", ("en", "ko")),
        ],
        ids=str,
    )
    def test_what_is_said_once_is_not_said_differently(
        self, analyst: Client, path: str, name: str, texts: tuple[str, str]
    ) -> None:
        answer = analyst.get(path, [(name, text) for text in texts])

        assert answer.status_code == 400
        assert answer.json()["error"] == "request"
        assert answer.json()["message"] == f"{name} is given 2 times; give it once"

    def test_the_same_again_and_nothing_besides_are_no_contradiction(self, analyst: Client) -> None:
        pages = [
            ("page", "0"),
            ("page", "0"),
            ("pagesize", "2"),
            ("pagesize", ""),
            ("format", "csv"),
            ("format", ""),
        ]
        asked = [*pages, ("drilldown", "date"), ("drilldown", "channel"), ("aggregates", "lines")]

        answer = analyst.get(AGGREGATE, asked)

        assert answer.headers["content-type"].startswith("text/csv")
        assert len(answer.text.splitlines()) == 3


class TestOurs:
    @pytest.mark.parametrize("name", [*ONCE, "having", "explain"])
    def test_are_named_where_they_mean_nothing(self, analyst: Client, name: str) -> None:
        body = analyst.get(f"{CUBE}/model", {name: "yes"})

        assert body.status_code == 400
        assert body.json()["message"].startswith(f"{name} is not taken by model; it is by aggregate")

    @pytest.mark.parametrize(
        ("path", "name"),
        [
            *((path, name) for path in ("fact/101", "members/date", "cell") for name in SUMS),
            *(("facts", name) for name in SUMS if name != "drilldown"),
        ],
    )
    def test_what_says_how_facts_are_summed_is_named_where_none_are(
        self, analyst: Client, path: str, name: str
    ) -> None:
        answer = analyst.get(f"{CUBE}/{path}", {name: "line_kind"})

        endpoint = path.partition("/")[0]
        assert answer.status_code == 400
        told, _, taken = answer.json()["message"].partition(f". Taken by {endpoint}: ")
        others = "aggregate, facts" if name == "drilldown" else "aggregate"
        assert told == f"{name} is not taken by {endpoint}; it is by {others}"
        assert {"cut", "format"} <= set(taken.split(", "))
        assert name not in taken.split(", ")

    def test_stand_in_the_queries_of_a_report(self, analyst: Client) -> None:
        asked = {"queries": {"all": {"query": "aggregate", "aggregates": "lines"}}}

        answer = analyst.get(f"{CUBE}/report", {"compare": "year_ago"}, method="POST", body=asked)

        assert answer.status_code == 400
        assert answer.json()["message"] == "compare is not taken by a report's address; its queries take it"

    def test_a_report_whose_cell_is_misspelt_is_not_of_everything(self, analyst: Client) -> None:
        asked = {"queries": {"all": {"query": "aggregate", "aggregates": "lines"}}, "cells": []}

        answer = analyst.get(f"{CUBE}/report", method="POST", body=asked)

        assert answer.status_code == 400
        assert (
            answer.json()["message"] == "unknown word 'cells' in the body of a report; known: queries, cell"
        )


class TestOthers:
    @pytest.mark.parametrize(
        ("path", "asked"),
        [
            (AGGREGATE, {"_": "1732345678901"}),
            (AGGREGATE, {"_dc": "1"}),
            (AGGREGATE, {"callback": "jQuery1"}),
            (AGGREGATE, {"measure": "lines"}),
            (f"{CUBE}/model", {"cut": "line_kind:sale", "page": "0"}),
            (f"{CUBE}/cell", {"dimension": "date", "cut": "line_kind:sale"}),
            (f"{CUBE}/members/line_kind", {"order": "line_kind", "fields": "line_kind"}),
            (f"{CUBE}/facts", {"drilldown": "date:year", "page": "0", "page_size": "2"}),
            ("/slicer/version", {"prettyprint": "yes", "lang": "en"}),
        ],
        ids=str,
    )
    def test_what_the_original_and_its_clients_say_is_taken(
        self, analyst: Client, path: str, asked: dict[str, str]
    ) -> None:
        cut = {} if path != AGGREGATE else {"aggregates": "lines"}

        assert analyst.get(path, {**asked, **cut}).status_code == 200
