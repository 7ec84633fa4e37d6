"""A question to the cube ends with the client that asked it, through GraphQL as under /slicer."""

import asyncio
import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from sqlalchemy import ClauseElement
from starlette.applications import Starlette
from starlette.types import Message, Scope

from api.auth import Authenticator
from api.backend import Backend
from api.graphql.http import graphql_routes
from api.settings import load
from api.slicer.routes import slicer_routes
from api.tokens import issue, signing_key
from domain.db import engine, read_pool
from olap.engines.interrupt import Interrupt, Interrupted
from olap.serving import Serving
from tests.olap.small_star import SmallCube

AGGREGATE = '{ cube(name: "sales") { aggregate(input: {aggregates: ["lines"]}) { totalCellCount } } }'
CELL = '{ customersOfCell(cell: {cube: "sales"}) { ids } }'
TWICE = """{ a: cube(name: "sales") { aggregate(input: {aggregates: ["lines"]}) { totalCellCount } }
             b: cube(name: "sales") { aggregate(input: {aggregates: ["orders"]}) { totalCellCount } } }"""


@dataclass
class Slow:
    """An engine whose queries run until they are stopped."""

    began: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    stopped: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def fetch(
        self, statement: ClauseElement, values: Mapping[str, Any], *, interrupt: Interrupt | None = None
    ) -> pa.Table:
        self.began.release()
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if interrupt is not None and interrupt.asked:
                self.stopped.release()
                raise Interrupted("the query was interrupted")
            time.sleep(0.005)
        raise AssertionError("nobody stopped the query")


def posted(document: str, token: str) -> tuple[Scope, bytes]:
    body = json.dumps({"query": document}).encode()
    return scope("POST", "/graphql", token, b"", body), body


def scope(method: str, path: str, token: str, query: bytes, body: bytes = b"") -> Scope:
    headers = [
        (b"authorization", f"Bearer {token}".encode()),
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    return {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query,
        "headers": headers,
        "client": ("127.0.0.1", 5000),
        "server": ("test", 80),
        "scheme": "http",
        "http_version": "1.1",
    }


async def asked_and_left(
    app: Starlette, slow: Slow, given: Scope, body: bytes, *, queries: int
) -> list[Message]:
    """What a client is sent who leaves once so many queries run."""
    sent: list[Message] = []
    gone = asyncio.Event()
    told = False

    async def receive() -> Message:
        nonlocal told
        if not told:
            told = True
            return {"type": "http.request", "body": body, "more_body": False}
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    answering = asyncio.create_task(app(given, receive, send))
    for _ in range(queries):
        await asyncio.to_thread(slow.began.acquire, timeout=60)
    gone.set()
    await asyncio.wait_for(answering, 60)
    return sent


@pytest.mark.parametrize(
    ("what", "queries"),
    [(AGGREGATE, 1), (CELL, 1), (TWICE, 2), ("slicer", 1)],
    ids=["aggregate", "cell", "two", "slicer"],
)
async def test_what_runs_for_a_client_that_leaves_is_stopped_and_nothing_is_sent(
    rolling: str, key_path: Path, what: str, queries: int
) -> None:
    commands, reads = engine(rolling), await read_pool(rolling, size=1)
    slow = Slow()
    app = Starlette(routes=[*slicer_routes(), *graphql_routes()])
    app.state.backend = Backend(
        settings=load(),
        auth=Authenticator(signing_key(key_path), reads),
        engine=commands,
        reads=reads,
        cube=Serving(SmallCube(slow)),
    )
    token = issue(signing_key(key_path), subject="ann", role="ANALYST", scope="ALL", branches=(), hours=1)
    if what == "slicer":
        given, body = scope("GET", "/slicer/cube/sales/aggregate", token, b"aggregates=lines"), b""
    else:
        given, body = posted(what, token)

    try:
        sent = await asked_and_left(app, slow, given, body, queries=queries)
        stopped = [await asyncio.to_thread(slow.stopped.acquire, timeout=60) for _ in range(queries)]
    finally:
        await reads.close()
        await commands.dispose()

    assert all(stopped)
    assert all(message["type"] != "http.response.body" or message["body"] == b"" for message in sent)
