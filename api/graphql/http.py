"""GraphQL over HTTP: POST with a body of JSON, GET for queries.

Source: the GraphQL over HTTP specification. Under application/graphql-response+json a request that was refused whole
has the status of its code; under application/json, which older clients ask for, it has 200 once its body could be
read, except for who asks (401) and faults of ours (5xx).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from api.backend import Backend
from api.context import Call
from api.errors import ApiError, BadRequest, Refused, told
from api.graphql.documents import Documents
from api.graphql.execution import answer, dumped
from api.graphql.once import checked
from api.graphql.requests import Asking, in_query, posted
from api.graphql.schema import schema

JSON = "application/json"
GRAPHQL = "application/graphql-response+json"


def graphql_routes() -> list[Route]:
    """The route of the GraphQL API. It needs `app.state.backend`."""
    return [Route("/graphql", GraphQL(Documents(schema())))]


class GraphQL:
    """The ASGI application at /graphql."""

    def __init__(self, documents: Documents) -> None:
        self.documents = documents

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        media = media_type(request.headers.get("accept", ""))
        try:
            response = await self._respond(request, media)
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    async def _respond(self, request: Request, media: str) -> Response:
        backend: Backend = request.app.state.backend
        try:
            actor = await backend.auth.actor(request)
            asked = await _read(request)
        except Exception as error:  # noqa: BLE001  # the edge: whatever went wrong is told, and a fault is logged
            return _failed([told(error)], media, read=False)
        try:
            operation = self.documents.operation(asked.query, asked.operation)
            if request.method == "GET" and not operation.is_query:
                return _failed([BadRequest("mutations need POST", status=405)], media, read=False)
            key = request.headers.get("idempotency-key")
            call = Call(actor, idempotency_key=None if key is None else checked(key))
            body = await answer(self.documents, operation, asked.variables, backend, call)
        except Refused as refused:
            return _failed(refused.errors, media, read=True)
        except Exception as error:  # noqa: BLE001  # the edge: whatever went wrong is told, and a fault is logged
            return _failed([told(error)], media, read=True)
        return Response(body, headers={"content-type": f"{media}; charset=utf-8"})


async def _read(request: Request) -> Asking:
    match request.method:
        case "POST":
            return await posted(request)
        case "GET":
            return in_query(request)
    raise BadRequest("use POST, or GET for queries", status=405)


def _failed(errors: Sequence[ApiError], media: str, *, read: bool) -> Response:
    status = errors[0].status
    lenient = read and media == JSON and status < 500
    headers: dict[str, str] = {"content-type": f"{media}; charset=utf-8"}
    if status == 401:
        headers["www-authenticate"] = "Bearer"
    if status == 405:
        headers["allow"] = "GET, POST"
    if status == 503:
        headers["retry-after"] = "1"
    body: Mapping[str, Any] = {"errors": [error.formatted() for error in errors]}
    return Response(dumped(body), status_code=200 if lenient else status, headers=headers)


def media_type(accept: str) -> str:
    """The media type of the answer: the newer one only for those who name it, as the specification asks."""
    return GRAPHQL if GRAPHQL in accept.lower() else JSON
