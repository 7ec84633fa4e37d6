"""Other processes that have a cube: forked, so that not each loads all libraries."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

Forking = subprocess.Popen[str]


@pytest.fixture(scope="session")
def forking() -> Iterator[Forking]:
    """The process that forks them, one after the other."""
    started = subprocess.Popen(
        [sys.executable, "-m", "tests.olap.forking"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    yield started
    started.communicate()


class Forked:
    """A process that does something with a cube: see tests.olap.forking."""

    def __init__(self, forking: Forking, deed: str, url: str, path: Path) -> None:
        self._forking = forking
        self._tell(json.dumps([deed, url, str(path)]))
        self.pid = int(self.said())

    def said(self) -> str:
        """The next line, which proves that the process is at work."""
        assert self._forking.stdout is not None
        return self._forking.stdout.readline().strip()

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def close(self) -> None:
        """One that has the cube open closes it."""
        self._tell("")

    def ended(self) -> int:
        """Its exit code, once it is dead."""
        while not (line := self.said()).startswith("ended "):
            assert line
        return int(line.removeprefix("ended "))

    def _tell(self, line: str) -> None:
        assert self._forking.stdin is not None
        self._forking.stdin.write(f"{line}\n")
        self._forking.stdin.flush()


@contextmanager
def following(forking: Forking, deed: str, url: str, path: Path) -> Iterator[Forked]:
    """A process refreshes the cube without a rest, or pauses; killed at the end."""
    started = Forked(forking, deed, url, path)
    try:
        yield started
    finally:
        started.kill()
        started.ended()


@contextmanager
def owner(forking: Forking, url: str, path: Path) -> Iterator[Forked]:
    """A process that has the cube open until the end."""
    started = Forked(forking, "own", url, path)
    try:
        assert started.said() == "open"
        yield started
    finally:
        started.close()
        started.ended()
