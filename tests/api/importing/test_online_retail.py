"""The real data: a million rows of two overlapping files give the published figures, twice, in little memory."""

import asyncio
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import asyncpg
import pytest

from api.importing.run import run_import
from olap.mining.facts import facts_of
from olap.mining.rfm import score_customers
from olap.mining.schemes import Scheme, Thresholds
from tests.olap.mining import by_hand

MAPPING = Path(__file__).resolve().parents[3] / "examples" / "online_retail.toml"

SALES = """
    SELECT count(*) AS lines, count(DISTINCT order_id) AS orders, count(DISTINCT customer_id) AS customers,
           round(sum(net_revenue), 2) AS revenue
    FROM mart.sales JOIN mart.line_kind USING (line_kind_key) JOIN mart.known USING (known_key)
    WHERE kind = 'sale' AND known = 'yes'
"""


@pytest.fixture
def files(shared_data: Path) -> list[Path]:
    folder = shared_data / "online_retail_ii"
    return [folder / "year_2009_2010.parquet", folder / "year_2010_2011.parquet"]


def _scored(database: str) -> list[tuple[str, ...]]:
    bounds = Thresholds(
        recency_2_months=3,
        recency_3_months=2,
        frequency_2_orders=2,
        frequency_3_orders=3,
        monetary_2_above=Decimal(200),
        monetary_3_from=Decimal(500),
    )
    scheme = Scheme(currency="GBP", frequency_months=3, at_last_order=True, by=bounds)
    with facts_of(database) as facts:
        found = score_customers(facts, scheme, date(2011, 12, 9)).sort_by("customer_id")
    return [tuple(map(str, row.values())) for row in found.to_pylist()]


@pytest.mark.slow
class TestOnlineRetail:
    async def test_the_figures_are_those_of_the_manifest(self, database: str, files: list[Path]) -> None:
        command = [
            sys.executable,
            "-m",
            "tests.api.importing.importer",
            database,
            str(MAPPING),
            *map(str, files),
        ]
        done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=True)
        again = await run_import(database, MAPPING, files)

        peak = int(done.stdout.split()[-1])
        assert peak < 500, f"{peak} MiB"
        assert (again.rows_read, again.rows_taken, again.rows_filtered) == (1_067_370, 1_044_847, 22_523)
        assert (again.orders.unchanged, again.customers.unchanged, again.products.unchanged) == (
            53_628,
            5_942,
            5_305,
        )
        assert (again.orders.total, again.rows_rejected, again.events) == (53_628, 0, 0)
        connection = await asyncpg.connect(database)
        assert [tuple(row) for row in await connection.fetch(SALES)] == [
            (791_044, 36_969, 5_878, Decimal("17431533.18"))
        ]
        assert await connection.fetchval("SELECT count(*) FROM order_lines") == 1_044_847
        kinds = await connection.fetch("SELECT kind, count(*) FROM order_lines GROUP BY kind ORDER BY kind")
        assert [tuple(row) for row in kinds] == [
            ("ADJUSTMENT", 6),
            ("FREE", 2_631),
            ("RETURN", 22_558),
            ("SALE", 1_019_652),
        ]
        hand = by_hand.THRESHOLDS.format(
            tau="2011-12-09", currency="GBP", months=3, end="b.last_on", low=200, high=500
        )
        rfm = [tuple(map(str, row)) for row in await connection.fetch(hand)]
        await connection.close()
        assert await asyncio.to_thread(_scored, database) == rfm
        assert ("1", "3", "3") in {row[1:4] for row in rfm}
