"""GET /exports/{id}: the file of an export of a person, once.

That it was fetched is committed, with its entry in the access log, before the first byte leaves; so a download that
breaks off is used up, and another export has to be asked for.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import anyio
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from api.backend import Backend
from api.errors import Forbidden, told
from api.graphql.dumping import dumped
from api.graphql.languages import preferred
from api.permissions import Action, may
from domain.db import run
from domain.messages import say
from domain.personal.exports import Fetched, fetch_export
from domain.personal.queries import EXPORTS
from domain.selection import ids

CHUNK = 1 << 16


async def export(request: Request) -> Response:
    """The file, or the refusal as JSON: 401, 403, 404, 409."""
    backend: Backend = request.app.state.backend
    try:
        actor = await backend.auth.actor(request)
        if not may(actor.role, "SubjectExport", Action.READ):
            raise Forbidden(say("exports are fetched by administrators"))
        key = ids.key(request.path_params["id"], "SubjectExport")
        fetched = await run(
            backend.engine,
            lambda session: fetch_export(
                session, key, folder=backend.settings.exports_path, actor=actor, now=datetime.now(UTC)
            ),
            origin=actor.origin,
        )
    except Exception as error:  # noqa: BLE001  # the edge: whatever went wrong is told, and a fault is logged
        refusal = told(error)
        language = preferred(request.headers.get("accept-language", ""))
        body = dumped({"errors": [refusal.formatted(language)]})
        return Response(body, refusal.status, media_type="application/json")
    return _sent(fetched)


def _sent(fetched: Fetched) -> Response:
    headers = {
        "content-length": str(fetched.bytes),
        "content-disposition": f'attachment; filename="{fetched.path.name}"',
        "cache-control": "no-store",
    }
    return StreamingResponse(_bytes(fetched.path), media_type="application/zip", headers=headers)


async def _bytes(path: Path) -> AsyncIterator[bytes]:
    """The file's bytes; it is gone afterwards, whatever happens."""
    try:
        async with await anyio.open_file(path, "rb") as file:
            while chunk := await file.read(CHUNK):
                yield chunk
    finally:
        with anyio.CancelScope(shield=True):
            await anyio.Path(path).unlink(missing_ok=True)


routes = [Route(EXPORTS + "{id}", export)]
