"""Arrow as pandas for people: types that hold null, exact decimals, columns with labels."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import pyarrow as pa


def frame_of(table: pa.Table, labels: Mapping[str, str], *, exact: bool) -> pd.DataFrame:
    """The table with nullable types and `labels` for the columns that have one; plain types would make 2009 into
    2009.0 beside Unknown. `attrs["references"]` says which reference each column is.
    """
    columns = {
        labels.get(name, name): _series(table.column(name), exact=exact) for name in table.column_names
    }
    frame = pd.DataFrame(columns)
    frame.attrs["references"] = {labels.get(name, name): name for name in table.column_names}
    return frame


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
    return pd.Series(column.to_pandas(types_mapper=dtypes.get))
