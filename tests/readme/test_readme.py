"""Every answer that README and docs/cube.md show is what a newcomer gets, on the demo company and the real data."""

from pathlib import Path

import pytest

from tests.readme.examples import PAGES, READMES, ROOT, Example, answer, client, examples
from tests.retail import Retail


def found(*kinds: str) -> list[tuple[str, Example]]:
    return [
        (name, example)
        for name in PAGES
        for example in examples((ROOT / name).read_text(encoding="utf-8"))
        if example.kind in kinds
    ]


class TestReadme:
    @pytest.mark.parametrize("name", READMES)
    def test_it_shows_six_queries_five_drill_downs_and_the_real_data(self, name: str) -> None:
        kinds = [example.kind for file, example in found("graphql", "http", "http-retail") if file == name]

        assert (kinds.count("graphql"), kinds.count("http"), kinds.count("http-retail")) == (6, 5, 1)

    def test_the_page_of_the_cube_shows_an_answer_to_each_of_its_requests(self) -> None:
        page = (ROOT / "docs/cube.md").read_text(encoding="utf-8")

        shown = [example.answer for name, example in found("http") if name == "docs/cube.md"]

        assert len(shown) == page.count("```http\n") > 12
        assert all(answer.count("\n") > 1 for answer in shown)

    @pytest.mark.slow
    async def test_the_demo_company_gives_the_answers_shown(
        self, default_company: str, tmp_path: Path
    ) -> None:
        async with client(default_company, tmp_path) as asked:
            for name, example in found("graphql", "http"):
                assert await answer(asked, example) == example.answer, f"{name}: {example.title}"

    @pytest.mark.slow
    async def test_the_real_data_gives_the_answer_shown(self, retail: Retail, tmp_path: Path) -> None:
        async with client(retail.database, tmp_path) as asked:
            for name, example in found("http-retail"):
                assert await answer(asked, example) == example.answer, f"{name}: {example.title}"
