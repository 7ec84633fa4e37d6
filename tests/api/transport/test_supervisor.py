"""How a server ends: by its exit code where its application cannot start, and with its calls answered where it can."""

import asyncio
import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from tests.api.transport.conftest import free_port

CALLS_SECONDS = 3
IN_TIME, TOO_LONG = 3.8, 60.0
"""Seconds of calls: the first ends after its server was told to stop by more than CALLS_SECONDS, but not after it took
no more calls."""


def cannot_be_made() -> Starlette:
    raise ValueError("a setting is wrong")


def cannot_open() -> Starlette:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        raise ConnectionError("the store is away")
        yield

    return Starlette(lifespan=lifespan)


@pytest.mark.parametrize("application", [cannot_be_made, cannot_open])
def test_what_cannot_start_ends_the_server(application: object) -> None:
    target = f"{__name__}:{application.__name__}"  # type: ignore[attr-defined]  # both are functions
    port = str(free_port())

    ended = subprocess.run(
        [sys.executable, "-m", "api.serving.supervisor", target, "127.0.0.1", port],
        capture_output=True,
        timeout=60,
    )

    assert ended.returncode == 1
    assert ended.stderr


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


SERVE = f"""
from api.serving.supervisor import configured, supervise
config = configured("{__name__}:slow", host="127.0.0.1", port=PORT)
config.timeout_graceful_shutdown = {CALLS_SECONDS}
supervise(config)
"""


def test_calls_in_flight_have_their_time_from_when_nothing_more_is_taken(tmp_path: Path) -> None:
    port, notes = free_port(), tmp_path / "notes"
    notes.touch()
    told: dict[float, str] = {}

    def call(seconds: float) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.request("GET", f"/{seconds}")
            told[seconds] = connection.getresponse().read().decode()
        except (OSError, http.client.HTTPException):
            told[seconds] = "cut off"
        finally:
            connection.close()

    def noted(word: str, times: int) -> None:
        until = time.monotonic() + 30
        while notes.read_text().split().count(word) < times:
            assert time.monotonic() < until, f"nothing {word}"
            time.sleep(0.02)

    calls = [threading.Thread(target=call, args=(seconds,)) for seconds in (IN_TIME, TOO_LONG)]
    with subprocess.Popen(
        [sys.executable, "-c", SERVE.replace("PORT", str(port))],
        env={**os.environ, "NOTES": str(notes)},
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            noted("ready", 1)
            for each in calls:
                each.start()
            noted("began", 2)
            server.send_signal(signal.SIGTERM)
            server.wait(30)
        finally:
            server.kill()
    for each in calls:
        each.join()

    assert told[IN_TIME] == "waited"
    assert told[TOO_LONG] != "waited"
    assert notes.read_text().split()[-1] == "closed"
