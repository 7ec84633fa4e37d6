"""The two applications that bench.graphql_nested compares: ours as it is served, and a bare one with the same SQL."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
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

Message = dict[str, Any]


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


def bare() -> Callable[..., Awaitable[None]]:
    """Answers every request with the statement in BENCH_SQL: the least that any server on this Postgres can do."""
    sql = Path(os.environ["BENCH_SQL"]).read_text()
    held: dict[str, Any] = {}

    async def app(
        scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Any]
    ) -> None:
        if scope["type"] == "lifespan":
            await receive()
            held["pool"] = await read_pool(os.environ["BENCH_URL"])
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await held["pool"].close()
            await send({"type": "lifespan.shutdown.complete"})
            return
        while (await receive()).get("more_body"):
            pass
        async with held["pool"].acquire() as connection:
            text = await connection.fetchval(sql)
        body = b'{"data":' + text.encode() + b"}"
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app
