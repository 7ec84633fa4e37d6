"""The requests that the README shows, the answers that stand beneath them, and the answers that a server gives."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from api.app import application
from api.settings import Settings
from api.tokens import issue, signing_key

ROOT = Path(__file__).resolve().parents[2]
READMES = ("README.md", "README.ko.md")
PAGES = (*READMES, "docs/cube.md")
"""Every page with answers of the demo company."""

_BLOCK = re.compile(
    r"^```(graphql|variables|http|http-retail|json|csv)\n(.*?)^```$", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True)
class Example:
    """A request of the README (`kind` graphql, http or http-retail), its variables, and where its answer stands."""

    kind: str
    request: str
    variables: dict[str, Any]
    answer: str
    span: tuple[int, int]

    @property
    def title(self) -> str:
        return " ".join(self.request.split())[:60]


def examples(text: str) -> list[Example]:
    """The examples of a page in order."""
    found: list[Example] = []
    pending: tuple[str, str] | None = None
    variables: dict[str, Any] = {}
    for block in _BLOCK.finditer(text):
        kind, body = block.group(1), block.group(2)
        if kind == "variables":
            variables = json.loads(body)
        elif kind in ("json", "csv") and pending is not None:
            found.append(Example(*pending, variables, body, block.span(2)))
            pending, variables = None, {}
        elif kind not in ("json", "csv"):
            pending = (kind, body)
    return found


@asynccontextmanager
async def client(database: str, data_dir: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the real application on the store, with a marketer's token."""
    # Jobs would move what is shown on to the day of today, sooner or later.
    settings = Settings(data_dir=data_dir, database_url=database, jobs=False)
    app = application(settings)
    token = issue(
        signing_key(settings.key_path), subject="reader", role="MARKETER", scope="ALL", branches=(), hours=1
    )
    transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 1))
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=headers) as made,
    ):
        yield made


async def answer(asked: httpx.AsyncClient, example: Example) -> str:
    """What the server answers, as the README writes it: of GraphQL the data without what it cost."""
    if example.kind == "graphql":
        body = {"query": example.request, "variables": example.variables}
        response = await asked.post("/graphql", json=body)
        answered = response.json()
        # Errors, were there any, must show: only what was measured on the way is left out.
        answered.pop("extensions", None)
        return _pretty(answered) + "\n"
    response = await asked.get(example.request.strip().removeprefix("GET "))
    response.raise_for_status()
    return response.text.replace("\r\n", "\n")


def _pretty(value: Any, indent: str = "") -> str:
    """JSON with what fits into a line on one line."""
    flat = json.dumps(value, ensure_ascii=False)
    if len(flat) + len(indent) <= 110 or not isinstance(value, dict | list):
        return flat
    inner = indent + "  "
    if isinstance(value, dict):
        parts = [f"{inner}{json.dumps(key)}: {_pretty(item, inner)}" for key, item in value.items()]
        return "{\n" + ",\n".join(parts) + f"\n{indent}}}"
    return "[\n" + ",\n".join(inner + _pretty(item, inner) for item in value) + f"\n{indent}]"
