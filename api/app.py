"""The ASGI application: routes, and what a process opens when it starts and closes when it stops."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import anyio.to_thread
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import Lifespan, Receive, Scope, Send

import api.frameless
import api.slim  # noqa: F401  # these two first: whoever loads pyarrow or structlog next finds it loaded
from api import exports, garbage, health, logs, welcome
from api.access_log.pending import FOLDER
from api.auth import Authenticator
from api.backend import Backend
from api.cors import opened as opened_to
from api.draining import draining
from api.graphql.http import graphql_routes
from api.metrics import route as metrics
from api.metrics.timed import timed
from api.oidc.keys import Keys
from api.oidc.people import People
from api.orphan import ends_with_its_starter
from api.settings import Settings, load
from api.slicer.routes import slicer_routes
from api.tokens import signing_key
from api.usage.recorder import writing
from domain.db import engine, read_pool
from olap.engines.postgres import Postgres
from olap.opening import open_cube
from olap.requests import RequestLog
from olap.serving import Serving

GRAPHQL = "/graphql"


def create() -> Starlette:
    """The application with the settings of the environment; the server's worker calls it."""
    settings = load()
    logs.configure(settings.log_level)
    return application(settings)


def application(settings: Settings) -> Starlette:
    """The application. `settings.database_url` says where the migrated store is."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with ends_with_its_starter(), opened(settings) as backend:
            app.state.backend = backend
            garbage.settle()
            with draining(backend.hub.close):
                async with _jobs(settings):
                    yield

    origins = settings.allow_origins
    graphql = graphql_routes(development=settings.is_development)
    slicer = slicer_routes()
    for route in slicer:
        if isinstance(route, Mount):
            route.app = timed(route.app, "cube")
    for route in [*graphql, *slicer]:
        if isinstance(route, Route | Mount):
            route.app = opened_to(route.app, origins)
    return Application(
        routes=[*welcome.routes, *health.routes, *metrics.routes, *exports.routes, *graphql, *slicer],
        lifespan=lifespan,
    )


@asynccontextmanager
async def _jobs(settings: Settings) -> AsyncIterator[None]:
    """A worker beside the API where the settings say so; only then is the queue's library loaded."""
    if not settings.jobs:
        yield
        return
    from api.jobs import jobs_beside

    async with jobs_beside(settings, settings.database_url or ""):
        yield


class Application(Starlette):
    """Starlette, but a POST to /graphql goes straight to its route: middleware and routing cost a tenth of a read."""

    def __init__(self, *, routes: Sequence[BaseRoute], lifespan: Lifespan[Starlette]) -> None:
        super().__init__(routes=routes, lifespan=lifespan)
        self._graphql = next(
            route.app for route in routes if isinstance(route, Route) and route.path == GRAPHQL
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == GRAPHQL:
            scope["app"] = self
            await self._graphql(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Backend]:
    """A backend on the store and the cube of the settings, closed in the end whatever happens."""
    url = settings.database_url
    assert url is not None, "whoever starts the application knows where the store is"
    commands = engine(url)
    reads = await read_pool(url)
    try:
        cube = await anyio.to_thread.run_sync(open_cube, url, settings.cube_place)
        live = Postgres(url)
        try:
            auth = Authenticator(
                signing_key(settings.key_path),
                reads,
                people=[People(issuer, Keys(issuer)) for issuer in settings.oidc],
                local=settings.accepts_local_tokens,
            )
            backend = Backend(
                settings=settings,
                auth=auth,
                engine=commands,
                reads=reads,
                cube=Serving(cube, RequestLog(settings.cube_requests_path)),
                postgres=live,
            )
            async with (
                writing(backend.usage, reads),
                backend.access_log.writing(settings.data_dir / FOLDER),
            ):
                yield backend
        finally:
            await anyio.to_thread.run_sync(live.close)
            await anyio.to_thread.run_sync(cube.close)
    finally:
        await reads.close()
        await commands.dispose()
