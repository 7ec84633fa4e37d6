"""A segment of 6 conditions over 1 million customers with 3 million order lines: on Postgres and over the star.

Goals: preview 1 s, refresh 5 s. The store is an embedded server of its own with its ordinary settings (fsync on), which
is gone afterwards. A preview counts and shows ten; a refresh writes who enters and leaves; the second one finds that
nothing has changed.
"""

import asyncio
import os
import shutil
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import asyncpg

from domain.access import SYSTEM
from domain.db import BULK_SETTINGS, Session, engine, run
from domain.postgres import discard, running
from domain.segments.commands import create_segment
from domain.segments.preview import preview
from domain.segments.refresh import refresh_segment
from domain.selection import ids
from migrations.command import upgrade
from olap.engines.duckdb import DuckDB
from olap.mining.facts import OF_SEGMENTS, facts_of
from olap.mining.segments import members

PREVIEW, REFRESH = 1.0, 5.0
NOW = datetime(2026, 1, 1, 3, 0, tzinfo=UTC)

RULE: dict[str, Any] = {
    "all": [
        {"trait": {"name": "REGION", "in": ["서울", "부산"]}},
        {"orders": {"atLeast": 1, "days": 365}},
        {"revenue": {"currency": "KRW", "atLeast": "50000"}},
        {"recency": {"atMost": 300}},
        {"not": {"lifecycle": ["LAPSED"]}},
        {"any": [{"bought": {"productId": ids.made("Product", 1)}}, {"orders": {"atLeast": 3}}]},
    ]
}

FILL = """
    SET session_replication_role = replica;
    INSERT INTO products (id, code, name) SELECT i, 'p' || i, 'p' FROM generate_series(1, 100) i;
    INSERT INTO customers (id, name, region, lifecycle_stage)
    SELECT i, 'c', (ARRAY['서울', '부산', '대구', '광주'])[1 + i % 4], (ARRAY['NEW', 'LOYAL', 'LAPSED'])[1 + i % 3]
    FROM generate_series(1, 1000000) i;
    INSERT INTO customer_versions (customer_id, valid_from, region)
    SELECT id, '0001-01-01 00:00+00', region FROM customers;
    INSERT INTO product_versions (product_id, valid_from) SELECT id, '0001-01-01 00:00+00' FROM products;
    INSERT INTO orders (id, source_system, source_id, number, customer_id, ordered_at, currency)
    SELECT i, 'b', i, i, 1 + floor(1000000 * power(random(), 2))::int,
           timestamptz '2024-01-01' + i * interval '42 seconds', 'KRW'
    FROM generate_series(1, 1500000) i;
    INSERT INTO order_lines (order_id, position, kind, product_id, quantity, unit_price)
    SELECT i, p, 'SALE', 1 + (i * 7 + p) % 100, 1, 1000 + (i % 97) * 1000
    FROM generate_series(1, 1500000) i, generate_series(1, 2) p;
    ANALYZE
"""


async def fill(url: str) -> None:
    """The company stands."""
    connection = await asyncpg.connect(url)
    for statement in FILL.split(";\n"):
        await connection.execute(statement)
    await connection.close()


async def on_postgres(url: str) -> dict[str, float]:
    """Seconds of a preview, of the first refresh and of one that finds nothing new."""
    commands = engine(url, pool_size=1, settings={**BULK_SETTINGS, "work_mem": "64MB"})

    async def seen(session: Session) -> int:
        return (await preview(session, RULE, actor=SYSTEM, now=NOW, sample=10)).count

    async def made(session: Session) -> int:
        return await create_segment(session, {"name": "bench", "rule": RULE}, now=NOW)

    took: dict[str, float] = {}
    try:
        for name, work in (("preview", seen), ("refresh", made)):
            begun = time.perf_counter()
            found = await run(commands, work, origin="bench")
            took[name] = time.perf_counter() - begun
            print(f"Postgres, {name}: {took[name]:.2f} s ({found:,})", flush=True)
        begun = time.perf_counter()
        await run(commands, lambda session: refresh_segment(session, found, now=NOW), origin="bench")
        print(f"Postgres, refresh of what has not changed: {time.perf_counter() - begun:.2f} s", flush=True)
    finally:
        await commands.dispose()
    return took


def over_star(facts: DuckDB) -> float:
    """Seconds until the keys of all members are there; the better of two."""
    best = float("inf")
    for _ in range(2):
        begun, worked = time.perf_counter(), time.process_time()
        found = facts.fetch(members(RULE, date(2026, 1, 1))).num_rows
        best = min(best, time.perf_counter() - begun)
        print(f"star, all members: {found:,}, CPU {time.process_time() - worked:.2f} s", flush=True)
    print(f"star, best: {best:.2f} s")
    return best


def main() -> int:
    """Print the figures; 1 where neither way meets the goal of the preview, or the refresh misses its own."""
    folder = Path(tempfile.mkdtemp(prefix="dangol-bench-"))
    if os.geteuid() == 0:
        folder.chmod(0o711)
    try:
        with running(folder / "data") as server:
            upgrade(server.url())
            asyncio.run(fill(server.url()))
            took = asyncio.run(on_postgres(server.url()))
            with facts_of(server.url(), OF_SEGMENTS) as facts:
                star = over_star(facts)
    finally:
        discard(folder / "data")
        shutil.rmtree(folder, ignore_errors=True)
    met = min(took["preview"], star) < PREVIEW and took["refresh"] < REFRESH
    print(f"goals {PREVIEW:.0f} s and {REFRESH:.0f} s: {'met' if met else 'missed'}")
    return int(not met)


if __name__ == "__main__":
    sys.exit(main())
