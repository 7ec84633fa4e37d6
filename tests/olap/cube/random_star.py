"""A star of random facts, seeded, and the same facts as one flat pandas frame for an oracle to count in."""

import random
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
from sqlalchemy import Table

from olap import star
from olap.engines.duckdb import DuckDB
from tests.olap.small_star import BRANCHES, CHANNELS, CURRENCIES, KINDS, KNOWN, ODD, insert, whole

FACTS = 400
OPEN = 99_999_999
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
    ids = sorted({customer[1] for customer in customers[1:]})
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
        **told_by_days(draw, ids, range(1, len(dates))),
    }


def told_by_days(
    draw: random.Random, ids: Sequence[int], days: range, first: date | None = None
) -> dict[Table, list[tuple[Any, ...]]]:
    """What customers were found to be from which of the days on: some never, some no more. Keys of days count from
    the first one, which is 1, if that is given."""

    def midnight(day: int) -> datetime | None:
        if first is None or day == OPEN:
            return None
        return datetime.combine(first + timedelta(days=day - 1), time(), UTC)

    def times(found: Callable[[], tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = [(0, 0, True, None, None, 0, OPEN)]
        for customer in ids:
            begins = sorted(draw.sample(days, draw.randrange(4)))
            ends = [*begins[1:], draw.choice([OPEN, days.stop])]
            for begin, end in zip(begins, ends, strict=False):
                when = (midnight(begin), midnight(end), begin, end)
                rows.append((len(rows), customer, end == OPEN, *when, *found()))
        return rows

    return {
        star.table_of("customer_rfm"): times(lambda: _scores(draw)),
        star.table_of("customer_stage"): times(lambda: (draw.choice(["new", "loyal", "at_risk"]),)),
    }


def _scores(draw: random.Random) -> tuple[Any, ...]:
    scores = [draw.randrange(1, 4) for _ in range(3)]
    return (*scores, "".join(map(str, scores)))


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
        elif star.is_daily(table):
            joined = _on_their_days(joined, frame(table), table.name)
    return joined.astype(object).where(joined.notna(), None)


def _on_their_days(facts: pd.DataFrame, times: pd.DataFrame, table: str) -> pd.DataFrame:
    """Beside each fact the row of its customer's time that holds its day, or nothing."""
    pairs = facts[["sales.line_id", "sales.customer_id", "sales.date_key"]].merge(
        times, left_on="sales.customer_id", right_on=f"{table}.customer_id"
    )
    day = pairs["sales.date_key"]
    inside = pairs[(pairs[f"{table}.from_key"] <= day) & (day < pairs[f"{table}.to_key"])]
    return facts.merge(
        inside.drop(columns=["sales.customer_id", "sales.date_key"]), on="sales.line_id", how="left"
    )
