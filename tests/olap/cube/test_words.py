"""Every cube says in each language what its words mean, and of each aggregate its unit, format and how it adds up."""

from collections.abc import Iterator
from typing import Any

import pytest

from olap.vocabulary import LANGUAGES, models

UNITS = {"money", "quantity", "count", "ratio", "seconds", "milliseconds", "days", "score", "points"}

ADDED = {"sum", "count"}
"""Functions whose values over parts add up to that of the whole, along every dimension."""


def named(cube: Any) -> Iterator[tuple[str, Any]]:
    """Everything in a cube that a person reads, by its place. A flat dimension's one hierarchy is the package's."""
    yield "cube", cube
    for dimension in cube.dimensions:
        yield dimension.name, dimension
        yield from ((f"{dimension.name}:{level.name}", level) for level in dimension.levels)
        yield from ((attribute.ref, attribute) for attribute in dimension.attributes)
        if not dimension.is_flat:
            yield from ((f"{dimension.name}@{each.name}", each) for each in dimension.hierarchies)
    yield from ((each.name, each) for each in [*cube.aggregates, *cube.measures, *cube.details])


@pytest.mark.parametrize("name", sorted(models()))
class TestEachCube:
    def test_all_that_has_a_name_has_a_label_in_each_language(self, name: str) -> None:
        for language in LANGUAGES:
            cube = models()[name].cube(language)

            assert [place for place, each in named(cube) if not each.label] == [], language

    def test_cube_dimensions_and_aggregates_are_described_in_each_language(self, name: str) -> None:
        for language in LANGUAGES:
            cube = models()[name].cube(language)

            described = [cube, *cube.dimensions, *cube.aggregates]
            assert [each.name for each in described if not each.description] == [], language

    def test_korean_words_are_korean(self, name: str) -> None:
        korean, english = (models()[name].cube(language) for language in ("ko", "en"))

        same = [
            each.name
            for each, other in zip(korean.aggregates, english.aggregates, strict=True)
            if each.label == other.label or each.description == other.description
        ]
        assert same == []

    def test_each_aggregate_has_a_unit_and_a_format(self, name: str) -> None:
        for each in models()[name].cube().aggregates:
            assert each.info.get("unit") in UNITS, each.name
            assert each.format, each.name

    def test_each_aggregate_says_along_which_dimensions_it_may_be_added(self, name: str) -> None:
        for each in models()[name].cube().aggregates:
            if each.function in ADDED:
                assert each.nonadditive in {None, "time"}, each.name
            else:
                assert each.nonadditive in {"all", "time"}, each.name
