"""A segment of 6 conditions over 1 million customers with 3 million order lines, asked of a cube's cells.

Goals: preview 1 s, refresh 5 s. The store is an embedded server of its own with its ordinary settings (fsync on), which
is gone afterwards; the star is a copy of what a rule reads, with the rollup that every cube has. A preview counts and
shows ten; a refresh writes who enters and leaves; the second one finds that nothing has changed.
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
from sqlalchemy import TextClause, text

from domain import feed
from domain.db import BULK_SETTINGS, Session, engine, run
from domain.feed import Cursor
from domain.postgres import discard, running
from domain.segments.commands import create_segment
from domain.segments.elsewhere import Asked, Elsewhere, Found, refresh_by
from domain.selection import ids
from migrations.command import upgrade
from olap import star
from olap.dialect import DIALECT
from olap.engines.duckdb import DuckDB
from olap.engines.tables import create_table
from olap.freshness import Freshness
from olap.mining.asking import Rule, members_of, preview_of
from olap.mining.facts import OF_SEGMENTS, facts_of
from olap.rollups.cells import all_cells
from olap.rollups.declared import of_fact

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

FRESH = Freshness(watermark=0, lag_ms=0, fault=None)
ASKED = Rule(RULE, date(2026, 1, 1), ())
OF_CELLS = {
    **OF_SEGMENTS,
    star.sales: tuple(star.sales.c.keys()),
    star.known: tuple(star.known.c.keys()),
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


async def by(url: str, elsewhere: Elsewhere | None) -> dict[str, float]:
    """Seconds of the first refresh and of one that finds nothing new; the segment is gone afterwards."""
    commands = engine(url, pool_size=1, settings={**BULK_SETTINGS, "work_mem": "64MB"})

    async def made(session: Session) -> int:
        return await create_segment(session, {"name": "bench", "rule": RULE}, now=NOW, elsewhere=elsewhere)

    took: dict[str, float] = {}
    try:
        begun = time.perf_counter()
        found = await run(commands, made, origin="bench")
        took["refresh"] = time.perf_counter() - begun
        begun = time.perf_counter()
        await run(commands, lambda session: refresh_by(session, found, elsewhere, now=NOW), origin="bench")
        took["refresh of what has not changed"] = time.perf_counter() - begun
        await run(commands, lambda session: session.execute(_gone()), origin="bench")
    finally:
        await commands.dispose()
    return took


def _gone() -> TextClause:
    return text("DELETE FROM segments")


def rolled(facts: DuckDB) -> None:
    """The cells of (day, customer) stand, as in a cube."""
    (rollup,) = [each for each in of_fact("sales") if each.name == "day_customer"]
    with facts.transaction() as cursor:
        cursor.execute(create_table(rollup.table, DIALECT))
        cursor.execute(all_cells(rollup))
    facts.rollups = {rollup.table.name: 1}


def previewed(facts: DuckDB) -> float:
    """Seconds of a preview; the best of three."""
    best = float("inf")
    for _ in range(3):
        begun, worked = time.perf_counter(), time.process_time()
        count, _keys = preview_of(facts, FRESH, ASKED, None, sample=10)
        best = min(best, time.perf_counter() - begun)
        print(f"star, preview: {count:,}, CPU {time.process_time() - worked:.2f} s", flush=True)
    return best


def over(facts: DuckDB, since: Cursor) -> Elsewhere:
    """Asks the facts, as a process asks its cube."""

    async def ask(_: Asked) -> Found:
        return Found(list(members_of(facts, FRESH, ASKED)), since)

    return ask


async def _present(url: str) -> Cursor:
    commands = engine(url, pool_size=1)
    async with commands.connect() as connection:
        found = await feed.present(connection)
    await commands.dispose()
    return found


def main() -> int:
    """Print the figures; 1 where the cube's way misses a goal. `postgres` measures the way without a cube too."""
    folder = Path(tempfile.mkdtemp(prefix="dangol-bench-"))
    if os.geteuid() == 0:
        folder.chmod(0o711)
    try:
        with running(folder / "data") as server:
            upgrade(server.url())
            asyncio.run(fill(server.url()))
            since = asyncio.run(_present(server.url()))
            with facts_of(server.url(), OF_CELLS) as facts:
                rolled(facts)
                took = {"preview": previewed(facts), **asyncio.run(by(server.url(), over(facts, since)))}
            if "postgres" in sys.argv:
                for name, seconds in asyncio.run(by(server.url(), None)).items():
                    print(f"Postgres, {name}: {seconds:.2f} s", flush=True)
    finally:
        discard(folder / "data")
        shutil.rmtree(folder, ignore_errors=True)
    for name, seconds in took.items():
        print(f"cube, {name}: {seconds:.2f} s")
    met = took["preview"] < PREVIEW and took["refresh"] < REFRESH
    print(f"goals {PREVIEW:.0f} s and {REFRESH:.0f} s: {'met' if met else 'missed'}")
    return int(not met)


if __name__ == "__main__":
    sys.exit(main())
