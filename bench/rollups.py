"""Rollups on a generated star of 6 million lines and 200,000 customers: what they take, give and cost to keep.

Each question is asked of the facts and of the rollup in turn; both answers must be equal. Goal: exact distinct
customers by year in at most 20 ms. Then orders of three past days come in late, and every rollup is level with them in
the transaction that brings them.
"""

import argparse
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bench.star import Size, generate
from olap import ask, star
from olap.engines.duckdb import DuckDB
from olap.plan import NONE
from olap.request import AggregateRequest, Texts, aggregate_request
from olap.result import AggregateResult
from olap.rollups import kept, proof
from olap.vocabulary import model_of

GOAL = 20.0
"""Milliseconds for the distinct customers of each year."""
CUSTOMERS = "distinct customers by year"
QUESTIONS = {
    "year x channel: revenue, orders": ("date:year|channel:channel", "net_revenue|orders"),
    "year x country: revenue, orders, margin rate": (
        "date:year|customer:country",
        "net_revenue|orders|margin_rate",
    ),
    "month x category: revenue": ("date:month|product:category", "net_revenue"),
    CUSTOMERS: ("date:year", "customers"),
    "distinct customers by month": ("date:month", "customers"),
    "frequency by year": ("date:year", "frequency"),
}
FIRST = 1_000_000_000
LATE_ORDERS = 30
DAYS = (20_240_301, 20_240_302, 20_240_303)
LATE = """
    INSERT INTO sales SELECT * REPLACE (line_id + {first} AS line_id, {first} + order_id % {orders} AS order_id,
                                        {day} AS date_key)
    FROM sales WHERE order_id BETWEEN {at} AND {at} + {orders} - 1
"""


def question(drilldown: str, aggregates: str) -> AggregateRequest:
    texts = Texts(drilldown=[drilldown], aggregates=[aggregates])
    return aggregate_request(model_of("sales"), texts, now=datetime(2025, 12, 31, tzinfo=UTC), language="en")


def timed(work: Callable[[], AggregateResult]) -> tuple[float, AggregateResult]:
    """Milliseconds, and the answer."""
    began = time.perf_counter()
    found = work()
    return (time.perf_counter() - began) * 1000, found


def compare(engine: DuckDB, name: str, asked: AggregateRequest, rounds: int) -> float:
    """Facts and rollup in turn; the median of the rollup's milliseconds."""
    standing = dict(engine.rollups)
    took: dict[bool, list[float]] = {False: [], True: []}
    answers: dict[bool, AggregateResult] = {}
    for _ in range(rounds):
        for rolled in (False, True):
            engine.rollups = standing if rolled else {}
            spent, answers[rolled] = timed(lambda: ask.aggregate(engine, model_of("sales"), asked, NONE))
            took[rolled].append(spent)
    engine.rollups = standing
    if answers[True].cells != answers[False].cells or answers[True].summary != answers[False].summary:
        raise SystemExit(f"{name}: the rollup's answer is another one")
    facts, rollup = (statistics.median(took[rolled]) for rolled in (False, True))
    print(f"{name:<46} {facts:8.1f} {rollup:8.1f} {facts / rollup:7.1f}x  {answers[True].rollup}", flush=True)
    return min(took[True])


def late(engine: DuckDB, at: int) -> tuple[float, float]:
    """Milliseconds of a transaction that brings orders of three past days, and those of the rollups in it."""
    began = time.perf_counter()
    with engine.transaction() as cursor:
        with kept.facts_change(cursor, star.sales, "order_id", range(FIRST * at, FIRST * at + LATE_ORDERS)):
            opened = time.perf_counter()
            cursor.execute(LATE.format(first=FIRST * at, orders=LATE_ORDERS, at=at, day=DAYS[at % 3]))
            written = time.perf_counter()
        levelled = time.perf_counter()
    ended = time.perf_counter()
    return (ended - began) * 1000, (opened - began + levelled - written) * 1000


def measure(path: Path, size: Size, rounds: int) -> bool:
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with DuckDB(path, memory_limit="4GB") as engine:
        generate(engine, size)
        for name, rows in engine.rollups.items():
            print(f"{name:<46} {rows:12,} rows")
        with engine.transaction() as cursor:
            began = time.perf_counter()
            kept.build(cursor)
            print(f"{'all of them built':<46} {time.perf_counter() - began:8.1f} s")
        print(f"{'milliseconds (median)':<46} {'facts':>8} {'rollup':>8}")
        best = {name: compare(engine, name, question(*asked), rounds) for name, asked in QUESTIONS.items()}
        took = [late(engine, at) for at in range(1, 2 * rounds)]
        whole, kept_in = (statistics.median(each) for each in zip(*took, strict=True))
        print(f"{f'{LATE_ORDERS} late orders: whole transaction':<46} {whole:8.1f} ms")
        print(f"{'  of it keeping the rollups':<46} {kept_in:8.1f} ms")
        with engine.reading() as cursor:
            differences = [each.text() for each in proof.differences(cursor)]
        print(f"{'cells that are not what the facts give':<46} {len(differences):8}")
    met = best[CUSTOMERS] <= GOAL
    print(f"{CUSTOMERS:<46} {best[CUSTOMERS]:8.1f} ms  (at most {GOAL:.0f})  {'ok' if met else 'MISSED'}")
    return met and not differences


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--scale", type=float, default=1.0, help="1: 6 million lines")
    options.add_argument("--rounds", type=int, default=5)
    asked = options.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="dangol-bench-"))
    try:
        return 0 if measure(folder / "star.duckdb", Size().times(asked.scale), asked.rounds) else 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    raise SystemExit(main())
