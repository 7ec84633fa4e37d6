"""Every example of docs/graphql.md is run: what stands there is what its readers get."""

import asyncio
import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from domain.postgres import Server
from tests.api.mutations.conftest import COMPANY
from tests.api.transport.conftest import Served, run, start, stop
from tests.api.transport.test_generators import SCHEMA
from tests.node.running import HERE, Node

PAGE = Path(__file__).resolve().parents[3] / "docs" / "graphql.md"
BLOCK = re.compile(r"^```(\w+)(?: ([\w=]+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)

RELAY = {
    "src": ".",
    "schema": "./schema.graphql",
    "language": "javascript",
    "eagerEsModules": True,
    "artifactDirectory": "./__generated__",
    "excludes": ["node_modules/**"],
}


@dataclass(frozen=True)
class Block:
    """A block of the page: its language, what stands behind that, and its text."""

    kind: str
    mark: str
    text: str


BLOCKS = [Block(kind, mark, text) for kind, mark, text in BLOCK.findall(PAGE.read_text("utf-8"))]


@pytest.fixture
def documented(
    server: Server, admin: Callable[[str], None], template: str, tmp_path: Path
) -> Iterator[Served]:
    """A server on the company that the page shows, which nobody has changed."""
    admin(f"CREATE DATABASE documented TEMPLATE {template} STRATEGY file_copy")
    url = server.url("documented")
    asyncio.run(run(url, COMPANY))
    folder = tmp_path / "server"
    folder.mkdir()
    started = start(url, folder)
    yield started
    stop(started)
    admin("DROP DATABASE documented WITH (FORCE)")


@dataclass(frozen=True)
class Reader:
    """Who does what the page says."""

    served: Served
    node: Node
    token: str

    def asks(self, block: Block, variables: Any, shown: Any) -> None:
        """The document's answer is the one shown; the points that are left are nobody's business."""
        headers = {"authorization": f"Bearer {self.token}", "accept": "application/graphql-response+json"}
        body = {"query": block.text, "variables": variables}
        answer = httpx.post(self.served.url, json=body, headers=headers, timeout=60).json()
        if block.mark == "extensions":
            answer["extensions"]["cost"].pop("remaining")
        else:
            answer.pop("extensions", None)
        assert answer == shown, block.text

    def runs(self, block: Block, shown: str) -> None:
        """The script prints what is shown."""
        text = block.text.replace("127.0.0.1:8000", f"127.0.0.1:{self.served.port}")
        helped = "import { change } from './api.mjs';\n" if "change(" in text else ""
        (self.node.folder / "example.mjs").write_text(helped + text)
        done = self.node.run("example.mjs", URL=self.served.url, TOKEN=self.token)
        assert (done.returncode, done.stdout) == (0, shown), block.text + done.stderr

    def compiles(self, block: Block) -> None:
        """Relay's compiler has made its artifacts of the fragment."""
        folder = self.node.folder
        (folder / "__generated__").mkdir()
        (folder / f"{block.mark.removeprefix('relay=')}.js").write_text(block.text)
        (folder / "relay.config.json").write_text(json.dumps(RELAY))
        done = self.node.tool("relay-compiler", "relay.config.json")
        assert done.returncode == 0, done.stderr + done.stdout
        (folder / "package.json").write_text('{"type": "module"}')

    def generates(self, block: Block) -> None:
        """The code generator takes the configuration."""
        (self.node.folder / "codegen.json").write_text(block.text)
        shutil.copy(HERE / "codegen" / "operations.graphql", self.node.folder)
        done = self.node.tool("graphql-codegen", "--config", "codegen.json")
        assert done.returncode == 0, done.stderr + done.stdout


class TestExamples:
    def test_the_page_shows_every_client(self) -> None:
        text = PAGE.read_text("utf-8")

        for name in ("@urql/core", "@apollo/client", "relay-runtime", "graphql-ws", "graphql-sse"):
            assert f"from '{name}" in text

    def test_no_block_is_left_out(self) -> None:
        assert {block.kind for block in BLOCKS} == {"graphql", "variables", "json", "js", "text"}
        assert PAGE.read_text("utf-8").count("```") == 2 * len(BLOCKS)

    @pytest.mark.slow
    def test_all_give_what_is_shown(self, documented: Served, node: Node) -> None:
        shutil.copy(SCHEMA, node.folder)
        reader = Reader(documented, node, documented.token(role="MARKETER"))
        asked: Block | None = None
        variables: Any = None
        for block in BLOCKS:
            match block:
                case Block("js", mark) if mark:
                    reader.compiles(block)
                case Block("graphql" | "js"):
                    asked, variables = block, None
                case Block("variables"):
                    variables = json.loads(block.text)
                case Block("json", "codegen"):
                    reader.generates(block)
                case Block("json"):
                    assert asked is not None
                    reader.asks(asked, variables, json.loads(block.text))
                case Block("text"):
                    assert asked is not None
                    reader.runs(asked, block.text)
