"""A star of random facts, seeded, and the same facts as one flat pandas frame for an oracle to count in."""

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
from sqlalchemy import Table

from olap import star
from olap.engines.duckdb import DuckDB
from tests.olap.small_star import BRANCHES, CHANNELS, CURRENCIES, KINDS, KNOWN, ODD, insert, whole

FACTS = 400
COUNTRIES = ["France", "대한민국", "United Kingdom", ODD, "", "a\\", None]


def random_rows(seed: int = 7) -> dict[Table, list[tuple[Any, ...]]]:
    """Rows for every table of the star. Keys 0 are Unknown; texts hold every reserved character."""
    draw = random.Random(seed)
    first = date(2010, 11, 20)
    days = sorted(draw.sample([first + timedelta(days=offset) for offset in range(500)], 40))
    dates = [(0, *[None] * 8)] + [
        (key, day, day.year, (day.month + 2) // 3, day.month, day.day, *day.isocalendar())
        for key, day in enumerate(days, start=1)
    ]
    customers = [(0, 0, True, *[None] * 10)] + [_customer(draw, key) for key in range(1, 25)]
    products = [(0, 0, True, *[None] * 7)] + [_product(draw, key) for key in range(1, 15)]
    orders = [_order(draw, order, len(dates), customers) for order in range(1, 120)]
    sales = [_line(draw, line, draw.choice(orders), len(products)) for line in range(1, FACTS + 1)]
    return {
        star.date: dates,
        star.customer: customers,
        star.product: products,
        star.channel: CHANNELS,
        star.branch: BRANCHES,
        star.currency: CURRENCIES,
        star.line_kind: KINDS,
        star.known: KNOWN,
        star.agent: [(0,)],
        star.table_of("age"): [(0,)],
        star.sales: sales,
    }


def _customer(draw: random.Random, key: int) -> tuple[Any, ...]:
    traits = [
        draw.choice(["female", "male", None]),
        draw.choice(["clerk", "-", None]),
        draw.choice(["high", "low", None]),
    ]
    place = [draw.choice(COUNTRIES), draw.choice(["north", "", None]), draw.choice(["x;y", "z", None])]
    customer_id = max(1, key - draw.choice([0, 0, 1]))
    return (
        key,
        customer_id,
        True,
        None,
        None,
        *place,
        *traits,
        draw.choice([7, 8, None]),
        draw.choice([1, 2, None]),
    )


def _product(draw: random.Random, key: int) -> tuple[Any, ...]:
    path = [
        draw.choice(["home", "food", None]),
        draw.choice(["a,b", "tea", None]),
        draw.choice(["red", None]),
    ]
    return (key, key, True, None, None, *path, f"P-{key % 9}", f"name {key % 9}")


def _order(draw: random.Random, order: int, dates: int, customers: list[tuple[Any, ...]]) -> tuple[Any, ...]:
    customer = draw.choice(customers)
    currency = draw.choices([826, 410], weights=[9, 1])[0]
    return (
        order,
        draw.randrange(dates),
        customer[0],
        customer[1],
        draw.randrange(4),
        draw.randrange(3),
        currency,
    )


def _line(draw: random.Random, line: int, order: tuple[Any, ...], products: int) -> tuple[Any, ...]:
    (order_id, day, customer_key, customer_id, channel, branch, currency) = order
    gross, discount = (
        Decimal(draw.randrange(-50_000, 900_000)).scaleb(-4),
        Decimal(draw.randrange(0, 900)).scaleb(-2),
    )
    cost = draw.choice([None, Decimal(draw.randrange(0, 100_000)).scaleb(-4)])
    net = gross - discount
    return (
        *(
            line,
            order_id,
            day,
            customer_key,
            customer_id,
            draw.randrange(products),
            channel,
            branch,
            currency,
        ),
        *(draw.choices(range(1, 6), weights=[12, 1, 3, 2, 1])[0], int(customer_id != 0)),
        *(Decimal(draw.randrange(-4000, 9000)).scaleb(-3), gross, discount, net),
        *(cost, None if cost is None else net - cost),
    )


def random_engine(rows: dict[Table, list[tuple[Any, ...]]]) -> DuckDB:
    """The rows in memory."""
    engine = DuckDB(threads=1)
    engine.create_tables(star.metadata)
    for table, given in rows.items():
        insert(engine, table, given)
    return engine


def flat(rows: dict[Table, list[tuple[Any, ...]]]) -> pd.DataFrame:
    """One row a fact, with the columns of every dimension as `table.column`; null is None."""

    def frame(table: Table) -> pd.DataFrame:
        names = [f"{table.name}.{column}" for column in table.columns.keys()]  # noqa: SIM118 (columns iterate as columns)
        return pd.DataFrame(whole(table, rows[table]), columns=names, dtype=object)

    joined = frame(star.sales)
    for table in rows:
        key = f"{table.name}_key"
        if table is not star.sales and key in star.sales.c:
            joined = joined.merge(frame(table), left_on=f"sales.{key}", right_on=f"{table.name}.{key}")
    return joined.astype(object).where(joined.notna(), None)
