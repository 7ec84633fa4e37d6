"""A shop and its cube, made once: each test takes copies, of the database and of the cube's file.

A copy of both takes a tenth of what it takes to fill the shop and to build the cube (measured: 0.05 s of CPU, not 0.6).
"""

import itertools
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pytest

from domain.postgres import Server
from olap import source
from olap.engines.duckdb import DuckDB
from olap.load import build
from olap.watermark import Watermark
from tests.conftest import copied
from tests.olap.store.shop import Cube, Shop, connected, open_shop

LIMIT = "512MB"

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Built:
    """A database with the shop, and the closed file of its cube: nobody writes to either."""

    server: Server
    admin: Callable[[str], None]
    template: str
    file: Path
    mark: Watermark
    rollups: Mapping[str, int]
    editor: duckdb.DuckDBPyConnection
    """It changes files that nobody has open: to open one by itself takes three times as long."""

    @contextmanager
    def shop(self) -> Iterator[Shop]:
        """A shop of one's own."""
        with copied(self.server, self.admin, self.template) as url, connected(url) as opened:
            yield opened

    @contextmanager
    def cube(self, shop: Shop) -> Iterator[Cube]:
        """A cube of that shop, in which nothing has happened yet."""
        file = self.file.with_name(f"copy{next(_numbers)}.duckdb")
        shutil.copyfile(self.file, file)
        with (
            DuckDB(file, threads=1, memory_limit=LIMIT) as engine,
            source.connect(shop.url) as connection,
        ):
            engine.rollups = self.rollups
            yield Cube(engine, connection, replace(self.mark, database=_name_of(shop)))
        file.unlink()

    def put(self, path: Path, shop: Shop) -> None:
        """The file at the path is a closed cube of that shop."""
        shutil.copyfile(self.file, path)
        self.edit(path, "UPDATE watermark SET database = $1", _name_of(shop))

    def edit(self, path: Path, statement: str, *values: object) -> None:
        """The statement has run in the closed cube at the path."""
        self.editor.execute(f"ATTACH '{path}' AS edited")
        self.editor.execute("USE edited")
        self.editor.execute(statement, list(values))
        self.editor.execute("USE memory")
        self.editor.execute("DETACH edited")


def _name_of(shop: Shop) -> str:
    """What a watermark calls the shop's database."""
    return str(shop.value(f"SELECT database FROM ({source.POSITION}) position"))


@contextmanager
def made(
    server: Server, admin: Callable[[str], None], template: str, memory: Path, *, name: str, more: str = ""
) -> Iterator[Built]:
    """The shop, and `more` that went on in it, in a database of that name, and its cube."""
    admin(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    url, folder = server.url(name), memory / name
    folder.mkdir()
    with open_shop(url) as shop:
        if more:
            shop.run(more)
    with (
        DuckDB(folder / "cube.duckdb", threads=1, memory_limit=LIMIT) as engine,
        source.connect(url) as connection,
    ):
        mark, rollups = build(engine, connection).watermark, engine.rollups
    with duckdb.connect(config={"threads": 1}) as editor:
        yield Built(server, admin, name, folder / "cube.duckdb", mark, rollups, editor)
    shutil.rmtree(folder)
    admin(f"DROP DATABASE {name}")


@pytest.fixture(scope="session")
def built(server: Server, admin: Callable[[str], None], template: str, memory: Path) -> Iterator[Built]:
    """The shop and its cube, to be copied."""
    with made(server, admin, template, memory, name="template_shop") as found:
        yield found


@pytest.fixture
def shop(built: Built) -> Iterator[Shop]:
    """A shop of the test's own."""
    with built.shop() as opened:
        yield opened


@pytest.fixture
def cube(built: Built, shop: Shop) -> Iterator[Cube]:
    """A cube of the test's own shop."""
    with built.cube(shop) as opened:
        yield opened


@pytest.fixture
def folder(memory: Path) -> Iterator[Path]:
    """For files of the test's own, in memory."""
    made = memory / f"cubes{next(_numbers)}"
    made.mkdir()
    yield made
    shutil.rmtree(made)


@pytest.fixture
def closed(built: Built, shop: Shop, folder: Path) -> Path:
    """The file of a closed cube of the test's own shop."""
    path = folder / "cube.duckdb"
    built.put(path, shop)
    return path


@pytest.fixture
def nowhere(folder: Path) -> Path:
    """Where no cube is yet."""
    return folder / "cubes" / "cube.duckdb"


@pytest.fixture(scope="session")
def standing(built: Built) -> Iterator[Cube]:
    """A cube of a shop in which nothing happens: for tests that only look, or undo what they do."""
    with built.shop() as shop, built.cube(shop) as opened:
        yield opened
