"""Processes that have a cube, forked from one that has loaded all libraries: `python -m tests.olap.forking`.

Told what to do, a URL and a file, as JSON in a line, it forks one. That one prints its number and then what it does;
once it is dead, "ended" and its exit code is said.
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import api.frameless  # noqa: F401  # as in each process of ours that makes no frames
from olap import source
from olap.engines import ledger
from olap.engines.duckdb import Cursor, DuckDB
from olap.owner.lock import hold
from olap.refresh import refresh
from olap.store import open_store


class Pausing(DuckDB):
    """Never commits."""

    @contextmanager
    def transaction(self) -> Iterator[Cursor]:
        with super().transaction() as cursor:
            yield cursor
            say("written")
            time.sleep(600)


def say(text: object) -> None:
    print(text, flush=True)  # noqa: T201


def own(url: str, path: Path) -> None:
    """The cube is open until a line comes, or none any more."""
    with open_store(url, path, threads=1):
        say("open")
        sys.stdin.readline()


def follow(url: str, path: Path, engine: type[DuckDB] = DuckDB) -> None:
    """The cube is refreshed without a rest; a line for each."""
    with hold(path), engine(path, threads=1) as opened, source.connect(url) as connection:
        mark = ledger.stored(opened)
        while True:
            with source.snapshot(connection):
                mark = refresh(opened, connection, mark)
            say(mark.last_event)


def pause(url: str, path: Path) -> None:
    """It stops for good when all is written and nothing is committed."""
    follow(url, path, Pausing)


DEEDS = {"own": own, "follow": follow, "pause": pause}


def fork(line: str) -> int:
    """The number of a new process that does as it is told; what it fails for, it says."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        say(os.getpid())
        deed, url, path = json.loads(line)
        DEEDS[deed](url, Path(path))
        code = 0
    except Exception as error:  # noqa: BLE001  # whatever it is
        say(f"{type(error).__name__}: {error}")
    finally:
        os._exit(code)


if __name__ == "__main__":
    for asked in sys.stdin:
        # What was said to one that was dead by then is nothing.
        if asked.strip():
            _, status = os.waitpid(fork(asked), 0)
            say(f"ended {os.waitstatus_to_exitcode(status)}")
