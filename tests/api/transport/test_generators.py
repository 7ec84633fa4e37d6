"""Relay's compiler and TypeScript's code generators take the schema; what they make is used as their users would."""

import shutil
from pathlib import Path

import pytest

import api
from api.graphql.documents import Documents
from api.graphql.schema import schema
from api.manifests import check, read
from tests.node.running import HERE, Node

SCHEMA = Path(api.__file__).parent / "graphql" / "schema.graphql"


@pytest.fixture
def relay(node: Node) -> Node:
    """A folder of a Relay front end."""
    made = _folder(node, "relay")
    (made.folder / "src" / "__generated__").mkdir()
    (made.folder / "persisted.json").write_text("{}")
    return made


@pytest.fixture
def codegen(node: Node) -> Node:
    """A folder of a TypeScript front end."""
    return _folder(node, "codegen")


def _folder(node: Node, name: str) -> Node:
    folder = node.folder / name
    shutil.copytree(HERE / name, folder)
    shutil.copy(SCHEMA, folder)
    (folder / "node_modules").symlink_to(node.folder / "node_modules")
    return Node(folder)


class TestRelay:
    def test_fragments_that_paginate_compile(self, relay: Node) -> None:
        done = relay.tool("relay-compiler", "relay.config.json")

        made = {path.name for path in (relay.folder / "src" / "__generated__").iterdir()}
        assert done.returncode == 0, done.stderr + done.stdout
        assert {"CustomerListPaginationQuery.graphql.ts", "CustomerRowTouchpointsQuery.graphql.ts"} <= made

    def test_what_it_persists_can_be_registered(self, relay: Node) -> None:
        assert relay.tool("relay-compiler", "relay.config.json").returncode == 0

        documents = read(relay.folder / "persisted.json")

        check(Documents(schema()), documents)
        assert {document.name for document in documents} == {
            "CustomerListQuery",
            "CustomerListPaginationQuery",
            "CustomerRowTouchpointsQuery",
            "CustomerRowRenameMutation",
            "CustomerRowSubscription",
        }

    def test_what_the_schema_does_not_have_is_refused(self, relay: Node) -> None:
        wrong = (
            "import { graphql } from 'relay-runtime';\nexport const q = graphql`query WrongQuery { nope }`;\n"
        )
        (relay.folder / "src" / "Wrong.ts").write_text(wrong)

        done = relay.tool("relay-compiler", "relay.config.json")

        assert done.returncode != 0


class TestTypeScript:
    def test_types_are_made_and_used_strictly(self, codegen: Node) -> None:
        made = codegen.tool("graphql-codegen", "--config", "codegen.json")
        assert made.returncode == 0, made.stderr + made.stdout

        options = ["--noEmit", "--strict", "--target", "es2022", "--module", "esnext", "--types", ""]
        resolved = ["--moduleResolution", "bundler", "--skipLibCheck"]
        checked = codegen.tool("tsc", *options, *resolved, "use.ts", "schema.ts", "client/index.ts")

        assert checked.returncode == 0, checked.stdout + checked.stderr

    def test_the_schema_is_read_as_it_is_committed(self, codegen: Node) -> None:
        script = "import { buildSchema } from 'graphql';import { readFileSync } from 'node:fs';"
        script += "const s = buildSchema(readFileSync('schema.graphql', 'utf8'));"
        script += "console.log(JSON.stringify(Object.keys(s.getSubscriptionType().getFields())));"
        (codegen.folder / "read.mjs").write_text(script)

        assert codegen.told("read.mjs") == ["customerChanged", "orderChanged", "touchpointRecorded"]
