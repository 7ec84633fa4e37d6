"""Our GraphQL application as it is served, without a cube: what benchmarks ask."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.applications import Starlette

from api import garbage
from api.app import Application
from api.auth import Authenticator
from api.backend import Backend
from api.graphql.http import graphql_routes
from api.settings import Settings
from api.tokens import signing_key
from domain.db import engine, read_pool


def dangol() -> Starlette:
    """The GraphQL route with real tokens, on the store in BENCH_URL with the key in BENCH_KEY."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        url = os.environ["BENCH_URL"]
        reads, commands = await read_pool(url), engine(url)
        auth = Authenticator(signing_key(Path(os.environ["BENCH_KEY"])), reads)
        cube: Any = None  # nothing here asks the cube
        app.state.backend = Backend(Settings(), auth, commands, reads, cube)
        garbage.settle()
        yield
        await reads.close()
        await commands.dispose()

    return Application(routes=graphql_routes(), lifespan=lifespan)
