"""An engine that takes the rollups that a test names."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from sqlalchemy import ClauseElement

from olap.engines.duckdb import DuckDB


@dataclass(frozen=True)
class Preferring:
    """An engine that has these rollups and passes the first ones for the smallest."""

    engine: DuckDB
    first: tuple[str, ...]

    @property
    def rollups(self) -> Mapping[str, int]:
        return {name: rows for rows, name in enumerate(self.first)}

    def fetch(self, statement: ClauseElement, values: Mapping[str, Any]) -> pa.Table:
        return self.engine.fetch(statement, values)
