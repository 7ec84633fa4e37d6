"""GraphQL over HTTP: POST with a body of JSON, GET for queries and for browsers, streams for those who ask for them.

Source: the GraphQL over HTTP specification. Under application/graphql-response+json a request that was refused whole
has the status of its code; under application/json, which older clients ask for, it has 200 once its body could be
read, except for who asks (401), how often (429) and faults of ours (5xx).

A request does not pass through the framework's Request and Response: its head is looked at here, once.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial

from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import Receive, Scope, Send

from api.asking import left
from api.at_least import RAW_HEADER
from api.auth import from_here
from api.backend import Backend
from api.context import Call
from api.errors import ApiError, BadRequest, Refused, told
from api.graphql import browsers, explain, languages, once, replies
from api.graphql import bulk as bulks
from api.graphql.documents import Documents, Operation
from api.graphql.execution import answer
from api.graphql.requests import (
    LARGEST_BODY,
    LARGEST_BULK_BODY,
    Asking,
    ClientGone,
    Headers,
    in_query,
    posted,
    said_once,
)
from api.graphql.schema import schema
from api.graphql.subscriptions import sse
from api.graphql.subscriptions.asks import asks_of
from api.graphql.subscriptions.caller import Caller
from api.graphql.subscriptions.delivery import delivery
from api.graphql.subscriptions.sockets import Sockets
from api.graphql.trusted import TrustedDocuments
from api.metrics.counted import BULK, OK, Begun, outcome
from domain.messages import ENGLISH, say


def graphql_routes(*, development: bool = True) -> list[BaseRoute]:
    """The routes of the GraphQL API. They need `app.state.backend`.

    `development`: a browser gets GraphiQL, and clients may ask what the schema is.
    """
    trusted = TrustedDocuments(_documents(development))
    return [
        Route("/graphql", GraphQL(trusted, graphiql=development)),
        Route("/graphql/bulk", GraphQL(trusted, bulk=True)),
        WebSocketRoute("/graphql", Sockets(asks_of(trusted))),
        *(browsers.routes if development else []),
    ]


@cache
def _documents(introspection: bool) -> Documents:
    """What this process knows of documents, of whatever store: it depends on the schema alone."""
    return Documents(schema(), introspection=introspection)


@dataclass(slots=True)
class Head:
    """What the head of a request says. Not frozen, as all that is made for each request: that takes three times as
    long (measured: 0.5 us each)."""

    scope: Scope
    method: str
    headers: Headers
    accept: bytes
    media: str

    @classmethod
    def of(cls, scope: Scope) -> "Head":
        headers = dict(scope["headers"])
        accept = headers.get(b"accept", b"").lower()
        return cls(scope, scope["method"], headers, accept, replies.media_type(accept))

    def said(self, name: bytes) -> str:
        return self.headers.get(name, b"").decode("latin-1")

    def language(self) -> str:
        return languages.preferred(self.said(b"accept-language"))

    def here(self) -> bool:
        return from_here(self.headers, self.scope.get("client"))


class GraphQL:
    """The ASGI application at /graphql, or at /graphql/bulk."""

    def __init__(self, trusted: TrustedDocuments, *, graphiql: bool = False, bulk: bool = False) -> None:
        self._trusted = trusted
        self._graphiql = graphiql
        self._bulk = bulk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        head = Head.of(scope)
        if self._graphiql and browsers.wanted(head.method, head.accept):
            await replies.sent(browsers.page(), send)
            return
        try:
            found = await self._answer(head, receive)
        except ClientGone:
            return
        if isinstance(found, replies.Reply):
            await replies.sent(found, send)
        else:
            await found(receive, send)

    async def _answer(self, head: Head, receive: Receive) -> "replies.Reply | Streaming":
        """The whole answer, or what sends it piece by piece. Raises ClientGone."""
        backend: Backend = head.scope["app"].state.backend
        read, begun = False, Begun(backend.requests, backend.usage)
        try:
            call = await self._call(head, backend, receive)
            asked = await self._read(head, receive)
            read = True
            operation = await self._trusted.operation(asked, call.actor, backend.reads)
            begun.kind = BULK if self._bulk else operation.kind
            begun.caller, begun.named = call.actor, operation.named
            self._check(head, operation)
            if operation.is_subscription:
                stream = await self._stream(head, operation, asked, backend, call)
                begun.ended(OK)
                return stream
            body = await self._body(head, operation, asked, backend, call)
        except ClientGone:
            raise
        except MethodNotTaken as error:
            return self._refused(head, [error], begun, read=False)
        except Refused as refused:
            return self._refused(head, refused.errors, begun, read=read)
        except Exception as error:  # noqa: BLE001  # the edge: whatever went wrong is told, and a fault is logged
            return self._refused(head, [told(error)], begun, read=read)
        begun.ended(outcome(body))
        if replies.only_streamed(head.accept):
            return sse.single(body)
        return replies.answered(body, head.media)

    def _body(
        self, head: Head, operation: Operation, asked: Asking, backend: Backend, call: Call
    ) -> Awaitable[bytes]:
        known, given = self._trusted.documents, asked.variables
        if explain.HEADER not in head.headers:
            return answer(known, operation, given, backend, call)
        value = head.headers[explain.HEADER]
        return explain.answer_explained(known, operation, given, backend, call, value=value)

    def _refused(
        self, head: Head, errors: Sequence[ApiError], begun: Begun, *, read: bool
    ) -> "replies.Reply | Streaming":
        begun.ended(errors[0].code.value)
        found = replies.failed(errors, head.media, head.language(), read=read)
        if found.status == 200 and replies.only_streamed(head.accept):
            # graphql-sse reads nothing else: it would come again and again, and never say what is wrong.
            return sse.single(found.body)
        return found

    async def _call(self, head: Head, backend: Backend, receive: Receive) -> Call:
        if len(head.headers) < len(head.scope["headers"]):
            said_once(head.scope["headers"])
        actor = await backend.auth.bearer(head.said(b"authorization"), head.here)
        if self._bulk:
            bulks.require_bulk(actor)
        key = head.headers.get(b"idempotency-key")
        return Call(
            actor,
            language=head.language() if b"accept-language" in head.headers else ENGLISH,
            idempotency_key=None if key is None else once.checked(key.decode("latin-1")),
            bulk=self._bulk,
            at_least=head.said(RAW_HEADER) if RAW_HEADER in head.headers else None,
            gone=partial(left, receive),
        )

    async def _read(self, head: Head, receive: Receive) -> Asking:
        if head.method == "POST":
            largest = LARGEST_BULK_BODY if self._bulk else LARGEST_BODY
            return await posted(head.headers, receive, largest=largest)
        if head.method == "GET" and not self._bulk:
            return in_query(head.scope["query_string"])
        raise MethodNotTaken(say("use POST, or GET for queries"))

    def _check(self, head: Head, operation: Operation) -> None:
        if self._bulk:
            bulks.require_upserts(operation)
        if head.method == "GET" and not (operation.is_query or operation.is_subscription):
            raise MethodNotTaken(say("mutations need POST"))
        if operation.is_subscription and explain.HEADER in head.headers:
            raise BadRequest(say("a subscription is not explained: its answers are many"))
        if operation.is_subscription and not replies.streamed(head.accept):
            raise BadRequest(
                say("a subscription needs WebSocket (graphql-transport-ws) or Accept: text/event-stream")
            )

    async def _stream(
        self, head: Head, operation: Operation, asked: Asking, backend: Backend, call: Call
    ) -> "Streaming":
        caller = Caller(backend, head.said(b"authorization"), head.here, call)
        made = delivery(self._trusted.documents, operation, asked.variables, caller)
        place = backend.places.take()
        try:
            place.belongs_to(call.actor.client)
            await made.start()
        except BaseException:
            place.leave()
            raise
        return sse.EventStream(made, place).run


Streaming = Callable[[Receive, Send], Awaitable[None]]


class MethodNotTaken(BadRequest):
    """The method cannot do what is asked."""

    def __init__(self, message: str) -> None:
        super().__init__(message, status=405)
