"""A GraphQL request out of an HTTP one: read within limits, its parameters of the right types."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from starlette.requests import Request

from api.errors import BadRequest

LARGEST_BODY = 1024 * 1024


@dataclass(frozen=True)
class Asking:
    """What a request asks."""

    query: str
    operation: str | None
    variables: Mapping[str, Any]


async def posted(request: Request) -> Asking:
    """The request in a body of JSON. Raises BadRequest."""
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    if kind.strip().lower() != "application/json" or not _utf8(parameters):
        raise BadRequest("the body must be application/json in UTF-8", status=415)
    return asking(parsed(await _body(request), "the body"))


def in_query(request: Request) -> Asking:
    """The request in the URL's query. Raises BadRequest."""
    try:
        given: dict[str, Any] = dict(
            parse_qsl(request.scope["query_string"].decode("ascii"), keep_blank_values=True, errors="strict")
        )
    except UnicodeDecodeError:
        raise BadRequest("the URL's query is not UTF-8") from None
    for name in ("variables", "extensions"):
        if given.get(name):
            given[name] = parsed(given[name].encode(), name)
    return asking({name: value for name, value in given.items() if value != ""})


def asking(given: Any) -> Asking:
    """The parameters, each of its type. Raises BadRequest."""
    if not isinstance(given, dict):
        raise BadRequest(f"the body must be a JSON object, not {_kind(given)}")
    query, name = given.get("query"), given.get("operationName")
    variables, extensions = given.get("variables"), given.get("extensions")
    if not isinstance(query, str) or not query.strip():
        raise BadRequest(f"`query` must be the text of a document, not {_kind(query)}")
    if name is not None and not isinstance(name, str):
        raise BadRequest(f"`operationName` must be text, not {_kind(name)}")
    for label, value in (("variables", variables), ("extensions", extensions)):
        if value is not None and not isinstance(value, dict):
            raise BadRequest(f"`{label}` must be an object, not {_kind(value)}")
    return Asking(_document(query), name, variables or {})


def parsed(body: bytes, what: str) -> Any:
    """The JSON in the bytes, which are UTF-8. Raises BadRequest that says where it breaks."""
    try:
        return json.loads(body.decode(), parse_constant=_no_number)
    except UnicodeDecodeError as error:
        raise BadRequest(f"{what} is not UTF-8: byte {error.start} cannot be read") from None
    except json.JSONDecodeError as error:
        raise BadRequest(
            f"{what} is not JSON: {error.msg} at line {error.lineno} column {error.colno}"
        ) from None
    except (RecursionError, ValueError):
        raise BadRequest(f"{what} is not JSON that can be read: too deep, or a number too long") from None


def _document(query: str) -> str:
    try:
        query.encode()
    except UnicodeEncodeError:
        raise BadRequest("`query` holds half of a surrogate pair") from None
    return query


def _no_number(name: str) -> NoReturn:
    raise BadRequest(f"{name} is not JSON")


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "text", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")


def _utf8(parameters: str) -> bool:
    name, _, value = parameters.strip().partition("=")
    return not name or name.lower() != "charset" or value.strip('" ').lower() in ("utf-8", "utf8")


async def _body(request: Request) -> bytes:
    too_large = BadRequest(f"the body is larger than {LARGEST_BODY} bytes", status=413)
    length = request.headers.get("content-length", "0")
    if length.isascii() and length.isdigit() and int(length) > LARGEST_BODY:
        raise too_large
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > LARGEST_BODY:
            raise too_large
        chunks.append(chunk)
    return b"".join(chunks)
