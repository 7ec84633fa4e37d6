"""Taken rows -> the tables that domain.intake stages: lines, customers, products, touchpoints."""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc_csv

from api.importing.attributes import Attribute, Declared
from api.importing.catalog import ATTRIBUTES, Entity
from api.importing.mapping import Mapping as Fields
from api.importing.rows import Key, Rows
from domain.intake import staging
from domain.intake.attributes import FIELD
from domain.intake.staging import CUSTOMERS, LINES, PRODUCTS, TOUCHPOINTS

_LINE_COLUMNS: Mapping[Key, str] = {
    ("order", "id"): "order_id",
    ("order", "number"): "number",
    ("order", "ordered_at"): "ordered_at",
    ("order", "currency"): "currency",
    ("order", "channel"): "channel",
    ("order", "branch"): "branch",
    ("customer", "id"): "customer",
    ("product", "id"): "product",
    ("line", "quantity"): "quantity",
    ("line", "unit_price"): "unit_price",
    ("line", "discount"): "discount",
    ("line", "unit_cost"): "unit_cost",
}

_TOUCHPOINT_COLUMNS: Mapping[Key, str] = {
    ("touchpoint", "id"): "source_id",
    ("touchpoint", "visitor"): "visitor_id",
    **{
        ("touchpoint", key): key
        for key in (
            "occurred_at",
            "channel",
            "direction",
            "kind",
            "branch",
            "subject",
            "note",
            "outcome",
            "duration_seconds",
            "rating",
        )
    },
    ("customer", "id"): "customer",
}


@dataclass(frozen=True)
class Staged:
    """Rows for one staging table, as the CSV text that COPY takes."""

    table: str
    columns: Sequence[str]
    rows: bytes


def staged(mapping: Fields, rows: Rows, *, source: int, currency: str, declared: Declared) -> list[Staged]:
    """What the rows become, per staging table; empty ones are left out. `currency` is for lines that name none,
    `declared` are the custom attributes."""
    made = {
        Entity.ORDERS: lambda: [
            (LINES, _lines(rows, source, currency)),
            (CUSTOMERS, _masters(rows, "customer", at=_WHEN[Entity.ORDERS])),
            (PRODUCTS, _masters(rows, "product", at=_WHEN[Entity.ORDERS])),
        ],
        Entity.CUSTOMERS: lambda: [(CUSTOMERS, _masters(rows, "customer", source=source))],
        Entity.PRODUCTS: lambda: [(PRODUCTS, _masters(rows, "product", source=source))],
        Entity.TOUCHPOINTS: lambda: [
            (TOUCHPOINTS, _touchpoints(rows, source)),
            (CUSTOMERS, _masters(rows, "customer", at=_WHEN[Entity.TOUCHPOINTS])),
        ],
    }[mapping.entity]()
    values = [(staging.ATTRIBUTES, each) for each in _attributes(mapping, rows, source, declared)]
    return [
        Staged(name, table.column_names, _csv(table)) for name, table in [*made, *values] if table.num_rows
    ]


def _places(rows: Rows, source: int) -> dict[str, pa.Array]:
    return {
        "source": pa.repeat(pa.scalar(source, pa.int32()), len(rows.lines)),
        "line": pa.array(rows.lines),
    }


def _lines(rows: Rows, source: int, currency: str) -> pa.Table:
    columns = _places(rows, source)
    columns |= {name: rows.columns[key] for key, name in _LINE_COLUMNS.items() if key in rows.columns}
    count = len(rows.lines)
    given = columns.get("currency", pa.nulls(count, pa.string()))
    columns["currency"] = given.fill_null(currency)
    columns["kind"] = rows.kinds
    columns.setdefault("discount", pa.repeat(pa.scalar(0, pa.int32()), count))
    return pa.table(columns)


def _touchpoints(rows: Rows, source: int) -> pa.Table:
    columns = _places(rows, source)
    columns |= {name: rows.columns[key] for key, name in _TOUCHPOINT_COLUMNS.items() if key in rows.columns}
    return pa.table(columns)


def _masters(rows: Rows, table: str, *, at: Key | None = None, source: int | None = None) -> pa.Table:
    """The rows' customers or products."""
    columns = {key: column for (name, key), column in rows.columns.items() if name == table}
    if "id" not in columns:
        return pa.table({})
    made = pa.table({"external_id": columns.pop("id"), **columns})
    return _once(made, rows, at, source)


_WHEN: Mapping[Entity, Key] = {
    Entity.ORDERS: ("order", "ordered_at"),
    Entity.TOUCHPOINTS: ("touchpoint", "occurred_at"),
}
"""The field that says when a row of the entity happened."""


def _attributes(mapping: Fields, rows: Rows, source: int, declared: Declared) -> Iterator[pa.Table]:
    """The values of each custom attribute that the rows' customers have."""
    for table, name in mapping.fields:
        if table != ATTRIBUTES:
            continue
        values, customers = rows.columns[table, name], rows.columns["customer", "id"]
        made = pa.table(
            {
                "external_id": customers,
                "attribute": pa.repeat(pa.scalar(name), len(values)),
                Attribute(declared[name]).column: values,
            }
        )
        at = _WHEN.get(mapping.entity)
        given = _once(made, rows, at, source if at is None else None)
        yield given.filter(given.column(2).is_valid())


def _once(made: pa.Table, rows: Rows, at: Key | None, source: int | None) -> pa.Table:
    """The rows that have a name. With a time: each combination of values once, at its latest time."""
    if at is not None:
        values = made.column_names
        made = made.append_column("at", rows.columns[at])
        made = made.group_by(values, use_threads=False).aggregate([("at", "max")])
        made = made.rename_columns([*values, "at"])
    elif source is not None:
        made = made.append_column("seq", pa.array((source << 40) + rows.lines.astype(np.int64)))
    return made.filter(made["external_id"].is_valid())


def _csv(table: pa.Table) -> bytes:
    """Text is quoted, null is an empty field without quotes, times are UTC's and say nothing about it.

    With an offset each time would cost a look into the zones: ten times as much.
    """
    for place, column in enumerate(table.schema):
        if pa.types.is_timestamp(column.type):
            naive = table.column(place).cast(pa.timestamp("us"))
            table = table.set_column(place, column.name, naive)
    made = io.BytesIO()
    pc_csv.write_csv(table, made, pc_csv.WriteOptions(include_header=False))
    return made.getvalue()


def given_columns(mapping: Fields) -> dict[str, frozenset[str]]:
    """The staged columns that this mapping fills, by staging table: others are left as they are."""
    lines = _TOUCHPOINT_COLUMNS if mapping.entity is Entity.TOUCHPOINTS else _LINE_COLUMNS
    table = TOUCHPOINTS if mapping.entity is Entity.TOUCHPOINTS else LINES
    return {
        table: frozenset(name for key, name in lines.items() if key in mapping.fields),
        CUSTOMERS: frozenset(
            FIELD if name == ATTRIBUTES else key
            for name, key in mapping.fields
            if name == ATTRIBUTES or (name == "customer" and key != "id")
        ),
        PRODUCTS: frozenset(key for name, key in mapping.fields if name == "product" and key != "id"),
    }
