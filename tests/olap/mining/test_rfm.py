"""RFM over the star equals hand-written SQL on Postgres, customer by customer."""

from datetime import date
from decimal import Decimal

import pytest

from olap.engines.duckdb import DuckDB
from olap.mining.rfm import score_customers
from olap.mining.schemes import Quantiles, Scheme, Thresholds
from tests.olap.mining import by_hand
from tests.olap.mining.conftest import Ask

BOUNDS = Thresholds(
    recency_2_months=3,
    recency_3_months=2,
    frequency_2_orders=2,
    frequency_3_orders=3,
    monetary_2_above=Decimal(100_000),
    monetary_3_from=Decimal(500_000),
)
LAST = Scheme(currency="KRW", frequency_months=3, at_last_order=True, by=BOUNDS)
AT_TAU = Scheme(currency="KRW", frequency_months=3, at_last_order=False, by=BOUNDS)

DAYS = [date(2024, 2, 29), date(2025, 5, 31), date(2025, 12, 31), date(2026, 3, 1)]


def _scored(facts: DuckDB, scheme: Scheme, tau: date) -> list[tuple[object, ...]]:
    rows = score_customers(facts, scheme, tau).sort_by("customer_id").to_pylist()
    return [tuple(None if v is None else str(v) for v in row.values()) for row in rows]


def _told(rows: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    return [tuple(None if v is None else str(v) for v in row) for row in rows]


def _cells(facts: DuckDB, scheme: Scheme, tau: date) -> dict[int, tuple[int, int, int]]:
    return {
        row["customer_id"]: (row["recency"], row["frequency"], row["monetary"])
        for row in score_customers(facts, scheme, tau).to_pylist()
    }


class TestAgainstHandWrittenSql:
    @pytest.mark.parametrize("tau", DAYS, ids=str)
    @pytest.mark.parametrize("at_last_order", [True, False], ids=["last", "tau"])
    def test_thresholds(self, facts: DuckDB, ask: Ask, tau: date, at_last_order: bool) -> None:
        scheme = LAST if at_last_order else AT_TAU
        end = "b.last_on" if at_last_order else f"date '{tau}'"

        found = _scored(facts, scheme, tau)

        query = by_hand.THRESHOLDS.format(
            tau=tau, currency="KRW", months=3, end=end, low=100_000, high=500_000
        )
        assert found == _told(ask(query))

    @pytest.mark.parametrize("levels", [2, 5])
    def test_quantiles(self, facts: DuckDB, ask: Ask, levels: int) -> None:
        tau = date(2025, 12, 31)
        scheme = Scheme(currency="USD", frequency_months=6, at_last_order=False, by=Quantiles(levels=levels))

        found = _scored(facts, scheme, tau)

        query = by_hand.QUANTILES.format(
            tau=tau, currency="USD", months=6, end=f"date '{tau}'", levels=levels
        )
        assert found == _told(ask(query))
        assert {row[1] for row in found} == {str(each) for each in range(1, levels + 1)}


class TestCells:
    def test_who_bought_often_and_dear_and_has_gone_quiet_has_a_cell(self, facts: DuckDB) -> None:
        assert _cells(facts, LAST, date(2025, 12, 31))[118] == (1, 3, 3)

    def test_anchored_at_the_day_the_quiet_have_not_ordered_often(self, facts: DuckDB) -> None:
        cells = set(_cells(facts, AT_TAU, date(2025, 12, 31)).values())

        assert {cell[:2] for cell in cells if cell[0] == 1} == {(1, 1)}

    def test_a_customer_without_orders_has_the_lowest_cell(self, facts: DuckDB) -> None:
        assert _cells(facts, LAST, date(2025, 12, 31))[115] == (1, 1, 1)

    def test_edges_belong_where_the_table_of_the_scheme_puts_them(self, facts: DuckDB) -> None:
        # Ordered on 1 August and 31 October in Seoul, 100,000 each: three months before 31 October end on 31 July.
        assert _cells(facts, LAST, date(2025, 12, 31))[119] == (3, 2, 1)
        assert _cells(facts, LAST, date(2026, 1, 1))[119] == (2, 2, 1)
        assert _cells(facts, LAST, date(2026, 2, 1))[119] == (1, 2, 1)

    def test_what_is_ordered_later_is_not_seen(self, facts: DuckDB) -> None:
        assert _cells(facts, LAST, date(2023, 12, 31)) == dict.fromkeys(range(1, 121), (1, 1, 1))
