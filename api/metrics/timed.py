"""Counts the answers of an ASGI application that tells its outcomes by the HTTP status alone."""

from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.backend import Backend
from api.errors import STATUS, Code
from api.metrics.counted import OK


def timed(app: ASGIApp, kind: str) -> ASGIApp:
    """The application, whose answers are counted as requests of this kind. It needs `app.state.backend`."""

    async def counting(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        began, statuses = perf_counter(), [500]

        async def heard(message: Message) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])
            await send(message)

        try:
            await app(scope, receive, heard)
        finally:
            backend: Backend = scope["app"].state.backend
            backend.requests.count(kind, _outcome(statuses[-1]), perf_counter() - began)

    return counting


def _outcome(status: int) -> str:
    if status < 400:
        return OK
    return next((code for code, known in STATUS.items() if known == status), Code.BAD_REQUEST).value
