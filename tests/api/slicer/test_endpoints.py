"""The other endpoints, what the server says of itself, and what HTTP asks of all of them."""

import json
import re
from pathlib import Path

import pytest

from tests.api.slicer.conftest import Client

CUBE = "/slicer/cube/sales"


class TestAbout:
    def test_version(self, anybody: Client) -> None:
        assert anybody.get("/slicer/version").json() == {
            "version": "0.1.0",
            "server_version": "0.1.0",
            "api_version": 2,
        }

    def test_who_opens_the_address_in_a_browser_finds_the_way(self, anybody: Client) -> None:
        page = anybody.get("/slicer/")

        assert page.headers["content-type"].startswith("text/html")
        links = re.findall('href="([^"]+)"', page.text)
        assert links == ["info", "cubes", "licenses"]
        assert {anybody.get(f"/slicer/{link}").status_code for link in links} == {200, 401}

    def test_info_names_limits_zone_and_licences(self, anybody: Client) -> None:
        info = anybody.get("/slicer/info").json()

        assert info["json_record_limit"] == 1000
        assert info["cubes_version"] == "1.1"
        assert info["timezone"] == "Asia/Seoul"
        assert (info["first_weekday"], info["api_version"]) == (0, 2)
        assert info["authentication"] == {"type": "bearer"}
        assert anybody.get(info["licenses"]).status_code == 200

    @pytest.mark.parametrize("path", ["/licenses", "/slicer/licenses"])
    def test_whoever_reaches_the_server_reads_the_notice_of_cubes(self, anybody: Client, path: str) -> None:
        answer = anybody.get(path)

        assert answer.headers["content-type"].startswith("text/plain")
        assert "Stefan Urbanek" in answer.text
        assert "shall be accessible to all users" in " ".join(answer.text.split())

    def test_the_notice_is_that_of_the_project(self, anybody: Client) -> None:
        notice = Path(__file__).parents[3] / "NOTICE"

        assert anybody.get("/licenses").text == notice.read_text(encoding="utf-8")

    def test_cubes_are_listed_in_the_asked_language(self, analyst: Client) -> None:
        (sales,) = [
            cube for cube in analyst.get("/slicer/cubes", {"lang": "ko"}).json() if cube["name"] == "sales"
        ]

        assert set(sales) == {"name", "label", "category", "info"}
        assert sales["label"] == "매출"


class TestModel:
    def test_it_describes_dimensions_levels_and_aggregates(self, analyst: Client) -> None:
        model = analyst.get(f"{CUBE}/model").json()

        (date,) = [dimension for dimension in model["dimensions"] if dimension["name"] == "date"]
        assert date["role"] == "time"
        assert date["default_hierarchy_name"] == "calendar"
        assert [hierarchy["levels"] for hierarchy in date["hierarchies"]] == [
            ["year", "quarter", "month", "day"],
            ["year", "month", "day"],
            ["iso_year", "iso_week", "weekday"],
        ]
        assert model["features"]["actions"] == ["aggregate", "members", "facts", "fact", "cell"]
        assert "null" not in json.dumps(model)

    def test_labels_are_in_the_asked_language(self, analyst: Client) -> None:
        korean, english = (analyst.get(f"{CUBE}/model", {"lang": lang}).json() for lang in ("ko", "en"))

        assert (korean["label"], english["label"]) == ("매출", "Sales")
        assert korean["aggregates"][0]["description"] != english["aggregates"][0]["description"]
        assert korean["aggregates"][0]["ref"] == english["aggregates"][0]["ref"]


class TestMembers:
    def test_they_come_with_what_they_are_members_of(self, analyst: Client) -> None:
        answer = analyst.get(
            f"{CUBE}/members/date", {"hierarchy": "ymd", "level": "month", "cut": "date:2010"}
        )

        assert answer.json() == {
            "dimension": "date",
            "hierarchy": "ymd",
            "depth": 2,
            "data": [{"date.year": 2010, "date.month": 12}],
        }

    def test_both_depth_and_level_are_refused(self, analyst: Client) -> None:
        answer = analyst.get(f"{CUBE}/members/date", {"depth": "1", "level": "year"})

        assert answer.status_code == 400
        assert "both depth and level" in answer.json()["message"]


class TestFacts:
    def test_facts_and_one_fact(self, analyst: Client) -> None:
        (first, *_) = analyst.get(f"{CUBE}/facts", {"cut": "date:2011", "order": "order_id:desc"}).json()

        assert first["__fact_key__"] == 117
        assert next(iter(first)) == "__fact_key__"
        assert analyst.get(f"{CUBE}/fact/117").json() == first

    @pytest.mark.parametrize("key", ["999", "x", "-1", "9" * 30, "%00", "1%20OR%201=1"])
    def test_a_fact_that_is_not_there(self, analyst: Client, key: str) -> None:
        answer = analyst.get(f"{CUBE}/fact/{key}")

        assert answer.status_code == 404
        assert answer.json()["error"]["type"] == "object_not_found"
        assert answer.json()["error"]["object_type"] == "fact"


class TestCell:
    def test_cuts_come_with_their_details(self, analyst: Client) -> None:
        body = analyst.get(f"{CUBE}/cell", {"cut": "date:2011,1|known:yes"}).json()

        assert body["cube"] == "sales"
        assert [cut["dimension"] for cut in body["cuts"]] == ["date", "known"]
        assert body["cuts"][0]["path"] == [2011, 1]
        assert [level["_key"] for level in body["cuts"][0]["details"]] == [2011, 1]
        assert body["cuts"][1]["details"] == [{"known": "yes", "_key": "yes", "_label": "yes"}]


EVERYWHERE = [
    "/slicer/version",
    "/slicer/info",
    "/slicer/cubes",
    f"{CUBE}/model",
    f"{CUBE}/aggregate?aggregates=lines",
    f"{CUBE}/members/date",
    f"{CUBE}/facts",
    f"{CUBE}/fact/101",
    f"{CUBE}/cell?cut=date:2011",
]


@pytest.mark.parametrize("path", EVERYWHERE)
class TestEverywhere:
    def test_head_is_get_without_a_body(self, analyst: Client, path: str) -> None:
        whole, head = analyst.get(path), analyst.get(path, method="HEAD")

        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == str(len(whole.content))

    def test_prettyprint_indents_and_says_the_same(self, analyst: Client, path: str) -> None:
        joined = "&" if "?" in path else "?"

        plain, pretty = analyst.get(path), analyst.get(f"{path}{joined}prettyprint=yes")

        assert "\n    " in pretty.text
        assert pretty.json() == plain.json()

    def test_doubled_slashes_count_as_one(self, analyst: Client, path: str) -> None:
        doubled = path.replace("/slicer/", "/slicer//").replace("/sales/", "//sales///")

        assert analyst.get(doubled).json() == analyst.get(path).json()

    def test_other_methods_are_refused(self, analyst: Client, path: str) -> None:
        answer = analyst.get(path, method="POST")

        assert answer.status_code == 405
        assert answer.headers["allow"] == "GET, HEAD"


class TestNotServed:
    @pytest.mark.parametrize(
        "path",
        ["/slicer/logout", "/slicer/visualizer/", "/slicer/visualizer/index.html", "/slicer/index.html",
         "/slicer/nothing", "/slicer/cube/sales", "/slicer/cube//aggregate", "/slicer/aggregate"],
    )  # fmt: skip
    def test_is_not_found_in_json(self, analyst: Client, path: str) -> None:
        answer = analyst.get(path)

        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/json"
        assert answer.json()["error"]["type"] == "not_found"
