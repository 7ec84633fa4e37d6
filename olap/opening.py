"""The cube as the settings name it: a copy in DuckDB or in ClickHouse, or the mart in Postgres itself."""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from olap.current import Current
from olap.difference import VerifyReport
from olap.engines.ceilings import USUAL, Ceilings
from olap.engines.names import EngineName
from olap.errors import CubeError
from olap.freshness import Freshness
from olap.owner import messages
from olap.owner.client import ask
from olap.owner.lock import Owned, hold
from olap.owner.remote import RemoteCube
from olap.progress import BuildReport, Progress, silent
from olap.serving.interruptible import Stoppable

if TYPE_CHECKING:
    from olap.store import Store


class Cube(Protocol):
    """A cube that can be asked until it is closed."""

    @property
    def engine(self) -> Stoppable: ...

    @property
    def time_zone(self) -> str: ...

    def freshness(self) -> Freshness: ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class Place:
    """What the cube is, and where: `path` is DuckDB's file, or what the one owner of another copy holds."""

    path: Path
    engine: EngineName = EngineName.DUCKDB
    url: str = ""
    cluster: str | None = None
    """Of ClickHouse's server, and the cluster that its tables are spread over."""
    ceilings: Ceilings = USUAL


def open_cube(database_url: str, place: Place) -> Cube:
    """The cube of the database. A copy is built where that was not done yet, and follows the feed; it is opened here
    where nobody has it, else asked of its owner.

    Raises Owned where the owner takes no questions, CubeError where it cannot be opened.
    """
    if place.engine is EngineName.POSTGRES:
        return Current(database_url, place.ceilings)
    if place.engine is EngineName.CLICKHOUSE:
        return _opened(database_url, place)
    return own_or_ask(database_url, place.path, place.ceilings)


def own_or_ask(database_url: str, path: Path, ceilings: Ceilings = USUAL) -> "Store | RemoteCube":
    """The cube at `path`: opened here where nobody has it, else asked of its owner.

    Raises Owned where the owner takes no questions, and what `open_store` raises.
    """
    try:
        with ExitStack() as opening:
            lock = opening.enter_context(hold(path))
            from olap.engines.duckdb import HALF, DuckDB  # 12 MB, which who asks an owner does without
            from olap.store import own

            memory = HALF if ceilings.memory is None else f"{ceilings.memory}B"
            engine = opening.enter_context(DuckDB(path, memory_limit=memory, disk=ceilings.disk))
            return own(opening, lock, engine, database_url)
    except Owned as owned:
        if not owned.socket:
            raise
        return RemoteCube(path)


def rebuild(database_url: str, place: Place, progress: Progress = silent) -> BuildReport:
    """The copy is built anew, by its owner where there is one. Raises CubeError where there is no copy."""
    _require_copy(place)
    if place.engine is EngineName.CLICKHOUSE:
        try:
            with _opened(database_url, place) as copy:
                return copy.rebuild(progress)
        except Owned as owned:
            return messages.build_report(ask(owned.socket, "rebuild", progress))
    from olap.owner import deeds

    return deeds.rebuild(database_url, place.path, progress)


def verify(database_url: str, place: Place) -> VerifyReport:
    """The copy compared with the database at one moment. Raises CubeError where there is none."""
    _require_copy(place)
    if place.engine is EngineName.CLICKHOUSE:
        try:
            with _opened(database_url, place) as copy:
                return copy.verify()
        except Owned as owned:
            return messages.verify_report(ask(owned.socket, "verify"))
    from olap.owner import deeds

    return deeds.verify(database_url, place.path)


def _opened(database_url: str, place: Place) -> "Store":
    from olap.engines.clickhouse.store import in_clickhouse  # its client is loaded where it is needed

    return in_clickhouse(
        database_url, place.path, url=place.url, cluster=place.cluster, ceilings=place.ceilings
    )


def _require_copy(place: Place) -> None:
    if place.engine is EngineName.POSTGRES:
        raise CubeError("the cube is read from Postgres itself: there is no copy to build or to compare")
