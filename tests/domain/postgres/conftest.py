"""A data directory whose server is gone after the test, whatever the test did to it."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from domain.postgres import discard, running
from domain.postgres.files import write_private
from domain.postgres.places import place_for, prepare
from tests.conftest import memory_folder
from tests.domain.postgres.programs import FAST, Programs


@contextmanager
def in_memory() -> Iterator[Path]:
    """A data directory with nothing in it yet, of which nothing is left.

    Root's has an ordinary user's place, for only that lies in it: to make and to delete the thousand files of root's
    own on a disk took three quarters of the time of these tests (measured).
    """
    folder = memory_folder()
    try:
        yield folder
    finally:
        discard(folder)
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def made() -> Iterator[Path]:
    """What a first start makes. Copying it takes a tenth of the time of making it."""
    with in_memory() as data_dir:
        with running(data_dir, settings=FAST) as server:
            pass
        yield server.data.parent


@pytest.fixture
def nothing_made() -> None:
    """Use it for a test of the first start: `data_dir` has no server's data yet."""


@pytest.fixture
def on_disk() -> None:
    """Use it for a test of how root's own place is made, used or left."""


@pytest.fixture
def empty() -> Iterator[Path]:
    """A directory in memory with nothing of a server in it."""
    with in_memory() as folder:
        yield folder


@pytest.fixture
def data_dir(request: pytest.FixtureRequest) -> Path:
    """A data directory of whoever runs the tests, in which a server has been started and stopped once."""
    used = request.fixturenames
    path: Path = request.getfixturevalue("beside_disk" if "on_disk" in used else "empty")
    if "nothing_made" not in used:
        copy(request.getfixturevalue("made"), path)
    return path


@pytest.fixture
def beside_disk(tmp_path: Path) -> Iterator[Path]:
    """A data directory that is not there yet: root's server would lie in a place of its own."""
    path = tmp_path / "dangol"
    yield path
    discard(path)


def copy(made: Path, data_dir: Path) -> None:
    """A server of `data_dir` has been started and stopped once."""
    place = place_for(data_dir)
    prepare(place, data_dir)
    subprocess.run([str(shutil.which("cp")), "-a", str(made / "data"), str(place.home)], check=True)
    write_private(place.password_file, (made / "password").read_text("ascii"))


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
