"""Manifests of registered documents: the files that Relay's and Apollo's tools write while a front end is built.

Relay: a JSON object of hash to text, written with `"persistConfig": {"file": ..., "algorithm": "SHA256"}`.
Apollo: `generate-persisted-query-manifest`'s format, version 1.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from graphql import OperationDefinitionNode, parse

from api.errors import ApiError, Refused
from api.graphql.documents import Documents
from domain.documents.commands import Document
from domain.errors import Invalid
from domain.messages import say

APOLLO = "apollo-persisted-query-manifest"


def read(path: Path) -> Sequence[Document]:
    """The documents of a manifest. Raises Invalid that names the file, and the document where it is one."""
    try:
        found = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise Invalid(say("cannot read {file}: {why}", file=path, why=error.strerror)) from None
    except ValueError as error:
        raise Invalid(say("{file} is not JSON in UTF-8: {why}", file=path, why=error)) from None
    texts = _texts(found, path)
    if not texts:
        raise Invalid(say("{file} holds no document", file=path))
    return [_document(id_, text, path) for id_, text in texts.items()]


def check(documents: Documents, given: Sequence[Document]) -> None:
    """Each document is one of the schema's, within the limits of registered ones. Raises Invalid that names it."""
    for document in given:
        try:
            documents.operation(document.text, document.name or None, trusted=True)
        except Refused as refused:
            why = refused.errors[0].message
        except ApiError as error:
            why = error.message
        else:
            continue
        raise Invalid(say("the document {name} is refused: {why}", name=document.name, why=why))


def _texts(found: Any, path: Path) -> Mapping[str, str]:
    if not isinstance(found, dict):
        raise Invalid(say("{file} is neither Relay's nor Apollo's manifest: it is no JSON object", file=path))
    if "format" not in found:
        texts = found
    elif found["format"] != APOLLO or found.get("version") != 1:
        raise Invalid(
            say("{file} is a manifest of another format; known: {known}, version 1", file=path, known=APOLLO)
        )
    else:
        texts = {each.get("id"): each.get("body") for each in found.get("operations", ())}
    for id_, text in texts.items():
        if not isinstance(id_, str) or not isinstance(text, str):
            raise Invalid(say("{file}: each document needs a hash and a text", file=path))
    return texts


def _document(id_: str, text: str, path: Path) -> Document:
    digest = hashlib.sha256(text.encode()).hexdigest()
    if id_.lower().removeprefix("sha256:") != digest:
        raise Invalid(
            say(
                "{file}: {id} is not the SHA-256 of its text; Relay needs algorithm SHA256", file=path, id=id_
            )
        )
    return Document(_name(text), text)


def _name(text: str) -> str:
    """The name of the first operation; empty where it has none, or where the text cannot be read."""
    try:
        definitions = parse(text, no_location=True, max_tokens=10_000).definitions
    except Exception:  # noqa: BLE001  # `check` says what is wrong with it
        return ""
    names = [
        node.name.value for node in definitions if isinstance(node, OperationDefinitionNode) and node.name
    ]
    return names[0] if names else ""
