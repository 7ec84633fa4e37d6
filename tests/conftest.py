"""A real Postgres for every test: one embedded server a run, migrated once into a template that each test copies.

`database` is a fresh copy (20 ms), `session` a transaction that is rolled back at the end of the test.
"""

import asyncio
import atexit
import gc
import itertools
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import adbc_driver_postgresql.dbapi as adbc
import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from xdist.remote import Producer

from api import garbage
from api.cli.demo import UNTIL, score_half_a_year
from domain.db import engine as make_engine
from domain.db import read_pool
from domain.demo.load import load as load_demo
from domain.postgres import Server, accounts, discard, running
from migrations.command import upgrade
from tests.emptied import Emptied, emptied
from tests.retail import Retail, imported
from tests.scheduling import LONG, ByFile

# Throw-away data: the tests of durability start servers of their own. An ANALYZE that comes by itself is a transaction:
# while it runs, in whatever database, the feed settles nothing, and what a test has just written is not yet to be seen.
# Nobody reads the log of changes: pages of new indexes stay out of it, which were compressed for it for a seventh of
# the time that a demo company takes (measured).
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "wal_compression": "off",
}

# httpx asks for it twice a request, and Python searched the whole path each time: a tenth of a request (measured).
sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type]  # not to be found, as the import system has it

garbage.postpone()  # what is imported and collected stays: a third of that time was the search (measured)

if "PYTEST_XDIST_WORKER" in os.environ:
    # What is registered first is called last. Python would then take apart all that it holds, for seconds of each
    # process of the run, and nobody reads its exit code.
    atexit.register(os._exit, 0)

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def memory() -> Iterator[Path]:
    """A folder for the whole run, in memory where there is room; nothing of it is left behind."""
    folder = memory_folder()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def server(memory: Path) -> Iterator[Server]:
    """An embedded server for the whole run; nothing of it is left behind."""
    try:
        with running(memory, settings=FAST) as started:
            yield started
    finally:
        discard(memory)


def memory_folder() -> Path:
    """A new folder in memory where there is room, else on disk, that the user who runs the server can reach.

    Each test has a database of its own, a thousand files: 0.02 s in memory, 1.6 s on a slow disk (measured).
    """
    folder = new_folder()
    give_place_to_server(folder)
    return folder


def new_folder() -> Path:
    """A new folder of ours in memory where there is room, else on disk."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 4 * 2**30
    return Path(tempfile.mkdtemp(prefix="dangol-tests-", dir=memory if roomy else None))


def give_place_to_server(folder: Path) -> None:
    """The server of this data directory will lie in it, whoever runs it: root's own would lie on the disk."""
    if accounts.is_root():
        folder.chmod(0o711)
        account = accounts.for_new_server()
        (folder / "postgres").mkdir(mode=0o700)
        os.chown(folder / "postgres", account.uid, account.gid)


@pytest.fixture(scope="session")
def admin(server: Server) -> Iterator[Callable[[str], None]]:
    """Runs one statement on the server, outside any transaction."""
    with adbc.connect(server.url("postgres"), autocommit=True) as connection:

        def execute(statement: str) -> None:
            with connection.cursor() as cursor:
                cursor.execute(statement)

        yield execute


@pytest.fixture(scope="session")
def template(server: Server, admin: Callable[[str], None]) -> str:
    """The name of a migrated, empty database."""
    admin("CREATE DATABASE template_dangol")
    upgrade(server.url("template_dangol"))
    return "template_dangol"


_numbers = itertools.count(1)


@pytest.fixture
def database(server: Server, admin: Callable[[str], None], template: str) -> Iterator[str]:
    """The URL of a migrated, empty database of the test's own."""
    with copied(server, admin, template) as url:
        yield url


@contextmanager
def copied(server: Server, admin: Callable[[str], None], template: str) -> Iterator[str]:
    """The URL of a copy of the database `template`, to which nobody is connected; it is gone in the end."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    admin(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    yield server.url(name)
    admin(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def shared_database(server: Server, admin: Callable[[str], None], template: str) -> Iterator[Emptied]:
    """A migrated database for all tests of folders whose `database` is this one, emptied after each."""
    admin(f"CREATE DATABASE shared TEMPLATE {template} STRATEGY file_copy")
    with emptied(server.url("shared")) as shared:
        yield shared


@pytest.fixture(scope="session")
async def shared_engine(shared_database: Emptied) -> AsyncIterator[AsyncEngine]:
    """An engine on it for all those tests: a new one compiles each statement anew, and reads the catalogue first."""
    made = make_engine(shared_database.url)
    yield made
    await made.dispose()


@pytest.fixture
async def engine(database: str) -> AsyncIterator[AsyncEngine]:
    """An engine on the test's own database, for tests that open several sessions."""
    made = make_engine(database)
    yield made
    await made.dispose()


@pytest.fixture
async def reads(database: str) -> AsyncIterator["asyncpg.Pool[asyncpg.Record]"]:
    """The pool of planned reads on the test's own database."""
    pool = await read_pool(database, size=4)
    yield pool
    await pool.close()


@pytest.fixture(scope="session")
def rolling(server: Server, admin: Callable[[str], None], template: str) -> str:
    """The URL of the database in which `session` works; it stays empty."""
    admin(f"CREATE DATABASE rolling TEMPLATE {template} STRATEGY file_copy")
    return server.url("rolling")


@pytest.fixture(scope="session")
async def rolling_engine(rolling: str) -> AsyncIterator[AsyncEngine]:
    """One connection to it for all tests: the first statements of a new one take as long as most tests (measured)."""
    made = make_engine(rolling, pool_size=1)
    yield made
    await made.dispose()


@pytest.fixture
async def session(rolling_engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
    """A session whose transaction is rolled back when the test ends."""
    async with rolling_engine.connect() as connection, connection.begin() as transaction:
        async with AsyncSession(connection, expire_on_commit=False) as made:
            yield made
        await transaction.rollback()


@pytest.fixture(scope="session")
def default_company(server: Server, admin: Callable[[str], None], template: str) -> str:
    """The URL of a database with the demo company that `dangol demo` makes; tests only read it."""
    admin(f"CREATE DATABASE default_company TEMPLATE {template} STRATEGY file_copy")
    url = server.url("default_company")
    until = date.fromisoformat(UNTIL)
    asyncio.run(load_demo(url, until=until))
    asyncio.run(score_half_a_year(url, until=until))
    return url


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real public data, which is never committed; tests that need it skip without it."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"no real data at {SHARED_DATA}: see shared/data/MANIFEST.md")
    return SHARED_DATA


@pytest.fixture(scope="session")
def retail(server: Server, admin: Callable[[str], None], template: str, shared_data: Path) -> Retail:
    """Online Retail II, imported once; who changes it works on a copy."""
    admin(f"CREATE DATABASE retail TEMPLATE {template} STRATEGY file_copy")
    return imported(server.url("retail"), shared_data)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with long tests come first, so that no process is left alone with one in the end."""
    long = {item.path for item in items if "slow" in item.keywords or item.nodeid.startswith(LONG)}
    items.sort(key=lambda item: item.path not in long)


def pytest_collection_finish() -> None:
    """From here on garbage is looked for as in a process that serves."""
    garbage.settle()


def pytest_configure(config: pytest.Config) -> None:
    """What is left in the very end is garbage; else DuckDB tells of it as leaked.

    After pytest's own two searches: those took 3 s each in each process where nothing was frozen any more (measured).
    """
    config.add_cleanup(gc.unfreeze)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    """All tests of a file run in one process, those that wait beside the others; this one collects none itself."""
    garbage.settle()
    return ByFile(config, log)
