"""What every reader yields: a number of rows as columns of distinct cells."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Indices = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Cells:
    """A column: its distinct cells, and for each row which one it has; -1 for none."""

    distinct: Sequence[Any]
    indices: Indices

    @classmethod
    def of_array(cls, array: pa.Array) -> "Cells":
        encoded = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
        indices = encoded.indices.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False)
        return cls(encoded.dictionary.to_pylist(), indices)

    @classmethod
    def of_cells(cls, cells: Sequence[Any]) -> "Cells":
        """Cells of mixed types; 1, 1.0 and true are told apart."""
        places: dict[tuple[type, Any], int] = {}
        indices = np.fromiter(
            (-1 if cell is None else places.setdefault((type(cell), cell), len(places)) for cell in cells),
            dtype=np.int64,
            count=len(cells),
        )
        return cls([cell for _, cell in places], indices)


@dataclass(frozen=True)
class Unreadable:
    """A row whose columns could not even be told apart."""

    line: int
    reason: str
    raw: Sequence[str]


@dataclass(frozen=True)
class Batch:
    """Rows of one sheet: the line (CSV) or row number of each, the columns asked for, and all raw columns of a row."""

    lines: Indices
    columns: Mapping[str, Cells]
    raw: Callable[[int], Sequence[object]]
    unreadable: Sequence[Unreadable] = ()

    @property
    def rows(self) -> int:
        return len(self.lines)
