"""What came out, as Arrow and as plain Python values."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

Record = dict[str, Any]


@dataclass(frozen=True)
class AggregateResult:
    """A cell's aggregates. `cells` has the drilled attributes, then `__within_split__` if split, then the aggregates.

    `total` is the number of cells before paging; None where nothing was drilled or split, and the one row of `cells` is
    the summary. In the summary amounts are
    None where they would add several currencies. `cut_short`: the page has more cells than the ceiling allowed.
    `rollup` answered; None: the facts themselves.
    """

    summary: Record
    cells: pa.Table
    total: int | None
    attributes: tuple[str, ...]
    aggregates: tuple[str, ...]
    has_split: bool
    cut_short: bool
    rollup: str | None = None

    @property
    def records(self) -> list[Record]:
        return records(self.cells)


@dataclass(frozen=True)
class Rows:
    """Members or facts. `cut_short` says that there are more than the ceiling allowed."""

    table: pa.Table
    cut_short: bool

    @property
    def records(self) -> list[Record]:
        return records(self.table)


def records(table: pa.Table) -> list[Record]:
    """One dictionary a row, with exact decimals; null is None."""
    return list(table.to_pylist())


def without(table: pa.Table, names: Sequence[str]) -> pa.Table:
    """The table less those of the columns that it has."""
    return table.drop_columns([name for name in names if name in table.column_names])
