"""Tables with members across the top: one header level, or that of the aggregates above it where there are several."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa

from olap.beside.columns import MARKS, OTHERS, TOTALS
from olap.client.frames import frame_of
from olap.errors import RequestError
from olap.journeys import words as journeys
from olap.vocabulary import SPLIT

Path = tuple[Any, ...]

ELSEWHERE = frozenset({TOTALS, SPLIT, journeys.COMPLETE, journeys.STEP, journeys.DECILE})
"""Columns of answers that have several rows of a cell."""


def wide_of(
    table: pa.Table,
    down: Sequence[str],
    across: Sequence[str],
    labels: Mapping[str, str],
    *,
    language: str,
    exact: bool,
    ranked: bool = False,
) -> pd.DataFrame:
    """One row for each member of the dimensions `down`, its index, and one column for each member of those `across`.

    `down` and `across` are drilldowns as the Slicer writes them. Rows come as they were ordered (by their keys where
    the order only `ranked` the members of a `top`), members across by their keys, Unknown last, and then
    the others of `top`. A cell that there is not is <NA>; types are a frame's.
    Raises RequestError for what has no place in such a table.
    """
    down, across = _dimensions(down), _dimensions(across)
    if ELSEWHERE & set(table.column_names) or set(down) & set(across):
        raise RequestError(
            "across takes other dimensions than by, and neither totals, splits nor cohorts and the like"
        )
    columns = [name for name in table.column_names if name != OTHERS]
    rows, heads = (_of(columns, dimensions) for dimensions in (down, across))
    values = [name for name in columns if name not in {*rows, *heads}]
    frame = frame_of(table, {}, exact=exact)
    places, tops = _paths(table, rows), _tops(table, heads, across[-1], language)
    firsts: dict[Path, int] = {}
    for number, place in enumerate(places):
        firsts.setdefault(place, number)
    at = {path: number for number, path in enumerate(sorted(firsts, key=_unknown_last) if ranked else firsts)}
    found = {top: [-1] * len(at) for top in sorted(set(tops), key=_unknown_last)}
    for number, (place, top) in enumerate(zip(places, tops, strict=True)):
        found[top][at[place]] = number
    cells = {
        (labels.get(value, value), *top[1:]): frame[value].array.take(positions, allow_fill=True)
        for value in values
        for top, positions in found.items()
    }
    index = _index(
        [frame[row].array.take([firsts[path] for path in at]) for row in rows],
        [labels.get(row, row) for row in rows],
    )
    wide = pd.DataFrame(dict(enumerate(cells.values())), index=index)
    wide.columns = _headed(list(cells), [labels.get(head, head) for head in heads], several=len(values) > 1)
    return wide


def _dimensions(drilldown: Sequence[str]) -> list[str]:
    return [text.partition(":")[0].partition("@")[0] for text in drilldown]


def _of(columns: Sequence[str], dimensions: Sequence[str]) -> list[str]:
    """The columns of these dimensions' attributes."""
    return [name for name in columns if name.partition(".")[0] in dimensions]


def _paths(table: pa.Table, names: Sequence[str]) -> list[Path]:
    return (
        list(zip(*(table.column(name).to_pylist() for name in names), strict=True)) or [()] * table.num_rows
    )


def _tops(table: pa.Table, heads: Sequence[str], ranked: str, language: str) -> list[Path]:
    """The members above each row; those of the dimension that `top` ranks have the word for others instead of names."""
    paths = _paths(table, heads)
    others = table.column(OTHERS).to_pylist() if OTHERS in table.column_names else [False] * len(paths)
    word, of_ranked = MARKS[language][OTHERS], set(_of(heads, [ranked]))
    return [
        (
            rest,
            *(
                word if rest and head in of_ranked else member
                for head, member in zip(heads, path, strict=True)
            ),
        )
        for rest, path in zip(others, paths, strict=True)
    ]


def _unknown_last(path: Path) -> list[Any]:
    return [(member is None, "" if member is None else member) for member in path]


def _index(arrays: Sequence[Any], names: list[Any]) -> "pd.Index[Any] | None":
    if not arrays:
        return None
    return (
        pd.Index(arrays[0], name=names[0])
        if len(arrays) == 1
        else pd.MultiIndex.from_arrays(arrays, names=names)
    )


def _headed(cells: Sequence[Path], names: Sequence[str], *, several: bool) -> "pd.Index[Any]":
    paths = [
        tuple(pd.NA if member is None else member for member in (path if several else path[1:]))
        for path in cells
    ]
    heads: list[Any] = [None, *names] if several else list(names)
    if len(heads) == 1:
        return pd.Index([path[0] for path in paths], name=heads[0])
    return pd.MultiIndex.from_arrays(list(zip(*paths, strict=True)) or [[]] * len(heads), names=heads)
