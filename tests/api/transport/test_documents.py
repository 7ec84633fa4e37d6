"""Registered documents: brought in from Relay's and Apollo's manifests, asked for by their hash."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from api.cli.main import app
from domain.errors import DomainError
from tests.api.transport.conftest import Served
from tests.node.running import Node

NAMES = "query Names($id: ID!) { customer(id: $id) { name } }"
TYPE = "query Type { __typename }"


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def relay(*texts: str) -> str:
    return json.dumps({digest(text): text for text in texts})


def apollo(*texts: str) -> str:
    operations = [{"id": digest(text), "name": "x", "type": "query", "body": text} for text in texts]
    return json.dumps({"format": "apollo-persisted-query-manifest", "version": 1, "operations": operations})


@dataclass(frozen=True)
class Done:
    """What a command printed, and the refusal that ended it."""

    stdout: str
    refusal: str


def documents(served: Served, *arguments: str) -> Done:
    """`dangol documents ...` has run on the server's store."""
    environment = {"DANGOL_DATA_DIR": str(served.data_dir), "DANGOL_DATABASE_URL": served.database}
    done = CliRunner().invoke(app, ["documents", *arguments], env=environment)
    if done.exception is not None and not isinstance(done.exception, DomainError):
        raise done.exception
    return Done(done.stdout, str(done.exception or ""))


def ask(served: Served, body: Any, accept: str = "application/graphql-response+json") -> httpx.Response:
    headers = {"authorization": f"Bearer {served.token()}", "accept": accept}
    return httpx.post(served.url, json=body, headers=headers, timeout=60)


class TestImport:
    @pytest.mark.parametrize("manifest", [relay, apollo])
    def test_documents_of_a_manifest_are_listed_run_and_removed(
        self, served: Served, tmp_path: Path, manifest: Any
    ) -> None:
        text = f"query Of_{manifest.__name__} {{ __typename }}"
        file = tmp_path / "manifest.json"
        file.write_text(manifest(text, NAMES))

        first = documents(served, "import", str(file))
        again = documents(served, "import", str(file))
        listed = documents(served, "list")
        answer = ask(served, {"documentId": f"sha256:{digest(text)}"})
        removed = documents(served, "remove", digest(text), digest(NAMES))

        assert first.stdout == "2 documents registered; registered before: 0.\n"
        assert again.stdout == "0 documents registered; registered before: 2.\n"
        assert f"Of_{manifest.__name__}" in listed.stdout
        assert answer.json()["data"] == {"__typename": "Query"}
        assert removed.stdout == "2 documents removed.\n"
        assert digest(text) not in documents(served, "list").stdout

    def test_a_dry_run_registers_nothing(self, served: Served, tmp_path: Path) -> None:
        file = tmp_path / "manifest.json"
        file.write_text(relay("query Dry { __typename }"))

        done = documents(served, "import", str(file), "--dry-run")

        assert done.stdout == "Fit for the schema: 1 document; nothing was registered.\n"
        assert "Dry" not in documents(served, "list").stdout

    @pytest.mark.parametrize(
        ("written", "message"),
        [
            ("[]", "is neither Relay's nor Apollo's manifest"),
            ("{", "is not JSON in UTF-8"),
            ("{}", "holds no document"),
            ('{"d41d8cd98f00b204e9800998ecf8427e": "{ __typename }"}', "Relay needs algorithm SHA256"),
            ('{"format": "other", "version": 1}', "manifest of another format"),
            ('{"a": 1}', "each document needs a hash and a text"),
            (relay(TYPE, "query Wrong { nope }"), "the document Wrong is refused: Cannot query field 'nope'"),
            (relay("query Long { " + "__typename " * 5000 + "}"), "more than 5000 tokens"),
        ],
    )
    def test_a_bad_manifest_registers_nothing_and_says_why(
        self, served: Served, tmp_path: Path, written: str, message: str
    ) -> None:
        file = tmp_path / "manifest.json"
        file.write_text(written)

        done = documents(served, "import", str(file))

        assert message in done.refusal

    def test_removing_what_is_not_registered_is_refused(self, served: Served) -> None:
        done = documents(served, "remove", "0" * 64)

        assert "no document 000" in done.refusal


@pytest.fixture
def registered(served: Served, tmp_path: Path) -> None:
    file = tmp_path / "registered.json"
    file.write_text(relay(NAMES, TYPE + " " * 70_000))
    assert documents(served, "import", str(file)).stdout


@pytest.mark.usefixtures("registered")
class TestAsking:
    def test_a_hash_stands_for_its_text_with_variables(self, served: Served) -> None:
        variables = {"id": "Q3VzdG9tZXI6MQ=="}

        answer = ask(served, {"documentId": f"sha256:{digest(NAMES)}", "variables": variables})

        assert answer.json()["data"]["customer"]["name"].startswith("김")

    def test_a_registered_document_may_be_longer_than_others(self, served: Served) -> None:
        answer = ask(served, {"documentId": f"sha256:{digest(TYPE + ' ' * 70_000)}"})

        assert answer.json()["data"] == {"__typename": "Query"}

    def test_get_takes_the_hash_too(self, served: Served) -> None:
        asked = {"documentId": f"sha256:{digest(NAMES)}", "variables": '{"id": "Q3VzdG9tZXI6MQ=="}'}
        headers = {"authorization": f"Bearer {served.token()}"}

        assert "data" in httpx.get(served.url, params=asked, headers=headers, timeout=60).json()

    def test_an_unknown_hash_is_not_found(self, served: Served) -> None:
        answer = ask(served, {"documentId": "sha256:" + "0" * 64})

        assert answer.status_code == 404
        [error] = answer.json()["errors"]
        assert error["message"] == f"the document sha256:{'0' * 64} is not registered"
        assert error["extensions"] == {"code": "NOT_FOUND"}

    @pytest.mark.parametrize("hash_", ["", "sha256:", "md5:" + "0" * 32, "sha256:" + "g" * 64, 5, None])
    def test_what_is_no_hash_is_a_bad_request(self, served: Served, hash_: Any) -> None:
        answer = ask(served, {"documentId": hash_})

        assert answer.status_code == 400

    @pytest.mark.parametrize("persisted", [5, {}, {"sha256Hash": "x"}])
    def test_nor_what_apollo_would_not_send(self, served: Served, persisted: Any) -> None:
        answer = ask(served, {"extensions": {"persistedQuery": persisted}})

        assert answer.status_code == 400

    def test_apollos_clients_are_told_in_their_words(self, served: Served) -> None:
        persisted = {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}

        answer = ask(served, {"extensions": persisted}, "application/json")

        assert answer.status_code == 200
        assert answer.json() == {
            "errors": [{"message": "PersistedQueryNotFound", "extensions": {"code": "NOT_FOUND"}}]
        }

    def test_a_text_that_comes_with_its_hash_is_run_and_not_registered(self, served: Served) -> None:
        text = "query Fresh { __typename }"
        body = {"query": text, "extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest(text)}}}

        assert ask(served, body).json()["data"] == {"__typename": "Query"}
        assert "Fresh" not in documents(served, "list").stdout

    def test_a_text_that_is_not_of_its_hash_is_refused(self, served: Served) -> None:
        body = {"query": TYPE, "extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}}

        answer = ask(served, body)

        assert answer.status_code == 400
        assert answer.json()["errors"][0]["message"] == "the hash is not that of the document"


class TestClients:
    def test_apollo_and_urql_send_hashes_and_fall_back_to_texts(self, served: Served, node: Node) -> None:
        found = node.told("persisted.mjs", URL=served.url, TOKEN=served.token())

        assert found["apollo"] == {"viewer": {"__typename": "Viewer", "subject": "ann"}}
        assert found["urql"]["viewer"]["subject"] == "ann"
        assert found["requests"] == {"apollo": ["hash", "hash and text"], "urql": ["hash", "hash and text"]}
