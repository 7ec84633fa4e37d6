"""A process that refreshes without a rest, to be killed: `python -m tests.olap.refresh.following URL FILE [pause]`.

It prints a line for each refresh. With `pause` it stops for good when all is written and nothing is committed.
"""

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


if __name__ == "__main__":
    follow(sys.argv[1], Path(sys.argv[2]), Pausing if "pause" in sys.argv else DuckDB)
