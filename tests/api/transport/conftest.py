"""A worker as it is really served, on a store of its own, and npm's clients."""

import asyncio
import json
import os
import shutil
import signal
import socket
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from api.tokens import issue, signing_key
from domain.postgres import discard, running
from migrations.command import upgrade
from tests.api.forked import SERVING, Command, starter
from tests.api.mutations.conftest import COMPANY
from tests.conftest import FAST, memory_folder
from tests.node.running import Node


@dataclass(frozen=True)
class Served:
    """A server that runs: its port, its store, and the key that tokens are signed with."""

    port: int
    database: str
    data_dir: Path
    process: Command

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/graphql"

    @property
    def socket_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/graphql"

    def token(self, role: str = "ADMIN", scope: str = "ALL", subject: str = "ann", hours: float = 1.0) -> str:
        key = signing_key(self.data_dir / "token.key")
        return issue(key, subject=subject, role=role, scope=scope, branches=(), hours=hours)

    async def execute(self, statements: str) -> None:
        """The statements have been committed by somebody else."""
        await run(self.database, statements)


async def run(url: str, statements: str) -> None:
    """The statements have been committed together."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statements)
    finally:
        await connection.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(database: str, data_dir: Path, **settings: str) -> Served:
    """`dangol serve` answers on a free port. Its process group is what Ctrl-C in a terminal would reach."""
    port = free_port()
    told = {"DANGOL_DATA_DIR": str(data_dir), "DANGOL_DATABASE_URL": database, **settings}
    process = starter(*SERVING).start(
        "serve", "--port", str(port), environment={**os.environ, **told}, folder=data_dir, leads=True
    )
    served = Served(port, database, data_dir, process)
    end = time.monotonic() + 120
    while time.monotonic() < end:
        assert process.poll() is None, process.written()
        if _ready(port):
            return served
        time.sleep(0.05)
    process.kill()
    raise AssertionError("not ready within 120 s: " + process.written())


def _ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(json.load(answer)["ready"])
    except (OSError, ValueError):
        return False


def stop(served: Served) -> int:
    """The server has ended in an orderly way; its exit code."""
    if served.process.poll() is None:
        served.process.send_signal(signal.SIGTERM)
    return served.process.wait(timeout=60)


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server on the small company that tests of mutations use, for all tests of this folder.

    With a Postgres of its own: what its jobs write would hold back, for a moment, the feeds of other tests' databases.
    """
    folder = memory_folder()
    try:
        with running(folder, settings=FAST) as own:
            upgrade(own.url())
            asyncio.run(run(own.url(), COMPANY))
            started = start(own.url(), tmp_path_factory.mktemp("served"))
            yield started
            stop(started)
    finally:
        discard(folder)
        shutil.rmtree(folder)


@pytest.fixture
def node(tmp_path: Path) -> Node:
    """npm's clients, in a folder of the test's own."""
    return Node.at(tmp_path)
