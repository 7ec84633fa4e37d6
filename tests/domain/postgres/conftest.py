"""A data directory whose server is gone after the test, whatever the test did to it."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.postgres import discard
from tests.domain.postgres.programs import Programs


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    """A fresh data directory of whoever runs the tests."""
    path = tmp_path / "dangol"
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
