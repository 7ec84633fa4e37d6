"""A GraphQL request out of an HTTP one: read within limits, its parameters of the right types."""

import json
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from starlette.types import Receive

from api.errors import BadRequest
from api.graphql import sizes
from domain.deadline import Deadline
from domain.messages import say

LARGEST_BODY = 1024 * 1024
LARGEST_BULK_BODY = 16 * 1024 * 1024

BODY_SECONDS = 10
"""A body that has not arrived by then is refused: a slow sender holds nothing for longer."""

DISCARDED = 32 * 1024 * 1024
DISCARDED_SECONDS = 2
"""So much of a body that is too large is thrown away before the connection is closed."""

Headers = Mapping[bytes, bytes]

SAID_ONCE = frozenset(
    (
        b"authorization",
        b"content-encoding",
        b"content-length",
        b"content-type",
        b"idempotency-key",
        b"x-dangol-at-least",
    )
)
"""Headers that mean one thing: of two, a proxy might have looked at the one and we at the other."""

BODY = say("the body")

_DIGEST = re.compile("[0-9a-f]{64}")


class ClientGone(Exception):
    """Whoever asked has gone: nobody waits for an answer."""


@dataclass(slots=True)
class Asking:
    """What a request asks: the text of a document, or the SHA-256 of a registered one (or both, which agree).

    `apollo`: the hash came as Apollo's clients send it, which expect its absence to be told in their words.
    """

    query: str | None
    digest: str | None
    operation: str | None
    variables: dict[str, Any]
    apollo: bool = False


async def posted(headers: Headers, receive: Receive, *, largest: int = LARGEST_BODY) -> Asking:
    """The request in a body of JSON. Raises BadRequest and ClientGone."""
    if not _is_json(headers.get(b"content-type", b"")):
        raise BadRequest(say("the body must be application/json in UTF-8"), status=415)
    if headers.get(b"content-encoding", b"identity").lower() != b"identity":
        raise BadRequest(say("the body must not be compressed"), status=415)
    body = await _body(headers, receive, largest)
    if largest == LARGEST_BODY:
        sizes.check_body(body)
    return asking(parsed(body, BODY))


def said_once(headers: Sequence[tuple[bytes, bytes]]) -> None:
    """Raises BadRequest where one of these headers is there twice."""
    for name, count in Counter(name for name, _ in headers).items():
        if count > 1 and name in SAID_ONCE:
            raise BadRequest(say("the header {name} is given more than once", name=name.decode("latin-1")))


def in_query(query_string: bytes) -> Asking:
    """The request in the URL's query. Raises BadRequest."""
    try:
        pairs = parse_qsl(query_string.decode("ascii"), keep_blank_values=True, errors="strict")
    except (UnicodeDecodeError, ValueError):
        raise BadRequest(say("the URL's query is not UTF-8")) from None
    given = _object(pairs)
    for name in ("variables", "extensions"):
        if given.get(name):
            given[name] = parsed(given[name].encode(), name)
    return asking({name: value for name, value in given.items() if value != ""})


def asking(given: Any) -> Asking:
    """The parameters, each of its type. Raises BadRequest."""
    if not isinstance(given, dict):
        raise BadRequest(say("the body must be a JSON object, not {kind}", kind=_kind(given)))
    query, name = given.get("query"), given.get("operationName")
    variables, extensions = given.get("variables"), given.get("extensions")
    if name is not None and not isinstance(name, str):
        raise BadRequest(say("`operationName` must be text, not {kind}", kind=_kind(name)))
    for label, value in (("variables", variables), ("extensions", extensions)):
        if value is not None and not isinstance(value, dict):
            raise BadRequest(say("`{name}` must be an object, not {kind}", name=label, kind=_kind(value)))
    digest = _digest(given.get("documentId"), extensions or {})
    if query is not None or digest is None:
        query = _document(query)
    apollo = digest is not None and "documentId" not in given
    return Asking(query, digest, name, variables or {}, apollo)


def parsed(body: bytes, what: str) -> Any:
    """The JSON in the bytes, which are UTF-8. Raises BadRequest that says where it breaks.

    A name that an object has twice is refused: of two readers, each may see another of its values.
    """
    try:
        text = body.decode()
        return _at_once(text) or _DECODER.decode(text)
    except UnicodeDecodeError as error:
        message = say("{what} is not UTF-8: byte {at} cannot be read", what=what, at=error.start)
    except json.JSONDecodeError as error:
        message = say(
            "{what} is not JSON: {why} at line {line} column {column}",
            what=what,
            why=error.msg,
            line=error.lineno,
            column=error.colno,
        )
    except (RecursionError, ValueError):
        message = say("{what} is not JSON that can be read: too deep, or a number too long", what=what)
    raise BadRequest(message)


def _at_once(text: str) -> Any:
    """The JSON where nothing stands around it, as clients send it: the decoder's search for blanks costs a
    microsecond. None where the decoder has to look, and to say what is wrong."""
    try:
        found, end = _DECODER.scan_once(text, 0)  # type: ignore[attr-defined]  # not in the stubs, and in its docs
    except StopIteration:
        return None
    return found if end == len(text) else None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        (twice, _), *_ = Counter(name for name, _ in pairs).most_common(1)
        raise BadRequest(say("{name} is given twice in one object", name=repr(twice[:60])))
    return found


def _document(query: Any) -> str:
    if not isinstance(query, str):
        raise BadRequest(say("`query` must be the text of a document, not {kind}", kind=_kind(query)))
    if not query.strip():
        raise BadRequest(say("`query` is empty: give the text of a document"))
    try:
        query.encode()
    except UnicodeEncodeError:
        raise BadRequest(say("`query` holds half of a surrogate pair")) from None
    return query


def _digest(document_id: Any, extensions: Mapping[str, Any]) -> str | None:
    """The hash of the registered document that is asked for, in lower case."""
    persisted = extensions.get("persistedQuery")
    if document_id is None and persisted is None:
        return None
    if document_id is not None:
        told, scheme = document_id, "sha256:"
    else:
        told, scheme = persisted.get("sha256Hash") if isinstance(persisted, dict) else None, ""
    if not isinstance(told, str) or not _DIGEST.fullmatch(told.lower().removeprefix(scheme)):
        raise BadRequest(
            say(
                "a registered document is named by `documentId` (sha256: and 64 hexadecimal digits) or by "
                "`extensions.persistedQuery.sha256Hash` (the digits)"
            )
        )
    return told.lower().removeprefix(scheme)


def _no_number(name: str) -> NoReturn:
    raise BadRequest(say("{name} is not JSON", name=name))


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise BadRequest(say("the number {digits} is too large", digits=digits[:40]))
    return number


def _kind(value: Any) -> str:
    names = {
        dict: say("an object"),
        list: say("a list"),
        str: say("text"),
        bool: say("a boolean"),
        type(None): say("null"),
    }
    return names.get(type(value), say("a number"))


def _is_json(content_type: bytes) -> bool:
    if content_type == b"application/json":
        return True
    kind, _, parameters = content_type.decode("latin-1").partition(";")
    return kind.strip().lower() == "application/json" and _utf8(parameters)


def _utf8(parameters: str) -> bool:
    name, _, value = parameters.strip().partition("=")
    return not name or name.lower() != "charset" or value.strip('" ').lower() in ("utf-8", "utf8")


async def _body(headers: Headers, receive: Receive, largest: int) -> bytes:
    if b"content-length" in headers and b"transfer-encoding" in headers:
        raise BadRequest(say("a body has either a Content-Length or a Transfer-Encoding"))
    length = headers.get(b"content-length", b"0")
    if not length.isdigit() or len(length) > 18:
        raise BadRequest(say("Content-Length must be a number"))
    if int(length) > largest:
        await _discarded(receive)
        raise _too_large(largest)
    try:
        with Deadline(BODY_SECONDS):
            return await _received(receive, largest)
    except TimeoutError:
        message = say("the body did not arrive within {most} s", most=BODY_SECONDS)
        raise BadRequest(message, status=408) from None


def _too_large(largest: int) -> BadRequest:
    return BadRequest(say("the body is larger than {most} bytes", most=largest), status=413)


async def _discarded(receive: Receive) -> None:
    """What still comes of a refused body has been read and thrown away, within limits.

    A connection that is closed upon unread bytes is reset, and the client would never see why it was refused.
    """
    with suppress(TimeoutError), Deadline(DISCARDED_SECONDS):
        size, more = 0, True
        while more and size < DISCARDED:
            message = await receive()
            size += len(message.get("body", b""))
            more = message.get("more_body", False)


async def _received(receive: Receive, largest: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size > largest:
            if message.get("more_body", False):
                await _discarded(receive)
            raise _too_large(largest)
        if not message.get("more_body", False):
            return b"".join([*chunks, chunk]) if chunks else chunk
        chunks.append(chunk)


_DECODER = json.JSONDecoder(
    parse_constant=_no_number, parse_int=sizes.whole, parse_float=_finite, object_pairs_hook=_object
)
"""Made once: json.loads makes one for each call that wants anything special."""
