"""/livez: the event loop turns. /readyz: Postgres answers, its schema is this code's, and the cube follows the feed."""

import asyncio

import asyncpg
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

from api.backend import Backend
from domain.db import schema_revision
from migrations.newest import head

TIMEOUT_SECONDS = 0.5


async def livez(_: Request) -> PlainTextResponse:
    return PlainTextResponse("ok\n")


async def readyz(request: Request) -> JSONResponse:
    """200 when every part is ready, else 503; says what each part's state is."""
    backend: Backend = request.app.state.backend
    serving = "about to stop" if backend.hub.closing.is_set() else "ok"
    parts = {"serving": serving, "postgres": await _postgres(backend), "cube": _cube(backend)}
    ready = all(state == "ok" for state in parts.values())
    return JSONResponse({"ready": ready, **parts}, status_code=200 if ready else 503)


async def _postgres(backend: Backend) -> str:
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            revision = await schema_revision(backend.reads)
    except TimeoutError:
        return f"no answer within {TIMEOUT_SECONDS} s"
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        return f"not reachable: {type(error).__name__}"
    return "ok" if revision == head() else f"schema {revision}, this code needs {head()}: run dangol migrate"


def _cube(backend: Backend) -> str:
    fault = backend.cube.freshness().fault
    return "ok" if fault is None else fault


routes = [Route("/livez", livez), Route("/readyz", readyz)]
