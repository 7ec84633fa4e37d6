"""What docs/cube.ipynb and docs/cube.md show in Python runs, against a server on the small star."""

import ast
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from olap.client import Cube
from olap.request import ONCE
from tests.api.slicer.conftest import Client

DOCS = Path(__file__).resolve().parents[3] / "docs"


def run(source: str, names: dict[str, Any]) -> Any:
    """The value of the last line, as a notebook shows it; `names` holds what was assigned."""
    *before, last = ast.parse(source).body
    exec(compile(ast.Module(before, []), "cell", "exec"), names)  # noqa: S102 (our own documents)
    if not isinstance(last, ast.Expr):
        exec(compile(ast.Module([last], []), "cell", "exec"), names)  # noqa: S102 (as above)
        return None
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names)  # noqa: S307 (as above)


def _gives_a_cube(word: Any) -> bool:
    return callable(word) and word.__annotations__.get("return") == "Cube"


class TestNotebook:
    def test_every_cell_shows_something(
        self, url: str, analyst: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DANGOL_CUBE_ADDRESS", url)
        monkeypatch.setenv("DANGOL_TOKEN", analyst.token or "")
        notebook = json.loads((DOCS / "cube.ipynb").read_text("utf-8"))
        sources = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
        names: dict[str, Any] = {}

        shown = [run(source, names) for source in sources]

        assert len(shown) > 8
        for source, value in zip(sources, shown, strict=True):
            assert not value.empty if isinstance(value, pd.DataFrame) else "rollup" in source or value, source

    def test_it_is_kept_without_outputs(self) -> None:
        notebook = json.loads((DOCS / "cube.ipynb").read_text("utf-8"))

        assert not [cell for cell in notebook["cells"] if cell.get("outputs") or cell.get("execution_count")]


class TestPage:
    def test_its_python_runs(self, url: str, analyst: Client) -> None:
        page = (DOCS / "cube.md").read_text("utf-8")
        blocks = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)

        shown = [
            run(block.replace("http://127.0.0.1:8000", url), {"token": analyst.token}) for block in blocks
        ]

        assert [type(value) for value in shown] == [pd.DataFrame]

    def test_its_table_has_every_parameter_in_all_three_tongues(self) -> None:
        page = (DOCS / "cube.md").read_text("utf-8")
        table = page.partition("## Every parameter\n")[2].partition("\n## ")[0]
        rows = [
            line.replace("\\|", "").split("|")[1:-1] for line in table.splitlines() if line.startswith("| ")
        ][1:]
        schema = (DOCS.parent / "api/graphql/schema.graphql").read_text("utf-8")
        fields = schema.partition("input CubeAggregateInput {")[2].partition("\n}")[0]

        over_http = {name for row in rows for name in re.findall(r"[`&](\w+)=", row[1])}
        in_graphql = {name for row in rows for name in re.findall(r"[`,] ?(\w+): ", row[2])} & {
            *re.findall(r"^  (\w+):", fields, re.MULTILINE)
        }
        in_python = {name for row in rows for name in re.findall(r"\.(\w+)\(", row[3])}

        assert over_http >= {*ONCE, "cut", "drilldown", "aggregates", "split", "order", "having", "nulls"}
        assert over_http >= {"page", "pagesize", "explain", "at_least", "format", "lang"}
        assert in_graphql == {*re.findall(r"^  (\w+):", fields, re.MULTILINE)}
        says_more = {name for name, word in vars(Cube).items() if _gives_a_cube(word) and name[0] != "_"}
        assert in_python == {*says_more, "frame", "explain"}


class TestPackage:
    def test_the_extras_that_the_documents_name_exist(self) -> None:
        project = tomllib.loads((DOCS.parent / "pyproject.toml").read_text("utf-8"))

        named = {
            extra
            for page in (*DOCS.glob("*.md"), *DOCS.glob("*.ipynb"), *DOCS.parent.glob("*.md"))
            for extra in re.findall(r"dangol\[(\w+)\]", page.read_text("utf-8"))
        }

        assert named == {"client"}
        assert named <= set(project["project"]["optional-dependencies"])

    def test_its_types_are_told_to_checkers(self) -> None:
        project = tomllib.loads((DOCS.parent / "pyproject.toml").read_text("utf-8"))

        assert (DOCS.parent / "olap" / "py.typed").is_file()
        assert "py.typed" in project["tool"]["setuptools"]["package-data"]["olap"]
