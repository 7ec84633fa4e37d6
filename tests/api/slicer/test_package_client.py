"""The package's own client (`cubes.server`) asks this server as it asks its own (T45).

It cannot be imported on its own any more: five names that it looks for have moved since, and are put where it looks.
"""

import importlib
import io
import sys
import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest

from olap.vocabulary import Cell, Cube, package
from tests.api.slicer.conftest import Client

URL = "http://test/slicer"


@dataclass(frozen=True)
class Opener:
    """What the client opens addresses with: the application instead of the network."""

    client: Client
    opened: list[str]

    def open(self, url: str) -> "Answer":
        parts = urlsplit(url)
        self.opened.append(url.removeprefix(URL))
        found = self.client.get(f"{parts.path}?{parts.query}" if parts.query else parts.path)
        return Answer(found.content, found.status_code)


class Answer(io.BytesIO):
    """An answer as urllib gives it."""

    def __init__(self, body: bytes, status: int) -> None:
        super().__init__(body)
        self.status = status

    def getcode(self) -> int:
        return self.status


@pytest.fixture(scope="module")
def modules() -> Iterator[tuple[Any, Any]]:
    """`cubes.server.store` and `cubes.server.browser`, without Flask."""
    with package._old_python(), package._without_its_init():
        empty = types.ModuleType("cubes.server")
        empty.__path__ = [f"{sys.modules['cubes'].__path__[0]}/server"]
        sys.modules["cubes.server"] = empty
        store: Any = importlib.import_module("cubes.server.store")
        browser: Any = importlib.import_module("cubes.server.browser")
    patches = pytest.MonkeyPatch()
    model: Any = sys.modules["cubes.model"]
    patches.setattr(store, "create_cube", Cube.from_metadata, raising=False)
    patches.setattr(store, "create_dimension", model.Dimension.from_metadata, raising=False)
    patches.setattr(Cube, "add_dimension", Cube._add_dimension, raising=False)
    patches.setattr(browser, "string_from_cuts", sys.modules["cubes.cells"].string_from_cuts, raising=False)
    patches.setattr(browser, "Cell", Cell, raising=False)
    patches.setattr(browser.SlicerBrowser, "is_builtin_function", lambda self, name: True)
    yield store, browser
    patches.undo()
    for name in ("cubes.server", "cubes.server.store", "cubes.server.browser"):
        sys.modules.pop(name, None)


@pytest.fixture
def opener(analyst: Client) -> Opener:
    return Opener(analyst, [])


@pytest.fixture
def provider(modules: tuple[Any, Any], opener: Opener) -> Any:
    store = modules[0].SlicerStore(url=URL)
    store.opener = opener
    found = modules[0].SlicerModelProvider({"name": "remote"})
    found.bind(store)
    return found


@pytest.fixture
def browser(modules: tuple[Any, Any], provider: Any) -> Any:
    return modules[1].SlicerBrowser(provider.cube("sales"), provider.store)


def asked(analyst: Client, path: str, **parameters: str) -> Any:
    """What the server answers to a plain request."""
    return analyst.get(f"/slicer/cube/sales/{path}", parameters).json()


class TestModel:
    def test_cubes_are_listed(self, provider: Any) -> None:
        assert "sales" in [cube["name"] for cube in provider.list_cubes()]

    def test_a_cube_is_built_from_the_document(self, analyst: Client, browser: Any) -> None:
        document = asked(analyst, "model")

        assert [str(each) for each in browser.cube.dimensions] == [
            each["name"] for each in document["dimensions"]
        ]
        assert [str(each) for each in browser.cube.aggregates] == [
            each["name"] for each in document["aggregates"]
        ]
        assert browser.features()["actions"] == ["aggregate", "facts", "fact", "cell", "members"]

    def test_labels_follow_the_language(self, provider: Any) -> None:
        assert provider.cube("sales", locale="ko").aggregate("lines").label == "주문 라인 수"


class TestQuestions:
    def test_an_aggregate_of_a_cell_with_drilldowns_and_pages(
        self, analyst: Client, browser: Any, opener: Opener
    ) -> None:
        cuts = [package.PointCut("currency", ["GBP"]), package.PointCut("date", [2011])]
        cell = Cell(browser.cube, cuts)

        found = browser.aggregate(
            cell,
            aggregates=["net_revenue", "lines"],
            drilldown=["date", "known"],
            order=[("lines", "asc")],
            page=0,
            page_size=2,
        )

        expected = asked(
            analyst,
            "aggregate",
            cut="currency:GBP|date:2011",
            aggregates="net_revenue|lines",
            drilldown="date|known",
            order="lines:asc",
            page="0",
            pagesize="2",
        )
        assert (found.summary, list(found.cells)) == (expected["summary"], expected["cells"])
        assert found.levels == expected["levels"]
        assert "%2C" in opener.opened[-1].partition("aggregates=")[2], "it no longer speaks with commas"

    def test_members_in_lines_over_a_doubled_slash(
        self, analyst: Client, browser: Any, opener: Opener
    ) -> None:
        found = list(browser.members(Cell(browser.cube), "date", depth=2))

        assert found == asked(analyst, "members/date", depth="2")["data"]
        assert opener.opened[-1].startswith("//cube/")

    def test_facts_and_one_fact(self, analyst: Client, browser: Any) -> None:
        cell = Cell(browser.cube, [package.PointCut("date", [2010])])

        found = list(browser.facts(cell, order=[("line_gross", "asc")], page=0, page_size=2))

        assert found == asked(analyst, "facts", cut="date:2010", order="line_gross", page="0", pagesize="2")
        assert browser.fact(101) == asked(analyst, "fact/101")

    def test_the_details_of_a_cell(self, analyst: Client, browser: Any) -> None:
        cell = Cell(browser.cube, [package.SetCut("date", [[2010], [2011, 1]])])

        assert browser.cell_details(cell) == asked(analyst, "cell", cut="date:2010;2011,1")
