"""GET /metrics: for whoever asks from this machine, straight; elsewhere for administrators and keys that are for it."""

import asyncio

import asyncpg
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from api.auth import from_here
from api.backend import Backend
from api.errors import Forbidden, told
from api.graphql.languages import preferred
from api.metrics.told import Told
from api.permissions import Action, may
from domain.messages import say
from domain.reads import Busy
from domain.roles import ApiScope
from domain.vitals import Vitals, vitals

TIMEOUT_SECONDS = 1.0
"""A store that does not answer by then is told as one that does not: the other figures are wanted most then."""


async def metrics(request: Request) -> Response:
    """The figures as text, or the refusal as JSON: 401, 403, 503."""
    backend: Backend = request.app.state.backend
    try:
        await _admit(request, backend)
    except Exception as error:  # noqa: BLE001  # the edge: whatever went wrong is told, and a fault is logged
        refusal = told(error)
        language = preferred(request.headers.get("accept-language", ""))
        return JSONResponse({"errors": [refusal.formatted(language)]}, refusal.status)
    text = generate_latest() + generate_latest(Told(backend, await _store(backend)))
    return Response(text, headers={"content-type": CONTENT_TYPE_LATEST, "cache-control": "no-store"})


async def _admit(request: Request, backend: Backend) -> None:
    names = [name for name, _ in request.headers.raw]
    if from_here(names, request.scope.get("client")):
        return
    actor = await backend.auth.actor(request)
    if ApiScope.METRICS not in actor.scopes and not may(actor.role, "Metrics", Action.READ):
        raise Forbidden(say("metrics are read by administrators and by machine keys with the scope METRICS"))


async def _store(backend: Backend) -> Vitals | None:
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            return await vitals(backend.reads)
    except (TimeoutError, Busy, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return None


routes = [Route("/metrics", metrics)]
