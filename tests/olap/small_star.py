"""A small star with facts made by hand, in a real DuckDB: every corner that a cube request can turn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
from sqlalchemy import Table

from olap import star
from olap.engines.duckdb import DuckDB
from olap.freshness import Freshness
from olap.serving.interruptible import Stoppable

ODD = "a-b,c|d:e;f\\g!h"
"""A member made of all reserved characters."""

DAYS = [
    date(2010, 12, 30),
    date(2011, 1, 1),  # ISO 2010-W52, a Saturday
    date(2011, 2, 28),
    date(2011, 3, 5),
    date(2011, 12, 31),
    date(2012, 1, 2),
    date(2012, 2, 29),
]

DAY_ROWS: list[tuple[Any, ...]] = [
    (0, None, None, None, None, None, None, None, None),
    *(
        (key, day, day.year, (day.month + 2) // 3, day.month, day.day, *day.isocalendar())
        for key, day in enumerate(DAYS, start=1)
    ),
]

OPENED = datetime(2010, 1, 1, tzinfo=UTC)
MOVED = datetime(2011, 6, 1, tzinfo=UTC)

# key, id, current, from, to, country, region, district, gender, occupation, wealth band, owner, home branch
CUSTOMERS: list[tuple[Any, ...]] = [
    (0, 0, True, None, None, None, None, None, None, None, None, None, None),
    (1, 1, True, OPENED, None, "France", "Île-de-France", "Paris", "female", "nurse", "high", 7, 1),
    (2, 2, True, OPENED, None, "France", "Bretagne", None, "male", None, "low", 7, 2),
    (3, 3, False, OPENED, MOVED, "대한민국", "서울", "강남구", "female", "교사", "mid", 8, 2),
    (4, 3, True, MOVED, None, "대한민국", "부산", "해운대구", "female", "교사", "mid", 8, 2),
    (5, 4, True, OPENED, None, None, None, None, None, None, None, None, None),
    (6, 5, True, OPENED, None, "United Kingdom", "", "Leeds", "male", "clerk", "low", 8, 1),
    (7, 6, True, OPENED, None, ODD, "x", "y", None, "clerk", None, None, None),
]

# key, id, current, from, to, department, category, subcategory, code, name
PRODUCTS: list[tuple[Any, ...]] = [
    (0, 0, True, None, None, None, None, None, None, None),
    (1, 1, True, OPENED, None, "home", "candles", "white", "85123-A", "Candle, white"),
    (2, 2, True, OPENED, None, "home", "candles", "red", "85124", 'Candle "red"'),
    (3, 3, True, OPENED, None, "home", "lamps", None, "=1+1", "=SUM(A1:A9)"),
    (4, 4, True, OPENED, None, "food", "tea", "green", "T-1", "녹차"),
    (5, 5, True, OPENED, None, "food", None, None, "T-2", "@tea"),
]

CHANNELS: list[tuple[Any, ...]] = [
    (0, None, None),
    (1, "shop", "store"),
    (2, "digital", "web"),
    (3, "digital", "mobile"),
]
BRANCHES: list[tuple[Any, ...]] = [
    (0, None, None, None),
    (1, "north", "N1", "North one"),
    (2, "south", "S1", "South one"),
]
CURRENCIES: list[tuple[Any, ...]] = [(0, None, None), (826, "GBP", 2), (410, "KRW", 0)]
KINDS: list[tuple[Any, ...]] = [
    (0, None),
    (1, "sale"),
    (2, "free"),
    (3, "return"),
    (4, "cancellation"),
    (5, "adjustment"),
]
KNOWN: list[tuple[Any, ...]] = [(0, "no"), (1, "yes")]

GBP, KRW = 826, 410
SALE, FREE, RETURN = 1, 2, 3

# line, order, day, customer key, customer id, product, channel, branch, currency,
# kind, quantity, gross, discount, unit cost
LINES: list[tuple[Any, ...]] = [
    (101, 11, 1, 1, 1, 1, 1, 1, GBP, SALE, "2", "20.0000", "1.0000", "4"),
    (102, 11, 1, 1, 1, 2, 1, 1, GBP, SALE, "1", "10.5000", "0", None),
    (103, 11, 1, 1, 1, 3, 1, 1, GBP, FREE, "1", "0", "0", "2.5"),
    (104, 12, 2, 2, 2, 1, 2, 2, GBP, SALE, "3", "30.0000", "0", "4"),
    (105, 12, 2, 2, 2, 4, 2, 2, GBP, SALE, "0.250", "0.0010", "0", "0.0004"),
    (106, 13, 3, 3, 3, 4, 2, 0, GBP, SALE, "5", "25.0000", "5.0000", "1"),
    (107, 13, 3, 3, 3, 5, 2, 0, GBP, SALE, "1", "7.7777", "0", None),
    (108, 14, 4, 3, 3, 4, 3, 2, GBP, SALE, "1", "5.0000", "0", "1"),
    (109, 15, 5, 4, 3, 1, 3, 2, GBP, SALE, "2", "20.0000", "0", "4"),
    (110, 16, 5, 0, 0, 2, 1, 1, GBP, SALE, "4", "42.0000", "2.0000", "6"),
    (111, 17, 6, 0, 0, 0, 0, 0, GBP, SALE, "1", "3.0000", "0", None),
    (112, 18, 6, 5, 4, 3, 1, 2, GBP, SALE, "1", "99.9900", "0", "50"),
    (113, 19, 7, 6, 5, 1, 2, 1, GBP, SALE, "10", "100.0000", "10.0000", "4"),
    (114, 19, 7, 6, 5, 5, 2, 1, GBP, SALE, "1", "7.7777", "0.7777", None),
    (115, 20, 7, 6, 5, 1, 2, 1, GBP, RETURN, "-2", "-20.0000", "0", "4"),
    (116, 21, 0, 7, 6, 2, 2, 0, GBP, SALE, "1", "10.5000", "0", "6"),
    (117, 22, 4, 1, 1, 4, 2, 1, GBP, RETURN, "-1", "-5.0000", "0", "1"),
    (118, 23, 6, 1, 1, 2, 1, 1, GBP, SALE, "2", "21.0000", "0", "6"),
    (119, 24, 6, 3, 3, 4, 2, 2, KRW, SALE, "3", "15000.0000", "0", "3000"),
    (120, 25, 7, 2, 2, 4, 2, 2, KRW, SALE, "1", "5000.0000", "500.0000", "3000"),
]


def _sale(line: tuple[Any, ...]) -> tuple[Any, ...]:
    (*keys, currency, kind, quantity, gross, discount, unit_cost) = line
    customer_id = keys[4]
    net = Decimal(gross) - Decimal(discount)
    cost = None if unit_cost is None else Decimal(quantity) * Decimal(unit_cost)
    margin = None if cost is None else net - cost
    return (*keys, currency, kind, int(customer_id != 0), quantity, gross, discount, net, cost, margin)


ROWS: dict[Table, list[tuple[Any, ...]]] = {
    star.date: DAY_ROWS,
    star.customer: CUSTOMERS,
    star.product: PRODUCTS,
    star.channel: CHANNELS,
    star.branch: BRANCHES,
    star.currency: CURRENCIES,
    star.line_kind: KINDS,
    star.known: KNOWN,
    star.agent: [(0,)],
    star.table_of("age"): [(0,)],
    star.sales: [_sale(line) for line in LINES],
}


def small_engine() -> DuckDB:
    """The small star in memory."""
    engine = DuckDB(threads=1)
    engine.create_tables(star.metadata)
    for table, rows in ROWS.items():
        insert(engine, table, rows)
    return engine


def products_engine(count: int) -> DuckDB:
    """The dimensions of the small star, but as many products as wanted, and one fact of each."""
    engine = DuckDB(threads=1)
    engine.create_tables(star.metadata)
    traits = (True, OPENED, None, "home", "candles", None)
    products = [(key, key, *traits, f"P{key:05}", f"Candle {key}") for key in range(1, count + 1)]
    lines = [
        (key, key, 1, 1, 1, key, 1, 1, GBP, SALE, "1", "1.0000", "0", None) for key in range(1, count + 1)
    ]
    for table, rows in {**ROWS, star.product: products, star.sales: [_sale(line) for line in lines]}.items():
        insert(engine, table, rows)
    return engine


def insert(engine: DuckDB, table: Table, rows: Sequence[Sequence[Any]]) -> None:
    """The rows, in the order of the table's columns, are in the engine; see `whole`."""
    names = table.columns.keys()
    padded = whole(table, rows)
    columns = [[_plain(row[position]) for row in padded] for position in range(len(names))]
    arrays = [
        pa.array(column, type=None if any(v is not None for v in column) else pa.string())
        for column in columns
    ]
    engine.insert(table, pa.Table.from_arrays(arrays, names=names))


def whole(table: Table, rows: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """The rows with all of the table's columns: those that a row leaves out at its end are Unknown."""
    unknown = [None if column.nullable else 0 for column in table.columns]
    return [(*row, *unknown[len(row) :]) for row in rows]


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value


@dataclass(frozen=True)
class SmallCube:
    """The small star as a serving process holds a cube."""

    engine: Stoppable
    time_zone: str = "Asia/Seoul"

    def freshness(self) -> Freshness:
        return Freshness(watermark=4711, lag_ms=12, fault=None, version="small")
