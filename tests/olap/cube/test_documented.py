"""The page of the cube names the cubes and their aggregates, all of them and no others."""

import re
from pathlib import Path

import pytest

from olap.vocabulary import models

PAGE = Path(__file__).resolve().parents[3] / "docs" / "cube.md"
ROW = re.compile(r"^\| `(\w+)` \| [^|]+ \| (.*) \|$", re.MULTILINE)


def documented() -> dict[str, set[str]]:
    """The aggregates of each cube by the table of the page."""
    text = PAGE.read_text(encoding="utf-8")
    table = text[text.index("| cube | one fact is |") :].split("\n\n", 1)[0]
    return {name: set(re.findall(r"`(\w+)`", told)) for name, told in ROW.findall(table)}


class TestTheTableOfCubes:
    def test_it_has_every_cube_and_no_other(self) -> None:
        assert set(documented()) == set(models())

    @pytest.mark.parametrize("name", sorted(models()))
    def test_it_has_every_aggregate_of_a_cube_and_no_other(self, name: str) -> None:
        assert documented()[name] == set(models()[name].formulas)
