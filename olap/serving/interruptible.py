"""An engine for one question, which whoever waits for the answer can stop."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import pyarrow as pa
from sqlalchemy import ClauseElement

from olap.engines.interrupt import Interrupt
from olap.freshness import Freshness


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

    def fetch(self, statement: ClauseElement, values: Mapping[str, Any]) -> pa.Table:
        """All rows of a statement; raises what the engine raises when it is stopped."""
        return self.engine.fetch(statement, values, interrupt=self.interrupt)
