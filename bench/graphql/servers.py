"""The servers on one store, one process each: ours, the peer, and the bare application with the SQL."""

import os
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.node import NODE
from bench.serving import free_port, served, started
from domain.db import read_pool

Message = dict[str, Any]

GRANIAN = [
    "-m",
    "granian",
    "--interface",
    "asgi",
    "--loop",
    "uvloop",
    "--workers",
    "1",
    "--host",
    "127.0.0.1",
]


LIMIT = "bench.graphql.servers:limit"


@contextmanager
def ours(url: str, key: Path) -> Iterator[int]:
    """Our application as it is served: tokens, limits and costs on."""
    told = {"BENCH_URL": url, "BENCH_KEY": str(key), "DANGOL_RATE": "100000000"}
    with served("bench.nested_apps:dangol", told) as port:
        yield port


@contextmanager
def bare(url: str, sql: Path) -> Iterator[int]:
    """The least that any Python server on this Postgres must do, on granian."""
    told = {"BENCH_URL": url, "BENCH_SQL": str(sql)}
    with _served([sys.executable, *GRANIAN, "--factory", LIMIT], told) as port:
        yield port


@contextmanager
def bare_on_ours(url: str, sql: Path) -> Iterator[int]:
    """The same on the server that we serve with."""
    with served(LIMIT, {"BENCH_URL": url, "BENCH_SQL": str(sql)}) as port:
        yield port


@contextmanager
def peer(url: str, folder: Path) -> Iterator[int]:
    """PostGraphile, from the packages in `folder`."""
    told = {"DATABASE_URL": url, "NODE_ENV": "production", "GRAPHILE_ENV": "production"}
    with _served([str(NODE), str(folder / "serve.mjs")], told) as port:
        yield port


@contextmanager
def _served(command: list[str], told: Mapping[str, str]) -> Iterator[int]:
    port = free_port()
    if command[1] == "-m":
        command = [*command, "--port", str(port), "--log-level", "warning"]
    with started(command, port, {**told, "PORT": str(port)}, quiet=True):
        yield port


def limit() -> Callable[..., Awaitable[None]]:
    """Answers each request with the statement in BENCH_SQL; the body is its parameter."""
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
        told = await receive()
        async with held["pool"].acquire() as connection:
            text = await connection.fetchval(sql, int(told["body"]))
        body = b'{"data":' + text.encode() + b"}"
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app
