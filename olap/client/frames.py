"""Arrow as pandas for people: types that hold null, exact decimals, columns with labels."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa


def frame_of(table: pa.Table, labels: Mapping[str, str], *, exact: bool) -> pd.DataFrame:
    """The table with nullable types and `labels` for the columns that have one; plain types would make 2009 into
    2009.0 beside Unknown. `attrs["references"]` says which reference each column is.
    """
    heads = _heads(table.column_names, labels)
    frame = pd.DataFrame(
        {head: _series(table.column(name), exact=exact) for name, head in heads.items()},
        columns=[*heads.values()],
    )
    frame.attrs["references"] = {head: name for name, head in heads.items()}
    return frame


def _heads(names: Sequence[str], labels: Mapping[str, str]) -> dict[str, str]:
    """What heads each column. Two of one label say their references as well: a frame has one column of a name."""
    heads = {name: labels.get(name, name) for name in names}
    times = Counter(heads.values())
    return {name: head if times[head] == 1 else f"{head} ({name})" for name, head in heads.items()}


def _series(column: pa.ChunkedArray, *, exact: bool) -> "pd.Series[Any]":
    kind = column.type
    if pa.types.is_decimal(kind):
        if exact:
            return pd.Series(column.to_pandas(types_mapper=pd.ArrowDtype))
        column, kind = column.cast(pa.float64()), pa.float64()
    if pa.types.is_integer(kind):
        column, kind = column.cast(pa.int64()), pa.int64()
    dtypes: dict[pa.DataType, Any] = {
        pa.int64(): pd.Int64Dtype(),
        pa.float64(): pd.Float64Dtype(),
        pa.string(): pd.StringDtype(),
        pa.bool_(): pd.BooleanDtype(),
    }
    # Days as pandas knows them, with `.dt` and an axis of time, not as objects.
    return pd.Series(column.to_pandas(types_mapper=dtypes.get, date_as_object=False))
