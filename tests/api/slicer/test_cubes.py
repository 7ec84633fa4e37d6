"""Every cube of the model appears by itself: at the Slicer, in GraphQL and in the Python client."""

import pytest

from olap.client import Cube
from olap.vocabulary import LANGUAGES, models
from tests.api.slicer.conftest import Client
from tests.olap.small_star import SmallCube, small_engine

CUBES = {
    *(
        "cases",
        "customers",
        "offers",
        "opportunities",
        "sales",
        "segments",
        "shipments",
        "stock",
        "topics",
        "touchpoints",
        "usage",
    ),
}
UNITS = {"money", "quantity", "count", "ratio", "seconds", "milliseconds", "days", "score"}


class TestCubes:
    def test_the_slicer_lists_them_in_the_asked_language(self, analyst: Client) -> None:
        listed = {cube["name"]: cube["label"] for cube in analyst.get("/slicer/cubes", {"lang": "ko"}).json()}

        assert set(listed) >= CUBES
        assert (listed["touchpoints"], listed["opportunities"], listed["stock"]) == (
            "고객 접점",
            "영업 기회",
            "재고",
        )

    @pytest.mark.parametrize("name", sorted(CUBES))
    def test_each_has_a_model_and_answers(self, analyst: Client, name: str) -> None:
        model = analyst.get(f"/slicer/cube/{name}/model").json()
        cut = {"cut": "currency:GBP"} if "currency" in {item["name"] for item in model["dimensions"]} else {}
        answer = analyst.get(f"/slicer/cube/{name}/aggregate", {"drilldown": "date:year", **cut})

        assert model["name"] == name
        assert answer.status_code == 200, answer.text
        assert set(answer.json()["summary"]) >= {item["name"] for item in model["aggregates"]}

    def test_graphql_has_them(self, analyst: Client) -> None:
        answer = analyst.post("{ cubes { name } }")

        assert {cube["name"] for cube in answer["data"]["cubes"]} >= CUBES

    def test_the_client_has_them(self) -> None:
        with small_engine() as small:
            found = {name: Cube(name, store=SmallCube(small)).model["name"] for name in CUBES}

        assert found == {name: name for name in CUBES}


class TestWords:
    @pytest.mark.parametrize("name", sorted(CUBES))
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_all_is_labelled_described_and_measured(self, name: str, language: str) -> None:
        cube = models()[name].cube(language)

        assert all(each.label and each.description for each in (cube, *cube.dimensions, *cube.aggregates))
        assert all(level.label for dimension in cube.dimensions for level in dimension.levels)
        assert {each.info["unit"] for each in cube.aggregates} <= UNITS
        assert all(each.format for each in cube.aggregates)

    @pytest.mark.parametrize("name", sorted(CUBES))
    def test_what_is_no_sum_says_that_it_cannot_be_added(self, name: str) -> None:
        aggregates = models()[name].cube().aggregates

        along = {"sum": None, "count": None, "last": "time", "first": "time"}
        assert all(a.nonadditive == along.get(a.function, "all") for a in aggregates)
