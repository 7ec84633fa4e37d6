"""The temporary tables that an intake fills, and how rows get into them.

They belong to the connection, so two intakes never see each other's rows, and they vanish with it.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

LINES = "intake_lines"
CUSTOMERS = "intake_customers"
PRODUCTS = "intake_products"
TOUCHPOINTS = "intake_touchpoints"
ATTRIBUTES = "intake_customer_attributes"

_TEXT = 'text COLLATE "C"'

COLUMNS: dict[str, dict[str, str]] = {
    LINES: {
        "source": "integer NOT NULL",
        "line": "bigint NOT NULL",
        "order_id": f"{_TEXT} NOT NULL",
        "number": _TEXT,
        "ordered_at": "timestamptz NOT NULL",
        "currency": f"{_TEXT} NOT NULL",
        "channel": _TEXT,
        "branch": _TEXT,
        "customer": _TEXT,
        "kind": f"{_TEXT} NOT NULL",
        "product": _TEXT,
        "quantity": "numeric(15, 3) NOT NULL",
        "unit_price": "numeric(19, 4) NOT NULL",
        "discount": "numeric(19, 4) NOT NULL",
        "unit_cost": "numeric(19, 4)",
    },
    CUSTOMERS: {
        "external_id": f"{_TEXT} NOT NULL",
        "at": "timestamptz",
        "seq": "bigint",
        "kind": _TEXT,
        "name": _TEXT,
        "latin_name": _TEXT,
        "birth_on": "date",
        "gender": _TEXT,
        "occupation": _TEXT,
        "wealth_band": _TEXT,
        "country": _TEXT,
        "region": _TEXT,
        "district": _TEXT,
        "joined_on": "date",
        "acquired_channel": _TEXT,
        "home_branch": _TEXT,
        "email": _TEXT,
        "phone": _TEXT,
        "address": _TEXT,
    },
    ATTRIBUTES: {
        "external_id": f"{_TEXT} NOT NULL",
        "at": "timestamptz",
        "seq": "bigint",
        "attribute": f"{_TEXT} NOT NULL",
        "text_value": _TEXT,
        "number_value": "numeric(20, 6)",
        "boolean_value": "boolean",
        "date_value": "date",
    },
    PRODUCTS: {
        "external_id": f"{_TEXT} NOT NULL",
        "at": "timestamptz",
        "seq": "bigint",
        "name": _TEXT,
        "category": _TEXT,
        "list_price": "numeric(19, 4)",
        "unit_cost": "numeric(19, 4)",
        "currency": _TEXT,
    },
    TOUCHPOINTS: {
        "source": "integer NOT NULL",
        "line": "bigint NOT NULL",
        "source_id": f"{_TEXT} NOT NULL",
        "occurred_at": "timestamptz NOT NULL",
        "channel": f"{_TEXT} NOT NULL",
        "direction": f"{_TEXT} NOT NULL",
        "kind": _TEXT,
        "customer": _TEXT,
        "visitor_id": _TEXT,
        "branch": _TEXT,
        "subject": _TEXT,
        "note": _TEXT,
        "outcome": _TEXT,
        "duration_seconds": "integer",
        "rating": "smallint",
    },
}
"""The staging tables and their columns.

`source` and `line` say where a row came from. `at` and `seq` say which of several rows of one customer or product
is the latest: the later time, then the higher number. `category` is the path from the top, its names joined
by U+001F.
"""


def create_table(name: str, columns: dict[str, str]) -> str:
    """The statement that makes a temporary table."""
    listed = ", ".join(f"{column} {kind}" for column, kind in columns.items())
    return f"CREATE TEMPORARY TABLE IF NOT EXISTS {name} ({listed})"


async def open_staging(connection: AsyncConnection) -> None:
    """The connection has the staging tables, and they are empty. Two statements a table."""
    for name, columns in COLUMNS.items():
        await connection.execute(text(create_table(name, columns)))
        await connection.execute(text(f"TRUNCATE {name}"))


async def stage(connection: AsyncConnection, table: str, columns: Sequence[str], rows: bytes) -> None:
    """`rows` are in the staging table: CSV without a header, UTF-8, null = an empty field without quotes.

    Times without an offset are those of the connection's zone: UTC.
    """
    pooled: Any = await connection.get_raw_connection()
    await pooled.driver_connection.copy_to_table(
        table, source=io.BytesIO(rows), columns=list(columns), format="csv"
    )


_KEYS = {
    LINES: "order_id",
    CUSTOMERS: "external_id",
    ATTRIBUTES: "external_id",
    PRODUCTS: "external_id",
    TOUCHPOINTS: "source_id",
}


async def index_staging(connection: AsyncConnection) -> None:
    """Ranges of keys are found by an index, and the planner knows the sizes; call it when all rows are staged."""
    for table, key in _KEYS.items():
        await connection.execute(text(f"CREATE INDEX IF NOT EXISTS {table}_key ON {table} ({key})"))
        await connection.execute(text(f"ANALYZE {table}"))


@dataclass(frozen=True)
class Range:
    """Keys from `start` on, below `end` (null = to the last), which `rows` staged rows have."""

    start: str
    end: str | None
    rows: int

    @property
    def bounds(self) -> dict[str, str | None]:
        return {"start": self.start, "end": self.end}


IN_RANGE = "{key} >= :start AND (CAST(:end AS text) IS NULL OR {key} < :end)"
"""The condition that a key lies in a range, given its `bounds`."""


async def ranges(connection: AsyncConnection, table: str, *, size: int) -> list[Range]:
    """The staged keys in ranges of about `size` rows, in order; a key is never split. One statement."""
    key = _KEYS[table]
    found = await connection.execute(
        text(f"""
            SELECT min(key) AS start, sum(n)::bigint AS rows
            FROM (SELECT key, n, ((sum(n) OVER (ORDER BY key)) - n)::bigint / :size AS part
                  FROM (SELECT {key} AS key, count(*) AS n FROM {table} GROUP BY {key}) AS keys) AS parts
            GROUP BY part ORDER BY part
        """),
        {"size": size},
    )
    parts = found.all()
    following: list[Any] = [*parts[1:], None]
    return [
        Range(part.start, after.start if after else None, part.rows)
        for part, after in zip(parts, following, strict=bool(parts))
    ]
