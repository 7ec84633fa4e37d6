"""Processes that refresh without a rest, to be killed: `python -m tests.olap.refresh.following`.

Told a URL, a file and perhaps `pause`, as JSON in a line, it forks one, so that not each loads all libraries. That one
prints its number and then a line for each refresh. With `pause` it stops for good when all is written and nothing is
committed. Once it is dead the next line is read: to an empty one "ended" is said.
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


class Pausing(DuckDB):
    """Never commits."""

    @contextmanager
    def transaction(self) -> Iterator[Cursor]:
        with super().transaction() as cursor:
            yield cursor
            print("written", flush=True)  # noqa: T201
            time.sleep(600)


def follow(url: str, path: Path, engine: type[DuckDB]) -> None:
    with hold(path), engine(path, threads=1) as opened, source.connect(url) as connection:
        mark = ledger.stored(opened)
        while True:
            with source.snapshot(connection):
                mark = refresh(opened, connection, mark)
            print(mark.last_event, flush=True)  # noqa: T201


def fork(line: str) -> int:
    """The number of a new process that follows as it is told."""
    child = os.fork()
    if child:
        return child
    try:
        print(os.getpid(), flush=True)  # noqa: T201
        url, path, *more = json.loads(line)
        follow(url, Path(path), Pausing if "pause" in more else DuckDB)
    finally:
        os._exit(1)


if __name__ == "__main__":
    for asked in sys.stdin:
        if asked.strip():
            os.waitpid(fork(asked), 0)
        else:
            print("ended", flush=True)  # noqa: T201
