"""Where figures are measured: a folder with an embedded Postgres and the file of a generated star, gone afterwards."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from bench.cube.figures import timed, told
from bench.star import Size, generate, mark_of
from domain.postgres import discard, running
from migrations.command import upgrade
from olap.engines.duckdb import DuckDB


@dataclass(frozen=True)
class Place:
    """A migrated store at `url` without a row, and the star's file, which passes for its cube."""

    url: str
    cube: Path
    size: Size

    @contextmanager
    def bare(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """DuckDB itself on a copy of the file: one that a server has open can be read by no other process."""
        copy = self.cube.with_name("bare.duckdb")
        shutil.copy(self.cube, copy)
        try:
            with duckdb.connect(str(copy), read_only=True) as connection:
                yield connection
        finally:
            copy.unlink()


@contextmanager
def store() -> Iterator[tuple[str, Path]]:
    """The URL of a migrated store, and a folder; both are gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="dangol-bench-"))
    try:
        with running(folder) as server:
            url = server.url("postgres")
            upgrade(url)
            yield url, folder
    finally:
        discard(folder)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def place(size: Size) -> Iterator[Place]:
    """A store and a generated star of that size."""
    with store() as (url, folder):
        made = Place(url, folder / "star.duckdb", size)
        with DuckDB(made.cube) as engine:
            took = timed(lambda: generate(engine, size, mark=mark_of(url)))
        megabytes = made.cube.stat().st_size / 2**20
        told(
            f"a star of {size.lines:,} lines, {size.customers:,} customers: {took / 1000:.0f} s, {megabytes:.0f} MB"
        )
        yield made
