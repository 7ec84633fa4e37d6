"""Arrow columns from arrays: -1 stands for "none" in an index and becomes null."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from domain.demo.draws import Flags, Ints
from domain.demo.period import Period


def ids(indexes: Ints) -> pa.Array:
    """Row numbers as keys: the first row has key 1, -1 is null."""
    return pa.array(indexes + 1, mask=indexes < 0)


def keys(count: int) -> Ints:
    """The keys of so many rows, from 1."""
    return np.arange(1, count + 1)


def labels(names: Sequence[str | None], codes: Ints) -> pa.Array:
    """For each code its name; -1 is null."""
    return pa.array(list(names), pa.string()).take(pa.array(codes, mask=codes < 0))


def constant(value: str, count: int) -> pa.Array:
    """The same text `count` times."""
    return pa.repeat(pa.scalar(value, pa.string()), count)


def unless(missing: Flags, column: pa.Array) -> pa.Array:
    """The column, null where `missing`."""
    return pc.if_else(pa.array(~missing), column, pa.scalar(None, column.type))


def moments(seconds: Ints) -> pa.Array:
    """Seconds since 1970 as times in UTC; a negative one is null."""
    return pa.array(seconds, pa.int64(), mask=seconds < 0).cast(pa.timestamp("s", tz="UTC"))


def dates(period: Period, days: Ints) -> pa.Array:
    """Days of the period, or before it, as dates."""
    return pa.array((days + period.first).astype(np.int32)).cast(pa.date32())


def padded(numbers: Ints, width: int) -> pa.Array:
    """Numbers as text, with zeros in front up to `width`."""
    return pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width, "0")


def joined(*parts: "pa.Array | str") -> pa.Array:
    """The parts of each row one after the other; null where one is null."""
    return pc.binary_join_element_wise(*parts, "")
