"""An engine for one question, which whoever waits for the answer can stop."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import pyarrow as pa
from sqlalchemy import ClauseElement

from olap.engines.compiled import Query
from olap.engines.interrupt import Interrupt
from olap.explain import query_of
from olap.freshness import Freshness
from olap.requests import RequestLog, log_of
from olap.rollups.choice import rows_of


class Stoppable(Protocol):
    """An engine whose queries can be stopped."""

    def fetch(
        self, statement: ClauseElement, values: Mapping[str, Any], *, interrupt: Interrupt | None = None
    ) -> pa.Table: ...


class StoppableCube(Protocol):
    """A cube on such an engine."""

    @property
    def engine(self) -> Stoppable: ...

    @property
    def time_zone(self) -> str: ...

    def freshness(self) -> Freshness: ...


@dataclass(frozen=True)
class Interruptible:
    """The engine, for as long as `interrupt` was not called."""

    engine: Stoppable
    interrupt: Interrupt

    @property
    def rollups(self) -> Mapping[str, int]:
        """Those of the engine, where it has any."""
        return rows_of(self.engine)

    @property
    def sizes(self) -> dict[Any, tuple[int, float]]:
        """What `estimate` has counted of the engine's dimensions; nothing where it is not remembered."""
        found: dict[Any, tuple[int, float]] = getattr(self.engine, "sizes", {})
        return found

    def fetch(self, statement: ClauseElement, values: Mapping[str, Any]) -> pa.Table:
        """All rows of a statement; raises what the engine raises when it is stopped."""
        return self.engine.fetch(statement, values, interrupt=self.interrupt)

    @property
    def requests(self) -> RequestLog | None:
        """Where those of the engine are logged."""
        return log_of(self.engine)

    def query(self, statement: ClauseElement, values: Mapping[str, Any]) -> Query:
        """The statement as the engine would be sent it."""
        return query_of(self.engine, statement, values)
