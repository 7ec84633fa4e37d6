"""The real data: a million rows of two overlapping files give the published figures, twice, in little memory."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from api.importing.run import run_import
from api.scoring import score
from domain.db import engine as make_engine
from domain.postgres import Server
from olap.browser import Browser
from olap.mining.facts import facts_of
from olap.mining.rfm import score_customers
from olap.mining.schemes import Scheme, Thresholds
from tests.olap.mining import by_hand
from tests.olap.small_star import SmallCube
from tests.olap.store.shop import open_cube
from tests.retail import MAPPING, Retail

SALES = """
    SELECT count(*) AS lines, count(DISTINCT order_id) AS orders, count(DISTINCT customer_id) AS customers,
           round(sum(net_revenue), 2) AS revenue
    FROM mart.sales JOIN mart.line_kind USING (line_kind_key) JOIN mart.known USING (known_key)
    WHERE kind = 'sale' AND known = 'yes'
"""


SHOWN = """
    INSERT INTO rfm_schemes (name, valid_from, currency, method, anchor, levels, frequency_months, recency_2_months,
                             recency_3_months, frequency_2_orders, frequency_3_orders, monetary_2_above,
                             monetary_3_from)
    VALUES ('gbp', '0001-01-01', 'GBP', 'THRESHOLDS', 'LAST_ORDER', 3, 3, 3, 2, 2, 3, 200, 500);
    UPDATE company SET rfm_scheme = 'gbp'
"""
"""The scheme of `_scored`, by which the company's cube shows its customers."""

_BOUGHT = """
    WITH bought AS (
        SELECT o.id, o.customer_id, o.ordered_at AT TIME ZONE c.time_zone AS at FROM orders o CROSS JOIN company c
        WHERE o.customer_id IS NOT NULL
          AND EXISTS (SELECT FROM order_lines l WHERE l.order_id = o.id AND l.kind = 'SALE')
    ), firsts AS (SELECT customer_id, date_trunc('month', min(at)) AS cohort FROM bought GROUP BY 1)
"""

BY_MONTH = f"""{_BOUGHT}
    SELECT extract(year FROM at)::int, extract(month FROM at)::int, count(DISTINCT customer_id), count(*),
           count(DISTINCT customer_id) FILTER (WHERE cohort = date_trunc('month', at))
    FROM bought JOIN firsts USING (customer_id) GROUP BY 1, 2 ORDER BY 1, 2
"""

RETENTION = f"""{_BOUGHT}, active AS (
        SELECT cohort, (extract(year FROM at) - extract(year FROM cohort))::int * 12
               + (extract(month FROM at) - extract(month FROM cohort))::int AS k, count(DISTINCT customer_id) AS active
        FROM bought JOIN firsts USING (customer_id) GROUP BY 1, 2
    )
    SELECT extract(year FROM cohort)::int, extract(month FROM cohort)::int, k, active,
           active::float8 / (SELECT count(*) FROM firsts f WHERE f.cohort = active.cohort)
    FROM active ORDER BY 1, 2, 3
"""


def _months(database: str) -> dict[str, list[tuple[Any, ...]]]:
    """What the cube of customers says of the company's two years."""
    with open_cube(database) as cube:
        browser = Browser("customers", SmallCube(cube.engine))

        def asked(
            names: list[str], drilldown: list[str], cell: str, refs: list[str]
        ) -> list[tuple[Any, ...]]:
            answer = browser.aggregate(cell=cell, drilldown=drilldown, aggregates=names)
            return [tuple(row[ref] for ref in (*refs, *names)) for row in answer.cells or [answer.summary]]

        scores = ["rfm_recency", "rfm_frequency", "rfm_monetary"]
        months, cohorts = ["date.year", "date.month"], ["cohort.year", "cohort.month", "months_since"]
        two_years = "date@ymd:2009,12-2011,12"
        retention = asked(["active", "retention"], ["cohort@ymd:month", "months_since"], two_years, cohorts)
        return {
            "cells": asked(["customers"], scores, "date@ymd:2011,12", scores),
            "habits": asked(["buyers", "repeat_rate", "frequency"], [], two_years, []),
            "months": asked(["active", "orders", "new"], ["date@ymd:month"], two_years, months),
            "retention": [row for row in retention if row[3]],
        }


@pytest.fixture
def database(retail: Retail, server: Server, admin: Callable[[str], None]) -> Iterator[str]:
    """The URL of a copy of the real data."""
    admin("CREATE DATABASE retail_copy TEMPLATE retail STRATEGY file_copy")
    yield server.url("retail_copy")
    admin("DROP DATABASE retail_copy WITH (FORCE)")


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
    async def test_the_figures_are_those_of_the_manifest(self, database: str, retail: Retail) -> None:
        again = await run_import(database, MAPPING, retail.files)

        assert retail.peak < 500, f"{retail.peak} MiB"
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
        assert await asyncio.to_thread(_scored, database) == rfm
        assert ("1", "3", "3") in {row[1:4] for row in rfm}
        for statement in SHOWN.split(";"):
            await connection.execute(statement)
        engine = make_engine(database)
        await score(
            engine, database, now=datetime(2012, 1, 1, tzinfo=UTC), on=date(2011, 12, 9), scheme="gbp"
        )
        await engine.dispose()
        found = await asyncio.to_thread(_months, database)
        cells = Counter(tuple(map(int, row[1:4])) for row in rfm)
        assert {cell[:3]: cell[3] for cell in found["cells"]} == cells
        ((customers, repeat_rate, frequency),) = found["habits"]
        assert (customers, round(repeat_rate, 6), round(frequency, 4)) == (5_878, 0.723886, 6.2894)
        by_month = [tuple(row) for row in await connection.fetch(BY_MONTH)]
        assert found["months"] == by_month
        assert found["retention"] == [tuple(row) for row in await connection.fetch(RETENTION)]
        await connection.close()
