"""Refusals in the shapes of the Slicer. It had three; clients of each find theirs.

Flat (`error` is a word) for whatever is 400 and for unknown names: CubesViewer shows its `message`. The nested object
of the same refusal stands beside it under `details`. Nested (`error` is an object) for 401, 403 and what is not found.
"""

from collections.abc import Collection
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.asking import ClientLeft
from api.errors import ApiError, Code, told
from api.graphql.languages import preferred
from api.slicer.encode import encoded
from domain.messages import told as in_language
from olap.errors import RequestError
from olap.vocabulary import HierarchyMismatch, UnknownObject, Unreadable

NOBODY = 499
"""The status that nobody sees, for logs: the client left before the answer."""


class BadParameter(Exception):
    """A parameter that is no part of the cube's words: a page, a format, a header."""


def refusal(request: Request, error: Exception) -> Response:
    """The answer to a request that failed."""
    language = preferred(request.headers.get("accept-language", ""))
    said = in_language(str(error), language)
    match error:
        case UnknownObject(kind="fact"):
            return _nested(404, "object_not_found", said, object=error.name, object_type=error.kind)
        case UnknownObject(kind="cube") if request.url.path.endswith("/model"):
            return _nested(404, "object_not_found", said, object=error.name, object_type=error.kind)
        case UnknownObject():
            return _flat(404, "missing_object", said, object=error.name, object_type=error.kind)
        case HierarchyMismatch():
            return _flat(400, "hierarchy", said)
        case BadParameter() | Unreadable():
            return _flat(400, "request", said)
        case RequestError():
            return _flat(400, "unknown_user_error", said)
        case ClientLeft():
            return Response(status_code=NOBODY)
        case _:
            return _of_api(told(error), language)


def no_such_page(request: Request) -> Response:
    """The answer to a path that is not served."""
    return _nested(404, "not_found", f"nothing is served under {request.url.path[:200]!r}")


def wrong_method(request: Request, taken: Collection[str]) -> Response:
    """The answer to anything but the methods that are taken."""
    *others, last = sorted(taken)
    response = _nested(
        405, "request", f"{request.method} is not taken here; {', '.join(others)} and {last} are"
    )
    response.headers["Allow"] = ", ".join(sorted(taken))
    return response


def _of_api(error: ApiError, language: str) -> Response:
    said = in_language(error.message, language)
    if error.code is Code.UNAUTHENTICATED:
        response = _nested(401, "not_authenticated", said)
        response.headers.append("WWW-Authenticate", 'Bearer realm="dangol"')
        response.headers.append("WWW-Authenticate", 'Basic realm="dangol"')
        return response
    if error.code is Code.FORBIDDEN:
        return _nested(403, "not_authorized", said)
    if error.code is Code.INTERNAL:
        return _flat(500, "internal_server_error", said, **error.extensions)
    refused = _flat(error.status, "request", said)
    if error.code is Code.BUSY:
        refused.headers["Retry-After"] = "1"
    return refused


def _flat(status: int, kind: str, message: str, **more: Any) -> Response:
    nested = {"message": message, "type": kind, **more}
    return _json(status, {"error": kind, "message": message, **more, "details": nested}, indent=None)


def _nested(status: int, kind: str, message: str, **more: Any) -> Response:
    return _json(status, {"error": {"message": message, "type": kind, **more}}, indent=4)


def _json(status: int, value: Any, *, indent: int | None) -> Response:
    return Response(encoded(value, indent=indent), status_code=status, media_type="application/json")
