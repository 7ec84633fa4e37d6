"""The routes of the Slicer HTTP API, under /slicer, and the licences, under /licenses.

`/logout` and `/visualizer/` are not served: nobody gains from them. Deviations from the original server: see the
package's docstring.
"""

import re
from collections.abc import Awaitable, Callable
from functools import wraps

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.types import Message, Receive, Scope, Send

from api.slicer import about, answers, reports
from api.slicer.calls import counted
from api.slicer.errors import no_such_page, refusal, wrong_method
from api.slicer.known import check_known

Endpoint = Callable[[Request], Awaitable[Response]]

ENDPOINTS: dict[str, Endpoint] = {
    "/": about.show_index,
    "/version": about.show_version,
    "/info": about.show_info,
    "/licenses": about.show_licenses,
    "/cubes": about.show_cubes,
    "/cube/{cube}/model": answers.model,
    "/cube/{cube}/aggregate": answers.aggregate,
    "/cube/{cube}/facts": answers.facts,
    "/cube/{cube}/fact/{fact}": answers.fact,
    "/cube/{cube}/members/{dimension}": answers.members,
    "/cube/{cube}/cell": answers.cell,
    "/cube/{cube}/report": reports.report,
}

POSTED = re.compile(r"/cube/[^/]+/report$")
"""What may be posted: the only endpoint with a body."""


def slicer_routes() -> list[BaseRoute]:
    """All routes; the application puts them beside its others."""
    return [Mount("/slicer", app=Slicer()), Route("/licenses", about.show_licenses)]


class Slicer:
    """The Slicer's endpoints. Doubled slashes, which the package's own client sends, count as one."""

    def __init__(self) -> None:
        routes = [
            Route(path, counted(_refusing(endpoint, path), path), methods=["GET", "POST"])
            for path, endpoint in ENDPOINTS.items()
        ]
        self._router = Router(routes, redirect_slashes=False, default=_unserved)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await _unserved(scope, receive, send)
            return
        single = {**scope, "path": re.sub("/{2,}", "/", scope["path"])}
        taken = {"GET", "HEAD", "POST"} if POSTED.search(single["path"]) else {"GET", "HEAD"}
        if scope["method"] not in taken:
            await wrong_method(Request(scope), taken)(scope, receive, send)
            return
        await self._router(single, receive, _bodiless(send) if scope["method"] == "HEAD" else send)


def _refusing(endpoint: Endpoint, path: str) -> Endpoint:
    """The endpoint at this path, with its errors as answers."""

    @wraps(endpoint)
    async def answer(request: Request) -> Response:
        try:
            check_known(request, path)
            return await endpoint(request)
        except Exception as error:  # noqa: BLE001 (told translates and logs whatever is not a refusal)
            return refusal(request, error)

    return answer


async def _unserved(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1000})
        return
    await no_such_page(Request(scope))(scope, receive, send)


def _bodiless(send: Send) -> Send:
    """Sends the head of an answer with the length that its body would have, and no body."""

    async def head_only(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return head_only
