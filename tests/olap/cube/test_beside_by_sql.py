"""What stands beside the aggregates of the small star equals hand-written SQL on the same facts."""

from datetime import UTC, datetime
from typing import Any

import pytest

from olap.engines.duckdb import DuckDB
from olap.plan import RowFilter
from olap.request import Paging, Texts
from tests.olap.cube.asking import aggregated, facts, members, rows
from tests.olap.cube.beside_asked import FROM, POUNDS, asked, table, whole

__all__ = ["whole"]  # a fixture


class TestAsOf:
    @pytest.mark.parametrize(
        ("asof", "condition"),
        [
            ("event", "now.customer_key = s.customer_key"),
            ("now", "now.is_current"),
            (
                "2011-05-31",
                "now.valid_from < '2011-06-01 00:00+00' AND coalesce(now.valid_to >= '2011-06-01 00:00+00', true)",
            ),
            (
                "2011-06-01",
                "now.valid_from < '2011-06-02 00:00+00' AND coalesce(now.valid_to >= '2011-06-02 00:00+00', true)",
            ),
            (
                "2009-12-31",
                "now.valid_from < '2010-01-01 00:00+00' AND coalesce(now.valid_to >= '2010-01-01 00:00+00', true)",
            ),
        ],
    )
    def test_customers_live_where_they_lived_then(self, small: DuckDB, asof: str, condition: str) -> None:
        result = aggregated(small, drilldown="customer:region", asof=asof, aggregates="lines|customers")

        assert table(result, "customer.country", "customer.region", "lines", "customers") == rows(
            small,
            f"""SELECT now.country, now.region, count(*), count(DISTINCT nullif(s.customer_id, 0))
            FROM sales s LEFT JOIN customer now ON now.customer_id = s.customer_id AND {condition}
            GROUP BY 1, 2 ORDER BY 1 NULLS LAST, 2 NULLS LAST""",
        )

    def test_cuts_members_and_facts_are_of_the_same_time(self, small: DuckDB) -> None:
        cut = "customer:대한민국,부산"

        event = {fact["__fact_key__"] for fact in facts(small, cut=cut).records}
        now = {fact["__fact_key__"] for fact in facts(small, cut=cut, asof="now").records}
        regions = members(small, "customer", level="region", cut="customer:대한민국", asof="now").records

        assert (event, now) == ({109}, {106, 107, 108, 109, 119})
        assert [row["customer.region"] for row in regions] == ["부산"]


class TestTotals:
    def test_each_row_is_counted_from_its_own_facts(self, small: DuckDB) -> None:
        result = aggregated(
            small, cut=POUNDS, drilldown="date|product:category", totals="yes", aggregates="customers|aov"
        )

        found = table(
            result, "date.year", "product.department", "product.category", "customers", "aov", "__totals__"
        )
        expected = rows(
            small,
            f"""SELECT year, department, category, count(DISTINCT nullif(s.customer_id, 0)),
                sum(s.net_revenue)::DOUBLE / nullif(count(DISTINCT s.order_id) FILTER (k.kind = 'sale'), 0),
                nullif(concat_ws(',', if(grouping(year) = 1, 'date.year', NULL),
                    if(grouping(department) = 1, 'product.department', NULL),
                    if(grouping(category) = 1, 'product.category', NULL)), '')
            {FROM} WHERE m.code = 'GBP'
            GROUP BY GROUPING SETS ((year, department, category), (year, department), (year),
                (department, category), (department), ())
            ORDER BY grouping(year), year NULLS LAST, grouping(department), department NULLS LAST,
                grouping(category), category NULLS LAST""",
        )
        assert found == expected
        assert result.total == len(expected)

    def test_pages_hold_every_row_once_the_grand_total_last(self, small: DuckDB) -> None:
        parameters: dict[str, Any] = {"drilldown": "date|channel", "totals": "yes", "aggregates": "lines"}
        everything = aggregated(small, **parameters)

        pages = [aggregated(small, **parameters, paging=Paging(number, 4)) for number in range(6)]

        assert [row for page in pages for row in page.records] == everything.records
        assert everything.records[-1]["lines"] == everything.summary["lines"] == 20
        assert {page.total for page in pages} == {everything.total}
        assert not any(page.cut_short for page in pages)

    def test_in_an_order_by_an_aggregate_totals_come_after_the_cells(self, small: DuckDB) -> None:
        result = aggregated(
            small, drilldown="channel", totals="yes", aggregates="lines", order="lines:desc", top="1,others"
        )

        assert table(result, "__others__", "__totals__") == [
            (False, None),
            (True, None),
            (None, "channel.channel_group"),
        ]


class TestTop:
    def test_others_are_counted_over_the_facts_outside(self, small: DuckDB) -> None:
        result = aggregated(
            small,
            cut=POUNDS,
            drilldown="product:category",
            top="2,others",
            aggregates="net_revenue|customers|aov",
        )

        (others,) = [row for row in result.records if row["__others__"]]
        (expected,) = rows(
            small,
            f"""SELECT sum(s.net_revenue), count(DISTINCT nullif(s.customer_id, 0)),
                sum(s.net_revenue)::DOUBLE / count(DISTINCT s.order_id) FILTER (k.kind = 'sale')
            {FROM} WHERE m.code = 'GBP' AND coalesce(category NOT IN ('candles', 'lamps'), true)""",
        )
        assert table(result, "product.category", "__others__") == [
            ("candles", False),
            ("lamps", False),
            (None, True),
        ]
        assert (others["net_revenue"], others["customers"], others["aov"]) == expected

    def test_the_same_members_come_first_in_every_row_of_another_dimension(self, small: DuckDB) -> None:
        result = aggregated(
            small, cut=POUNDS, drilldown="date|product:category", top="1", aggregates="net_revenue"
        )

        assert {row["product.category"] for row in result.records} == {"candles"}
        assert [row["date.year"] for row in result.records] == [2010, 2011, 2012, None]

    def test_conditions_say_who_is_ranked(self, small: DuckDB) -> None:
        result = aggregated(
            small,
            cut=POUNDS,
            drilldown="product:category",
            top="1,others",
            having="customers<5",
            aggregates="net_revenue|customers",
        )

        assert table(result, "product.category", "__others__") == [("lamps", False), (None, True)]


class TestShare:
    def test_a_share_is_of_the_parent_or_of_the_total(self, small: DuckDB) -> None:
        asked_for: dict[str, Any] = {
            "cut": POUNDS,
            "drilldown": "product:category",
            "aggregates": "customers|aov",
        }

        of_parent = aggregated(small, **asked_for, share="product")
        of_total = aggregated(small, **asked_for, share="total")

        counts = {
            (department, category): count
            for department, category, count in rows(
                small,
                f"""SELECT department, category, count(DISTINCT nullif(s.customer_id, 0)) {FROM}
                WHERE m.code = 'GBP' GROUP BY ROLLUP (department, category)
                HAVING grouping(category) = 0 OR department IS NOT NULL""",
            )
        }
        tea = next(row for row in of_parent.records if row["product.category"] == "tea")
        assert tea["customers__share"] == counts["food", "tea"] / 4
        assert "aov__share" not in tea
        assert [row["customers__share"] for row in of_total.records] == [
            row["customers"] / 6 for row in of_total.records
        ]


class TestTheRowFilterLiesBelow:
    @pytest.mark.parametrize(
        "texts",
        [
            Texts(drilldown=["product:category"], totals="yes"),
            Texts(drilldown=["product:category"], top="1,others"),
            Texts(drilldown=["date"], compare="year_ago", fill="yes"),
            Texts(drilldown=["date"], window="cumulative"),
            Texts(drilldown=["customer"], asof="now", share="total"),
        ],
        ids=["totals", "top", "compare", "window", "asof"],
    )
    def test_no_other_customer_is_counted_anywhere(self, whole: DuckDB, texts: Texts) -> None:
        wanted = Texts(**{**vars(texts), "aggregates": ["customers"], "cut": [POUNDS]})

        result = asked(whole, wanted, row_filter=RowFilter(owner_id=7), now=datetime(2013, 1, 1, tzinfo=UTC))

        counted = [
            value for row in result.records for name, value in row.items() if name.startswith("customers")
        ]
        assert result.summary["customers"] == 2
        assert max(value for value in counted if value is not None) <= 2
