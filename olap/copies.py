"""A copy of the mart, as whoever keeps it level with Postgres sees it: in DuckDB here, in ClickHouse in its package."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Protocol

from olap.difference import VerifyReport
from olap.engines import ledger
from olap.engines.duckdb import DuckDB
from olap.load import build
from olap.progress import BuildReport, Progress
from olap.refresh import refresh, renew_fixed
from olap.rollups import kept as rollups
from olap.source import Connection
from olap.verify import compare, level
from olap.watermark import Watermark


class Copy(Protocol):
    """A cube's tables, which one writer fills."""

    def stored(self) -> Watermark:
        """What the copy says it holds; EMPTY where it says nothing that this code understands."""

    def find(self) -> None:
        """The copy stands and is about to be read."""

    def build(self, connection: Connection, progress: Progress) -> BuildReport:
        """It holds exactly the mart of one moment; readers see the old rows until the end."""

    def refresh(self, connection: Connection, mark: Watermark) -> Watermark:
        """It holds all settled changes that the connection's snapshot shows; its new watermark, which is stored.

        Raises CannotFollow, and changes nothing, where only a build will do.
        """

    def renew_fixed(self, connection: Connection) -> None:
        """The dimensions without events are as the mart has them now."""

    def level(
        self, connection: Connection, mark: Watermark, stack: ExitStack
    ) -> tuple[Watermark, Callable[[], VerifyReport]]:
        """It holds all that the connection's snapshot shows, settled or not: its watermark, and what compares the two
        as they are now, while refreshes go on. What that needs stays open on the stack."""


class InDuckDB:
    """The copy in a file of DuckDB's."""

    def __init__(self, engine: DuckDB) -> None:
        self._engine = engine

    def stored(self) -> Watermark:
        return ledger.stored(self._engine)

    def find(self) -> None:
        rollups.find(self._engine)

    def build(self, connection: Connection, progress: Progress) -> BuildReport:
        return build(self._engine, connection, progress)

    def refresh(self, connection: Connection, mark: Watermark) -> Watermark:
        return self._engine.before_others(lambda: refresh(self._engine, connection, mark))

    def renew_fixed(self, connection: Connection) -> None:
        renew_fixed(self._engine, connection)

    def level(
        self, connection: Connection, mark: Watermark, stack: ExitStack
    ) -> tuple[Watermark, Callable[[], VerifyReport]]:
        found = level(self._engine, connection, mark)
        cube = stack.enter_context(self._engine.reading())
        return found, lambda: compare(cube, connection, found)
