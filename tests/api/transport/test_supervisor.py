"""A server whose application cannot start ends, and says so by its exit code."""

import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from starlette.applications import Starlette

from tests.api.transport.conftest import free_port


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
