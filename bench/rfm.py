"""RFM of 1 million customers with 30 million order lines, over a generated star: seconds and memory.

Goal: 10 s. The star is made by DuckDB itself, in a file in a folder of its own that is gone afterwards; 10 million
orders of 3 lines each in four years, more of them with some customers than with others.
"""

import resource
import shutil
import sys
import tempfile
import time
from datetime import date
from decimal import Decimal
from pathlib import Path

from olap import star
from olap.engines.duckdb import DuckDB
from olap.mining.rfm import score_customers
from olap.mining.schemes import Quantiles, Scheme, Thresholds

GOAL = 10.0
CUSTOMERS, ORDERS, LINES = 1_000_000, 10_000_000, 3
TAU = date(2025, 12, 31)

MAKE = (
    """
    INSERT INTO date (date_key, on_date, year, quarter, month, day, iso_year, iso_week, weekday)
    SELECT CAST(strftime(d, '%Y%m%d') AS INTEGER), d, year(d), quarter(d), month(d), day(d),
           isoyear(d), week(d), isodow(d)
    FROM (SELECT CAST(unnest(generate_series(DATE '2022-01-01', DATE '2025-12-31', INTERVAL 1 DAY)) AS DATE) AS d)
    """,
    "INSERT INTO line_kind VALUES (1, 'sale'), (2, 'free'), (3, 'return')",
    "INSERT INTO currency VALUES (410, 'KRW', 0)",
    f"""
    INSERT INTO customer (customer_key, customer_id, is_current) SELECT i, i, true FROM range(1, {CUSTOMERS + 1}) t(i)
    """,
    f"""
    INSERT INTO sales (
        line_id, order_id, date_key, customer_key, customer_id, product_key, channel_key, branch_key, currency_key,
        line_kind_key, known_key, quantity, gross, discount, net_revenue, agent_key, age_key
    )
    SELECT o.id * {LINES} + p, o.id, o.date_key, o.customer_id, o.customer_id, 1 + hash(o.id, p) % 10000, 1, 1, 410,
           CASE WHEN hash(p, o.id) % 20 = 0 AND p > 0 THEN 3 ELSE 1 END, 1, 1, price, 0, price, 0, 0
    FROM (
        SELECT i AS id,
               1 + CAST(floor({CUSTOMERS} * pow((hash(i) % 1000003) / 1000003.0, 2)) AS BIGINT) AS customer_id,
               CAST(strftime(DATE '2022-01-01' + CAST(i * 1461 // {ORDERS} AS INTEGER), '%Y%m%d') AS INTEGER)
                   AS date_key
        FROM range({ORDERS}) t(i)
    ) o, range({LINES}) l(p), LATERAL (SELECT CAST(hash(o.id * 7 + p) % 200000 AS DECIMAL(19, 4)) AS price)
    """,
)

BOUNDS = Thresholds(
    recency_2_months=3,
    recency_3_months=2,
    frequency_2_orders=2,
    frequency_3_orders=3,
    monetary_2_above=Decimal(100_000),
    monetary_3_from=Decimal(500_000),
)
SCHEMES = {
    "default": Scheme(currency="KRW", frequency_months=3, at_last_order=True, by=BOUNDS),
    "anchored at the day": Scheme(currency="KRW", frequency_months=3, at_last_order=False, by=BOUNDS),
    "quantiles 1 to 5": Scheme(
        currency="KRW", frequency_months=3, at_last_order=True, by=Quantiles(levels=5)
    ),
}


def generate(engine: DuckDB) -> None:
    """The star stands, filled."""
    engine.create_tables(star.metadata)
    with engine.transaction() as cursor:
        for statement in MAKE:
            cursor.execute(statement)


def main() -> int:
    """Print seconds and memory for each scheme; 1 where the default one misses the goal."""
    folder = Path(tempfile.mkdtemp(prefix="dangol-bench-"))
    took = {}
    try:
        with DuckDB(folder / "star.duckdb") as engine:
            generate(engine)
            before = _peak()
            for name, scheme in SCHEMES.items():
                begun, worked = time.perf_counter(), time.process_time()
                rows = score_customers(engine, scheme, TAU).num_rows
                took[name] = time.perf_counter() - begun
                cpu = time.process_time() - worked
                memory = f"peak {_peak():,} MB (star: {before:,})"
                print(
                    f"{name:20} {rows:>9,} customers {took[name]:6.1f} s, CPU {cpu:5.1f} s, {memory}",
                    flush=True,
                )
    finally:
        shutil.rmtree(folder)
    print(f"goal {GOAL:.0f} s: {'met' if took['default'] < GOAL else 'missed'}")
    return int(took["default"] >= GOAL)


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    sys.exit(main())
