"""Rows that have the same fields are read together, column by column: a third of the time of row by row.

What they say is what reading each would give. Where one of them is wrong all of its kind are read one by one, which
tells the place.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress

from domain.errors import Invalid
from domain.intake.upserts.rows import Column, Given, Items, Reader, Row, is_malformed, read

FEWEST = 8
"""Fewer rows are sooner read one by one."""


def read_all(given: Mapping[int, Given], readers: Mapping[str, Reader]) -> dict[int, Row]:
    """The rows with what their fields say, or with their first error, by their places."""
    found: dict[int, Row] = {}
    for names, places in places_by_shape(given).items():
        rows = [given[place] for place in places]
        alike: Sequence[Row] = ()
        if names and len(rows) >= FEWEST:
            with suppress(Invalid):
                alike = _alike(names, places, rows, readers)
        read_rows = alike or [read(place, row, readers) for place, row in zip(places, rows, strict=True)]
        found |= zip(places, read_rows, strict=True)
    return found


def places_by_shape(given: Mapping[int, Given]) -> dict[tuple[str, ...], list[int]]:
    """The places of rows that have these fields, in this order."""
    found: dict[tuple[str, ...], list[int]] = {}
    for place, row in given.items():
        found.setdefault(tuple(row), []).append(place)
    return found


def _alike(
    names: Sequence[str], places: Sequence[int], given: Sequence[Given], readers: Mapping[str, Reader]
) -> Sequence[Row]:
    """The rows; none where they have to be read one by one. Raises Invalid if one of them is wrong."""
    cells, parts, others = {}, [], []
    for name, values in zip(names, zip(*(row.values() for row in given), strict=True), strict=True):
        if is_malformed(values):
            return ()
        reader = readers[name]
        if isinstance(reader, Column) and None not in values:
            cells[reader.name] = reader.cells(values)
        elif isinstance(reader, Items) and None not in values and (items := reader.cells(values)) is not None:
            parts.append((reader.name, items))
        else:
            others.append((reader, values))
    told = zip(*cells.values(), strict=True) if cells else [()] * len(places)
    rows = [
        Row(place, cells=dict(zip(cells, each, strict=True)))
        for place, each in zip(places, told, strict=True)
    ]
    for part, found in parts:
        for row, its in zip(rows, found, strict=True):
            row.parts[part] = its
    for reader, values in others:
        for row, value in zip(rows, values, strict=True):
            reader(row, value)
    return rows
