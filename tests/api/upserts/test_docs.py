"""Every example of docs/integration.md is run, in its order: what stands there is what its readers get.

With REWRITE=1 in the environment the page gets the answers that are given.
"""

import json
import os
import re
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from tests.api.graphql.asking import Api

PAGE = Path(__file__).resolve().parents[3] / "docs" / "integration.md"
EXAMPLE = re.compile(
    r"^```graphql\n(.*?)^```\n\n```variables\n(.*?)^```\n\n```json\n(.*?)^```$", re.MULTILINE | re.DOTALL
)


@pytest.fixture
async def pets(database: str) -> None:
    """The company has declared a custom attribute."""
    connection = await asyncpg.connect(database)
    await connection.execute(
        "INSERT INTO customer_attributes (name, type, label_en, label_ko, choices) "
        "VALUES ('pets', 'CHOICE', 'Pets', '반려동물', '{none,cat,dog}')"
    )
    await connection.close()


async def answer(api: Api, document: str, variables: Any) -> Any:
    """The answer without its points, which are nobody's business."""
    body = json.dumps({"query": document, "variables": variables}).encode()
    found = (await api.send(body, as_={"role": "INTEGRATION"})).json()
    found.pop("extensions", None)
    return found


def written(text: str, answers: list[Any]) -> str:
    """The page with these answers in the places of its own."""
    told = iter(answers)

    def shown(found: re.Match[str]) -> str:
        whole = json.dumps(next(told), ensure_ascii=False, indent=2)
        return found[0][: found.start(3) - found.start()] + whole + "\n```"

    return EXAMPLE.sub(shown, text)


@pytest.mark.usefixtures("pets")
class TestExamples:
    async def test_all_give_what_is_shown(self, api: Api) -> None:
        text = PAGE.read_text("utf-8")
        examples = EXAMPLE.findall(text)

        answers = [await answer(api, document, json.loads(told)) for document, told, _ in examples]

        if os.environ.get("REWRITE"):
            PAGE.write_text(written(text, answers), "utf-8")
        else:
            assert answers == [json.loads(shown) for _, _, shown in examples]

    def test_no_block_is_left_out(self) -> None:
        text = PAGE.read_text("utf-8")

        assert text.count("```") == 6 * len(EXAMPLE.findall(text)) > 0
