"""Answers to GraphQL over HTTP: the media type that was asked for, the status of a refusal, and the bytes.

Sent straight through ASGI: a Response object of the framework costs a tenth of a short read (measured).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from starlette.types import Send

from api.errors import ApiError
from api.graphql.dumping import dumped
from api.graphql.preferences import weighted

JSON = "application/json"
GRAPHQL = "application/graphql-response+json"
EVENTS = b"text/event-stream"

HEADERS = {
    media: [(b"content-type", f"{media}; charset=utf-8".encode()), (b"cache-control", b"no-store")]
    for media in (JSON, GRAPHQL)
}

Pairs = list[tuple[bytes, bytes]]


@dataclass(slots=True)
class Reply:
    """A whole answer."""

    status: int
    headers: Pairs
    body: bytes = field(repr=False)


async def sent(reply: Reply, send: Send) -> None:
    """The answer has been sent."""
    headers = [*reply.headers, (b"content-length", b"%d" % len(reply.body))]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})


def media_type(accept: bytes) -> str:
    """The media type of the answer: the newer one only for those who name it, as the specification asks."""
    if b"graphql-response+json" not in accept:
        return JSON
    return GRAPHQL if b"q=" not in accept else _preferred(accept)


def _preferred(accept: bytes) -> str:
    """Of both media types the one with the greater weight; the newer one where they weigh the same."""
    asked = dict(weighted(accept.decode("latin-1")))
    newer = asked.get(GRAPHQL, 0.0)
    older = asked.get(JSON, asked.get("application/*", asked.get("*/*", 0.0)))
    return GRAPHQL if newer >= older and newer > 0 else JSON


def streamed(accept: bytes) -> bool:
    """Whether a stream of events may be the answer."""
    return EVENTS in accept


def only_streamed(accept: bytes) -> bool:
    """Whether nothing else may: clients name JSON beside it for what is one answer."""
    return EVENTS in accept and b"json" not in accept


def answered(body: bytes, media: str) -> Reply:
    """The answer to a request that was carried out."""
    return Reply(200, HEADERS[media], body)


def failed(errors: Sequence[ApiError], media: str, language: str, *, read: bool) -> Reply:
    """The answer to a request that was refused whole. `read`: its body could be read.

    Under application/json, which older clients ask for, such a request has the status 200, except for who asks, how
    often, and faults of ours.
    """
    status = errors[0].status
    lenient = read and media == JSON and status < 500 and status not in (401, 429)
    body = dumped({"errors": [error.formatted(language) for error in errors]})
    return Reply(200 if lenient else status, [*HEADERS[media], *_told_by(status, errors[0])], body)


def _told_by(status: int, error: ApiError) -> Pairs:
    match status:
        case 401:
            return [(b"www-authenticate", b"Bearer")]
        case 405:
            return [(b"allow", b"GET, POST")]
    wait = error.extensions.get("retryAfter")
    return [] if wait is None else [(b"retry-after", b"%d" % wait)]
