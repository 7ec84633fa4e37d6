"""Amounts of several currencies in one: each at the rate of its own day, in every engine as hand-written SQL says."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.postgres import Server
from olap import star
from olap.ask import Engine
from olap.engines.duckdb import DuckDB
from olap.errors import RequestError
from olap.plan import RowFilter
from tests.olap.cube.asking import aggregated, rows
from tests.olap.cube.calendar_star import FIRST, on_every_day
from tests.olap.engines.stars import NAMES, engines
from tests.olap.small_star import GBP, KRW


def key(day: date) -> int:
    return (day - FIRST).days + 1


# The first rate of the pound is from before the first order, its second from the very day of another.
RATES: list[tuple[Any, ...]] = [
    (0, 0, 0, 0, None),
    (1, GBP, KRW, key(date(2010, 12, 1)), "1800.1234567891"),
    (2, GBP, KRW, key(date(2011, 2, 28)), "1750.5"),
    (3, GBP, KRW, key(date(2012, 1, 1)), "1900"),
    (4, KRW, GBP, key(date(2012, 2, 1)), "0.0005263158"),
]
DATED = "!date:__null__"
"""One order in pounds has no day."""

BY_HAND = """
    SELECT {keys} sum(s.net_revenue * CASE WHEN m.code = 'KRW' THEN 1 ELSE (
        SELECT r.rate FROM exchange_rate r WHERE r.currency_key = s.currency_key AND r.to_currency_key = 410
            AND r.date_key <= s.date_key ORDER BY r.date_key DESC LIMIT 1) END),
        count(DISTINCT s.order_id) FILTER (k.kind = 'sale')
    FROM sales s JOIN date d USING (date_key) JOIN product p USING (product_key)
    JOIN currency m USING (currency_key) JOIN line_kind k USING (line_kind_key)
    {beside} WHERE d.on_date IS NOT NULL {more}
"""
IN_POUNDS = """
    SELECT d.year, sum(CASE WHEN s.currency_key = 826 THEN s.discount ELSE s.discount * 0.0005263158 END)
    FROM sales s JOIN date d USING (date_key) WHERE d.on_date IS NOT NULL GROUP BY 1
"""
ALL: dict[str, Any] = {"cut": [DATED], "convert": "KRW", "aggregates": "net_revenue|aov"}


@pytest.fixture(scope="module")
def rated(server: Server, admin: Callable[[str], None]) -> Iterator[dict[str, Engine]]:
    given = {**on_every_day(), star.metadata.tables["exchange_rate"]: RATES}
    with engines(server, admin, "rated", given) as opened:
        yield opened


@pytest.fixture(params=NAMES)
def engine(rated: dict[str, Engine], request: pytest.FixtureRequest) -> Engine:
    return rated[request.param]


def by_hand(
    rated: dict[str, Engine], keys: str = "", more: str = "", beside: str = ""
) -> list[tuple[Any, ...]]:
    duck = rated["duckdb"]
    assert isinstance(duck, DuckDB)
    return rows(duck, BY_HAND.format(keys=keys, more=more, beside=beside))


class TestConvert:
    def test_each_amount_is_converted_at_its_own_day_to_the_last_digit(
        self, rated: dict[str, Engine], engine: Engine
    ) -> None:
        answer = aggregated(engine, **ALL, drilldown="product:category", totals="yes")

        won = {
            (department, category): (value, orders)
            for department, category, value, orders in by_hand(
                rated, "department, category,", "GROUP BY ROLLUP (department, category)"
            )
        }
        ((whole, orders),) = by_hand(rated)
        assert answer.summary["net_revenue"] == whole
        assert answer.summary["aov"] == pytest.approx(float(whole) / orders)
        found = {
            (row["product.department"], row["product.category"]): row["net_revenue"]
            for row in answer.records
            if row["__totals__"] is None
        }
        assert found == {cell: won[cell][0] for cell in found}
        assert sum(found.values(), Decimal(0)) == whole

    def test_shares_comparisons_and_windows_are_of_the_converted_amounts(
        self, rated: dict[str, Engine], engine: Engine
    ) -> None:
        asked = {**ALL, "cut": ["date:2011-2012"], "drilldown": "date"}

        answer = aggregated(engine, **asked, compare="2 months", window="cumulative", share="total")

        years = {year: value for year, value, _ in by_hand(rated, "d.year,", "GROUP BY 1")}
        first, second = answer.records
        ((before, _),) = by_hand(rated, "", "AND on_date BETWEEN '2010-11-01' AND '2011-01-05'")
        assert (first["net_revenue"], first["net_revenue__compared"]) == (years[2011], before)
        assert answer.summary["net_revenue"] == years[2011] + years[2012]
        assert second["net_revenue__window"] == years[2011] + years[2012]
        assert sum(row["net_revenue__share"] for row in answer.records) == pytest.approx(1)

    def test_a_drilldown_by_currency_shows_each_in_the_one_that_is_wanted(self, engine: Engine) -> None:
        answer = aggregated(engine, **ALL, drilldown="currency")

        assert [row["currency"] for row in answer.records] == ["GBP", "KRW"]
        assert answer.records[1]["net_revenue"] == 19_500
        assert answer.summary["net_revenue"] == sum(row["net_revenue"] for row in answer.records)

    @pytest.mark.parametrize(
        ("change", "told"),
        [
            # No won was worth a pound before February 2012, said nobody.
            ({"convert": "GBP"}, "GBP: no exchange rate is known for KRW on 2012-01-02"),
            ({"cut": []}, "KRW: no exchange rate is known for GBP on an unknown day"),
            ({"convert": "GBP", "compare": "1 year", "drilldown": "date"}, "for KRW on 2012-01-02"),
            ({"convert": "GBP", "drilldown": "currency"}, "for KRW on 2012-01-02"),
            ({"convert": "XTS"}, "unknown currency 'XTS' in convert; known: GBP, KRW"),
            ({"convert": "won"}, "unknown currency 'won' in convert; a code of ISO 4217 has three letters"),
        ],
    )
    def test_what_cannot_be_converted_is_refused_with_its_first_day(
        self, engine: Engine, change: dict[str, Any], told: str
    ) -> None:
        with pytest.raises(RequestError, match=told):
            aggregated(engine, **{**ALL, **change})

    def test_nothing_needs_no_rate(self, rated: dict[str, Engine], engine: Engine) -> None:
        asked: dict[str, Any] = {"cut": [DATED], "convert": "GBP", "aggregates": "discount"}
        duck = rated["duckdb"]
        assert isinstance(duck, DuckDB)

        answer = aggregated(engine, **asked, drilldown="date", compare="1 year")

        # The won of January 2012, of which no rate is known, were sold without a discount.
        by_hand = dict(rows(duck, IN_POUNDS))
        assert {row["date.year"]: row["discount"] for row in answer.records} == by_hand
        assert aggregated(engine, **asked).summary["discount"] == sum(by_hand.values())
        with pytest.raises(RequestError, match="no exchange rate is known for KRW on 2012-01-02"):
            aggregated(engine, **{**asked, "aggregates": "discount|net_revenue"})

    def test_a_cohort_brings_what_its_orders_are_worth_on_their_days(
        self, rated: dict[str, Engine], engine: Engine
    ) -> None:
        answer = aggregated(engine, cohort="year", convert="KRW", aggregates="net_revenue")

        won = {
            (first, year - first): value
            for first, year, value, _ in by_hand(
                rated,
                "f.first, d.year,",
                "AND d.year >= f.first GROUP BY ALL",
                """JOIN (SELECT customer_id, min(year) AS first FROM sales JOIN date USING (date_key)
                    WHERE line_kind_key = 1 AND customer_id <> 0 AND on_date IS NOT NULL GROUP BY 1) f
                    ON f.customer_id = s.customer_id""",
            )
        }
        found = {(row["cohort"].year, row["period"]): row["net_revenue"] for row in answer.records}
        # It is 2011: a year that has not begun has no row.
        begun = {cell: value for cell, value in won.items() if sum(cell) <= 2011}
        assert {cell: value for cell, value in found.items() if value} == begun
        assert answer.summary["net_revenue"] == sum(won.values())

    def test_customers_are_ranked_by_converted_amounts(
        self, rated: dict[str, Engine], engine: Engine
    ) -> None:
        answer = aggregated(engine, cut=[DATED], deciles="5", convert="KRW")

        won = sorted(
            (row[1] for row in by_hand(rated, "s.customer_id,", "AND s.customer_id <> 0 GROUP BY 1")),
            reverse=True,
        )
        assert [row["net_revenue"] for row in answer.records] == won
        assert answer.records[0]["share"] == pytest.approx(float(won[0] / sum(won)))

    @pytest.mark.parametrize("asked", [{"cohort": "year", "aggregates": "net_revenue"}, {"deciles": "5"}])
    def test_a_missing_rate_is_told_of_facts_that_count_alone(
        self, engine: Engine, asked: dict[str, Any]
    ) -> None:
        with pytest.raises(RequestError, match="GBP: no exchange rate is known for KRW on 2012-01-02 "):
            aggregated(engine, cut=[DATED], convert="GBP", **asked)

    def test_counts_need_no_rate(self, engine: Engine) -> None:
        assert aggregated(engine, convert="GBP", aggregates="lines").summary == {"lines": 20}

    def test_the_row_filter_lies_below(self, engine: Engine) -> None:
        nobody = aggregated(engine, **ALL, row_filter=RowFilter(owner_id=99))

        assert nobody.summary["net_revenue"] == 0
