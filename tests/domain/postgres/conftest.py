"""A data directory whose server is gone after the test, whatever the test did to it."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.postgres import discard, running
from domain.postgres.places import place_for, prepare
from tests.domain.postgres.programs import FAST, Programs


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What a first start makes. Copying it takes a tenth of the time of making it."""
    data_dir = tmp_path_factory.mktemp("made")
    with running(data_dir, settings=FAST) as server:
        home = server.data.parent
    (home / "server.json").unlink()  # it names a socket, of which each copy must have its own
    yield home
    discard(data_dir)


@pytest.fixture
def nothing_made() -> None:
    """Use it for a test of the first start: `data_dir` has no server's data yet."""


@pytest.fixture
def data_dir(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A data directory of whoever runs the tests, in which a server has been started and stopped once."""
    path = tmp_path / "dangol"
    if "nothing_made" not in request.fixturenames:
        place = place_for(path)
        prepare(place, path)
        copy = [str(shutil.which("cp")), "-a", f"{request.getfixturevalue('made')}/.", str(place.home)]
        subprocess.run(copy, check=True)
    yield path
    discard(path)


@pytest.fixture
def programs(data_dir: Path) -> Iterator[Programs]:
    """Other programs that use the server of `data_dir`; killed at the end if they still run."""
    started = Programs(data_dir)
    yield started
    started.end()


@pytest.fixture
def free_port() -> int:
    """A TCP port of 127.0.0.1 that was free just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
