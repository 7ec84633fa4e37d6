"""The lock beside a cube's file: who holds it owns the file, and it says where the owner can be asked."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from olap.errors import CubeError
from olap.owner import place

SETTLING = 2.0
"""Seconds that a new owner may take from its lock to its word of where it listens."""


class Owned(CubeError):
    """Another process has the cube open; says which, and where it listens for requests."""

    def __init__(self, path: Path, pid: int, socket: str) -> None:
        super().__init__(f"the cube {path} is held by process {pid}: one process at a time may open it")
        self.socket = socket


class Lock:
    """Held while the cube's file is open. It ends with the process, however that ends."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        # What an owner that was killed could not tidy up.
        place.remove(Path(_said(file)[1]).parent)
        self.say("")

    def say(self, socket: str) -> None:
        """Whoever finds the cube held knows by whom and where to ask."""
        self._file.seek(0)
        self._file.truncate()
        json.dump({"pid": os.getpid(), "socket": socket}, self._file)
        self._file.flush()


@contextmanager
def hold(path: Path) -> Iterator[Lock]:
    """The cube's file is ours while inside; its directory is made. Raises Owned where another process has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with Path(f"{path}.lock").open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid, socket = _wait_for_word(file)
            raise Owned(path, pid, socket) from None
        lock = Lock(file)
        try:
            yield lock
        finally:
            file.truncate(0)


def socket_of(path: Path) -> str:
    """Where the owner of the cube at `path` says that it listens; an empty text where nobody says so."""
    try:
        with Path(f"{path}.lock").open(encoding="utf-8") as file:
            return _said(file)[1]
    except FileNotFoundError:
        return ""


def _wait_for_word(file: IO[str]) -> tuple[int, str]:
    """Process id and socket of the owner, who may have locked the file a moment ago."""
    end = time.monotonic() + SETTLING
    while not (said := _said(file))[1] and time.monotonic() < end:
        time.sleep(0.02)
    return said


def _said(file: IO[str]) -> tuple[int, str]:
    """Process id and socket as written, or 0 and an empty text."""
    file.seek(0)
    try:
        said = json.loads(file.read())
        return int(said["pid"]), str(said["socket"])
    except (ValueError, KeyError):
        return 0, ""
