"""Exact numbers as Arrow decimals, whatever an engine hands them over as."""

from collections.abc import Sequence

import pyarrow as pa
from sqlalchemy import ClauseElement, Numeric, Select

DIGITS = 38


def scales_of(statement: ClauseElement) -> Sequence[int | None]:
    """The digits after the point of each column of a statement, as far as its types tell; 0 where they do not."""
    if not isinstance(statement, Select):
        return ()
    types = [column.type for column in statement.selected_columns]
    return [kind.scale if isinstance(kind, Numeric) else 0 for kind in types]


def decimals(table: pa.Table, scales: Sequence[int | None]) -> pa.Table:
    """The table with each `numeric` that came as text as a decimal: of its column's scale, or of the digits it has."""
    for place, field in enumerate(table.schema):
        if isinstance(field.type, pa.OpaqueType) and field.type.type_name == "numeric":
            known = scales[place] if place < len(scales) else 0
            column = _decimal(table.column(place), known or 0)
            table = table.set_column(place, field.name, column)
    return table


def _decimal(column: pa.ChunkedArray, known: int) -> pa.ChunkedArray:
    import pyarrow.compute as pc  # 7 MB that a process on another engine does without

    texts = column.cast(pa.string())
    point = pc.find_substring(texts, ".")
    behind = pc.if_else(pc.equal(point, -1), 0, pc.subtract(pc.subtract(pc.utf8_length(texts), point), 1))
    scale = max(known, pc.max(behind).as_py() or 0)
    return texts.cast(pa.decimal128(DIGITS, scale))
