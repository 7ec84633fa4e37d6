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
        plain = _plain(array)
        encoded = plain if pa.types.is_dictionary(plain.type) else plain.dictionary_encode()
        indices = encoded.indices.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False)
        return cls(cells_of(encoded.dictionary), indices)

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


def _plain(array: pa.Array) -> pa.Array:
    """The array in types whose values Python has: microseconds, and floats of 64 bits that read the same."""
    if pa.types.is_timestamp(array.type) and array.type.unit == "ns":
        return array.cast(pa.timestamp("us", array.type.tz), safe=False)
    if pa.types.is_float16(array.type) or pa.types.is_float32(array.type):
        return array.cast(pa.float32()).cast(pa.string()).cast(pa.float64())
    return array


def cells_of(array: pa.Array) -> list[Any]:
    """The values of an array, for people and parsers."""
    try:
        return list(array.to_pylist())
    except (ValueError, OverflowError):
        return [_cell(scalar) for scalar in array]


def _cell(scalar: pa.Scalar) -> Any:
    """The value; one that Python cannot hold, such as the year 10000, as a text that names it."""
    try:
        return scalar.as_py()
    except (ValueError, OverflowError):
        return f"{scalar.type} {scalar.value}"


@dataclass(frozen=True)
class Unreadable:
    """A row whose columns could not even be told apart."""

    line: int
    reason: str
    raw: Sequence[str]


@dataclass(frozen=True)
class Batch:
    """Rows of one sheet: the line (CSV) or row number of each, and the columns asked for.

    `raw` gives all columns of the rows with these indices, as the file has them.
    """

    lines: Indices
    columns: Mapping[str, Cells]
    raw: Callable[[Indices], Sequence[Sequence[object]]]
    unreadable: Sequence[Unreadable] = ()

    @property
    def rows(self) -> int:
        return len(self.lines)
