"""The open cube: its engine, and the thread that follows the feed. One process at a time holds it."""

from contextlib import ExitStack
from pathlib import Path
from typing import Self

from olap.copies import InDuckDB
from olap.difference import VerifyReport
from olap.engines.ceilings import DISK
from olap.engines.duckdb import HALF, DuckDB
from olap.follow import Follower
from olap.freshness import Freshness
from olap.owner.lock import Lock, hold
from olap.owner.queries import Queries
from olap.owner.server import Deeds, listening
from olap.progress import BuildReport, Progress, silent
from olap.serving.interruptible import Stoppable


class Store:
    """A cube that is built and follows the feed until it is closed."""

    def __init__(self, engine: Stoppable, follower: Follower, opened: ExitStack) -> None:
        self.engine = engine
        self._follower = follower
        self._opened = opened

    @property
    def time_zone(self) -> str:
        """The zone of the business days in the cube."""
        return self._follower.time_zone

    def freshness(self) -> Freshness:
        """How fresh the cube is now: taken before a query, it holds for the answer."""
        return self._follower.freshness()

    def rebuild(self, progress: Progress = silent) -> BuildReport:
        """The cube is built anew; readers see the old one until it is done."""
        return self._follower.rebuild(progress)

    def verify(self) -> VerifyReport:
        """The cube compared with Postgres at one moment; refreshes go on while it lasts."""
        return self._follower.verify()

    def close(self) -> None:
        """Nothing follows the feed any more, and another process may open the file."""
        self._opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_store(
    database_url: str,
    path: Path,
    *,
    threads: int | None = None,
    memory_limit: str = HALF,
    disk: int = DISK,
    progress: Progress = silent,
    follow: bool = True,
) -> Store:
    """The cube at `path`, built from the database where that was not done yet, following its feed if told to.

    Blocks for the first build only, which `progress` is told of; a later one runs in the background. Raises
    Owned where another process has the cube, CubeError where its file cannot be opened.
    """
    with ExitStack() as opening:
        lock = opening.enter_context(hold(path))
        engine = opening.enter_context(DuckDB(path, threads=threads, memory_limit=memory_limit, disk=disk))
        return own(opening, lock, engine, database_url, progress, follow=follow)


def own(
    opening: ExitStack,
    lock: Lock,
    engine: DuckDB,
    database_url: str,
    progress: Progress = silent,
    *,
    follow: bool = True,
) -> Store:
    """The cube in the engine's file, whose lock is held: see open_store. It takes over what `opening` holds."""
    follower = Follower(InDuckDB(engine), database_url)
    opening.callback(follower.stop)
    deeds: Deeds = {"rebuild": follower.rebuild, "verify": lambda _: follower.verify()}
    queries = Queries(engine, follower.freshness, lambda: follower.time_zone)
    lock.say(opening.enter_context(listening(deeds, queries)))
    follower.fill(progress)
    if follow:
        follower.start()
    return Store(engine, follower, opening.pop_all())
