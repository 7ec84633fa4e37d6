"""What a browser gets under /graphql: GraphiQL, from files of our own (api/graphiql, made by tests/node/bundle.mjs).

The page loads nothing from another host, and its policy says so to the browser.
"""

import hashlib
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from api.graphql.replies import Reply

FILES = Path(__file__).resolve().parents[1] / "graphiql"

KINDS = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
}

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""No script but ours, no connection but to us. Styles may stand in elements: the editor writes them there."""

SAFE = {
    "content-security-policy": POLICY,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


def wanted(method: str, accept: bytes) -> bool:
    """Whether a browser asks for a page: clients of the API do not accept HTML."""
    return method == "GET" and b"text/html" in accept


def page() -> Reply:
    """The page."""
    headers = {"content-type": KINDS[".html"], "cache-control": "no-cache", **SAFE}
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    return Reply(200, pairs, (FILES / "index.html").read_bytes())


async def _file(request: Request) -> Response:
    name = request.path_params["name"]
    known = {path.name: path for path in FILES.iterdir() if path.suffix in KINDS}
    if name not in known:
        return Response(status_code=404)
    body = known[name].read_bytes()
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"etag": tag, "cache-control": "no-cache", **SAFE}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(body, headers={"content-type": KINDS[known[name].suffix], **headers})


routes: list[BaseRoute] = [Route("/graphiql/{name}", _file)]
