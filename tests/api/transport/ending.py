"""Applications that servers of test_supervisor.py serve: here, so that their processes load nothing else."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route


def cannot_be_made() -> Starlette:
    raise ValueError("a setting is wrong")


def cannot_open() -> Starlette:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        raise ConnectionError("the store is away")
        yield

    return Starlette(lifespan=lifespan)


def slow() -> Starlette:
    notes = Path(os.environ["NOTES"])

    def note(word: str) -> None:
        with notes.open("a") as file:
            file.write(f"{word}\n")

    async def wait(request: Request) -> PlainTextResponse:
        note("began")
        await asyncio.sleep(float(request.path_params["seconds"]))
        return PlainTextResponse("waited")

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        note("ready")
        yield
        note("closed")

    return Starlette(lifespan=lifespan, routes=[Route("/{seconds}", wait)])
