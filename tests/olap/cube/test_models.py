"""The model files: they fit the star, hold every language, and say what is wrong with them."""

import copy
import json
from importlib import resources
from typing import Any

import pytest

from olap import star
from olap.engines.duckdb import DuckDB
from olap.errors import ModelError, RequestError
from olap.physical import Column, Sum
from olap.vocabulary import LANGUAGES, UnknownObject, language_of, load, model_of, models
from tests.olap.cube.asking import SALES


@pytest.fixture
def document() -> dict[str, Any]:
    text = (resources.files("olap") / "model" / "sales.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


class TestSales:
    def test_its_aggregates_dimensions_and_hierarchies(self) -> None:
        cube = SALES.cube()

        deep = {d.name: [h.name for h in d.hierarchies] for d in cube.dimensions if not d.is_flat}
        assert deep == {
            **{f"attribute_{place}": ["values"] for place in range(1, 11)},
            "date": ["calendar", "ymd", "iso"],
            "customer": ["geography"],
            "product": ["categories"],
            "channel": ["channels"],
            "branch": ["regions"],
            "fiscal": ["fiscal"],
            "home_branch": ["home_branches"],
            "agent": ["agents"],
        }
        assert {"gender", "occupation", "age_band", "household_size", "currency", "line_kind", "holiday"} <= {
            d.name for d in cube.dimensions if d.is_flat
        }
        assert cube.dimension("date").hierarchy("iso").level_names == ["iso_year", "iso_week", "weekday"]
        assert all(level.role for level in cube.dimension("date").levels)

    def test_every_column_it_names_stands_in_the_star(self) -> None:
        named = [
            SALES.key,
            *SALES.columns.values(),
            *(side for j in SALES.joins.values() for side in (j.fact, j.key)),
        ]

        assert all(column.name in star.metadata.tables[column.table].c for column in named)

    def test_each_aggregate_says_its_unit_format_additivity_and_meaning_in_each_language(self) -> None:
        for language in LANGUAGES:
            for aggregate in SALES.cube(language).aggregates:
                assert aggregate.info["unit"] in {"money", "quantity", "count", "ratio"}
                assert aggregate.format
                assert aggregate.label
                assert aggregate.description
                assert (aggregate.nonadditive == "all") == (aggregate.function not in {"sum", "count"})

    def test_one_language_does_not_leak_into_the_other(self) -> None:
        korean, english = SALES.cube("ko"), SALES.cube("en")

        assert korean.dimension("product").level("department").label == "대분류"
        assert english.dimension("product").level("department").label == "Department"
        assert korean.aggregate("orders").label == "주문 수"
        assert english.aggregate("orders").label == "Orders"
        assert (korean.locale, english.locale) == ("ko", "en")


class TestLanguages:
    @pytest.mark.parametrize(
        ("tag", "language"), [(None, "en"), ("", "en"), ("ko", "ko"), ("ko-KR", "ko"), ("EN_us", "en")]
    )
    def test_a_tag_means_its_language(self, tag: str | None, language: str) -> None:
        assert language_of(tag) == language

    def test_an_unknown_one_is_refused_with_the_right_ones(self) -> None:
        with pytest.raises(RequestError, match="unknown language 'de'; known: en, ko"):
            language_of("de")


class TestModels:
    def test_an_unknown_cube_is_refused_with_the_right_ones(self) -> None:
        with pytest.raises(UnknownObject, match=f"unknown cube 'sale'; known: {', '.join(models())}"):
            model_of("sale")

    def test_a_new_measure_and_a_new_dimension_need_the_model_alone(
        self, document: dict[str, Any], small: DuckDB
    ) -> None:
        label = {"en": "Home branch", "ko": "소속 지점"}
        document["dimensions"].append(
            {"name": "home", "label": label, "levels": [{"name": "home", "label": label}]}
        )
        document["cube"]["dimensions"].append("home")
        document["cube"]["mappings"]["home"] = "customer.home_branch_id"
        document["cube"]["aggregates"].append(
            {"name": "carts", "label": label, "function": "count_distinct", "measure": "order_id"}
        )

        model = load(document)

        assert model.columns["home"] == Column("customer", "home_branch_id")
        assert model.cube("ko").dimension("home").label == "소속 지점"
        assert "carts" in model.formulas

    def test_money_is_known_by_its_unit(self) -> None:
        assert SALES.formulas["net_revenue"] == Sum(Column("sales", "net_revenue"), money=True)
        assert SALES.formulas["units"] == Sum(Column("sales", "quantity"), money=False)

    def test_a_dimension_that_is_not_shared_is_refused_with_those_that_are(
        self, document: dict[str, Any]
    ) -> None:
        document["dimensions"][0] = {"use": "dates"}

        with pytest.raises(ModelError, match="no shared dimension 'dates'; known: date, customer"):
            load(document)


FAULTS: list[tuple[tuple[Any, ...], Any, str]] = [
    (("cube", "mappings", "gender"), "customer.sex", "'customer.sex'; customer has: customer_key"),
    (("cube", "mappings", "gender"), "people.sex", "table 'people'; the star has"),
    (("cube", "joins", 0, "detail"), "date.key", "'date.key'"),
    (("cube", "key"), "id", "'sales.id'"),
    (("cube", "aggregates", 0, "function"), "median", "function 'median'; known: sum, count, count_distinct"),
    (("cube", "aggregates", 0, "measure"), "revenue", "names 'revenue'; known: date.year"),
    (("cube", "aggregates", 9, "expression"), "a / b", "expression 'a / b'; known"),
    (("cube", "aggregates", 9, "expression"), "orders * 2", "expression"),
    (("dimensions", 9, "levels", 0, "cardinality"), "huge", "'huge' is not one of"),
]


class TestFaults:
    @pytest.mark.parametrize(("path", "value", "why"), FAULTS, ids=[why for *_, why in FAULTS])
    def test_a_wrong_name_is_named(
        self, document: dict[str, Any], path: tuple[Any, ...], value: Any, why: str
    ) -> None:
        wrong = copy.deepcopy(document)
        place = wrong
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value

        with pytest.raises(ModelError) as raised:
            load(wrong)

        assert why in str(raised.value)

    def test_a_table_without_a_join_is_named(self, document: dict[str, Any]) -> None:
        document["cube"]["mappings"]["known"] = "offer.code"

        with pytest.raises(ModelError, match="offer, which no join reaches"):
            load(document)
