"""The cube's first build, a verification, and how soon a committed change shows. Goals: 5 s for a million lines, 60 s
for ten million (`--lines 10000000`); 1 s.

A generated shop on an embedded Postgres as it is served (fsync on). The build is also set against its limit: the
same rows merely read through ADBC and thrown away.
"""

import argparse
import os
import resource
import shutil
import statistics
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import adbc_driver_postgresql.dbapi as adbc
from sqlalchemy import func, select

from domain.postgres import discard, running
from migrations.command import upgrade
from olap import source, star
from olap.owner.deeds import rebuild
from olap.store import Store, open_store

BUILD_GOAL, VISIBLE_GOAL = 5.0, 1.0
TEN_MILLION_GOAL = 60.0
LINES_AN_ORDER = 20
WRITES_A_SECOND = 50
FIRST = 1_000_000_000

SHOP = """
    INSERT INTO branches (code, name, region, kind)
        SELECT 'B' || i, 'Branch ' || i, 'Region ' || i % 5, 'SHOP' FROM generate_series(1, 40) i;
    INSERT INTO categories (name) SELECT 'Department ' || i FROM generate_series(1, 8) i;
    INSERT INTO categories (parent_id, name) SELECT 1 + i % 8, 'Category ' || i FROM generate_series(1, 60) i;
    INSERT INTO categories (parent_id, name) SELECT 9 + i % 60, 'Subcategory ' || i FROM generate_series(1, 200) i;
    INSERT INTO products (code, name, category_id)
        SELECT 'P' || i, 'Product ' || i, 69 + i % 200 FROM generate_series(1, 5000) i;
    INSERT INTO customers (name, gender, country, region, district, occupation, wealth_band, home_branch_id)
        SELECT 'C' || i, (ARRAY['FEMALE', 'MALE', 'OTHER'])[1 + i % 3], 'KR', 'Region ' || i % 17,
               'District ' || i % 200, 'Job ' || i % 20, 'W' || i % 5, 1 + i % 40
        FROM generate_series(1, {customers}) i;
    INSERT INTO orders (source_system, source_id, number, customer_id, branch_id, channel, ordered_at, currency)
        SELECT 'bench', i, i, CASE WHEN i % 5 > 0 THEN 1 + (i * 7919::bigint) % {customers} END, 1 + i % 40,
               (ARRAY['STORE', 'WEB', 'MOBILE'])[1 + i % 3],
               timestamptz '{since}' + i * interval '{years} years' / {orders}, 'GBP'
        FROM generate_series(1, {orders}) i;
    INSERT INTO order_lines (order_id, position, kind, product_id, quantity, unit_price, unit_cost)
        SELECT o.id, p, (ARRAY['SALE', 'SALE', 'SALE', 'SALE', 'SALE', 'SALE', 'SALE', 'SALE', 'RETURN', 'FREE'])
                   [1 + (o.id + p) % 10],
               1 + (o.id * 31 + p * 17) % 5000, 1 + (o.id + p) % 7, (o.id * p) % 10000 / 100.0,
               CASE WHEN p % 2 = 0 THEN 1.2345 END
        FROM orders o, generate_series(1, {lines_an_order}) p
"""

ORDER = """
    INSERT INTO orders (id, source_system, source_id, number, customer_id, channel, ordered_at, currency)
        VALUES ({id}, 'bench', 'w{id}', '{id}', 1 + {id} * 7919::bigint % {customers}, 'WEB', now(), 'GBP');
    INSERT INTO order_lines (order_id, position, kind, product_id, quantity, unit_price)
        SELECT {id}, p, 'SALE', 1 + ({id} + p) % 5000, 1, 9.99 FROM generate_series(1, 5) p
"""


def together(statements: str) -> str:
    """Several statements as the one that the driver takes."""
    return f"DO $body$ BEGIN {statements}; END $body$"


@dataclass(frozen=True)
class Company:
    """How many lines and customers in Postgres, and when they came."""

    lines: int
    customers: int
    since: str
    years: int

    def fill(self, url: str) -> None:
        told = {
            "orders": self.lines // LINES_AN_ORDER,
            "lines_an_order": LINES_AN_ORDER,
            "customers": self.customers,
            "since": self.since,
            "years": self.years,
        }
        with source.connect(url) as connection:
            source.execute(connection, together(SHOP.format(**told)))
            source.execute(connection, "ANALYZE")


def wholesaler(lines: int) -> Company:
    """As Online Retail II: 6,000 customers of two years, who buy a million lines."""
    return Company(lines, customers=6_000, since="2009-12-01", years=2)


def retailer(lines: int) -> Company:
    """As the star: a customer for 30 lines, 2019 to 2025. Each has a row for each month since he came."""
    return Company(lines, customers=max(1_000, lines // 30), since="2019-01-01", years=7)


def bare_read(url: str) -> float:
    """Seconds to read all sales and throw them away: what no build can beat."""
    began = time.monotonic()
    with source.connect(url) as connection, source.stream(connection, source.view(star.sales)) as reader:
        for _ in reader:
            pass
    return time.monotonic() - began


def write(url: str, customers: int, committed: dict[int, float], seconds: float) -> None:
    """Orders are placed at an even pace; each with the time of its commit."""
    began = time.monotonic()
    with adbc.connect(url, autocommit=True) as connection:
        for number in range(int(seconds * WRITES_A_SECOND)):
            time.sleep(max(0.0, began + number / WRITES_A_SECOND - time.monotonic()))
            source.execute(connection, together(ORDER.format(id=FIRST + number, customers=customers)))
            committed[FIRST + number] = time.monotonic()


def latencies(url: str, store: Store, seconds: float, customers: int) -> list[float]:
    """Seconds from each order's commit until a query of the cube shows it."""
    committed: dict[int, float] = {}
    seen: dict[int, float] = {}
    writer = threading.Thread(target=write, args=(url, customers, committed, seconds))
    newest = select(func.max(star.sales.c.order_id).label("id"))
    last = FIRST - 1
    writer.start()
    while writer.is_alive() or last < max(committed):
        shown = store.engine.fetch(newest, {}).to_pylist()[0]["id"]
        seen.update(dict.fromkeys(range(last + 1, shown + 1), time.monotonic()))
        last = max(last, shown)
        time.sleep(0.005)
    return sorted(max(0.0, seen[number] - committed[number]) for number in committed)


def line(what: str, seconds: float, goal: float | None = None) -> bool:
    verdict = "" if goal is None else f"  (at most {goal:.0f} s)  {'ok' if seconds <= goal else 'MISSED'}"
    print(f"{what:<48} {seconds:8.3f} s{verdict}", flush=True)
    return goal is None or seconds <= goal


def measure(url: str, path: Path, company: Company, seconds: float) -> bool:
    lines = company.lines
    company.fill(url)
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    read = bare_read(url)
    built = rebuild(url, path)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    line(f"{built.rows['sales']:,} lines merely read", read)
    goal = BUILD_GOAL if lines < 2_000_000 else TEN_MILLION_GOAL * lines / 10_000_000
    met = [line("first build of the cube", built.seconds, goal)]
    print(f"{'build / bare read':<48} {built.seconds / read:8.2f}")
    print(f"{'lines a second; our peak memory':<48} {lines / built.seconds:8,.0f}   {peak:.0f} MB")
    with open_store(url, path) as store:
        began = time.monotonic()
        report = store.verify()
        line("verification", time.monotonic() - began)
        met.append(not report.differences)
        took = latencies(url, store, seconds, company.customers)
        print(f"{len(took)} orders, {WRITES_A_SECOND} a second: from commit to answer")
        line("  p50", statistics.median(took))
        line("  p99", took[int(len(took) * 0.99)])
        met.append(line("  max", took[-1], VISIBLE_GOAL))
        report = store.verify()
        print(report.text())
        met.append(not report.differences)
    print(f"{'the file':<48} {path.stat().st_size / 2**20:8.0f} MB")
    return all(met)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--lines", type=int, default=1_050_000)
    options.add_argument("--retailer", action="store_true", help="a customer for 30 lines, seven years")
    options.add_argument("--seconds", type=float, default=20.0, help="how long to write")
    asked = options.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="dangol-bench-"))
    try:
        with running(folder) as server:
            url = server.url("postgres")
            upgrade(url)
            company = (retailer if asked.retailer else wholesaler)(asked.lines)
            met = measure(url, folder / "cube.duckdb", company, asked.seconds)
        return 0 if met else 1
    finally:
        discard(folder)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    raise SystemExit(main())
