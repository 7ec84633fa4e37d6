"""A request to the cube and hand-written SQL on the same facts give the same rows."""

from typing import Any

import pytest

from olap.engines.duckdb import DuckDB
from olap.request import Paging
from olap.vocabulary import TooMuch
from tests.olap.cube.asking import aggregated, rows, values
from tests.olap.small_star import ODD

JOINED = """
    FROM sales s JOIN date d USING (date_key) JOIN customer c USING (customer_key) JOIN product p USING (product_key)
    JOIN channel h USING (channel_key) JOIN branch b USING (branch_key) JOIN currency m USING (currency_key)
    JOIN line_kind k USING (line_kind_key) JOIN known n USING (known_key)
"""

CUTS = [
    ("", "true"),
    ("date:2011", "d.year = 2011"),
    ("date:2011,1,2", "d.year = 2011 AND d.quarter = 1 AND d.month = 2"),
    ("date@ymd:2011,3", "d.year = 2011 AND d.month = 3"),
    ("date@iso:2010,52", "d.iso_year = 2010 AND d.iso_week = 52"),
    ("date:2010;2012", "d.year IN (2010, 2012)"),
    ("date:2010;2011,4", "d.year = 2010 OR (d.year = 2011 AND d.quarter = 4)"),
    ("date:2010-2011,1,2", "(d.year, d.quarter, d.month) <= (2011, 1, 2) AND d.year >= 2010"),
    ("date:2011,1,2,28-2011", "d.on_date BETWEEN '2011-02-28' AND '2011-12-31'"),
    ("date:2011,4-", "d.on_date >= '2011-10-01'"),
    ("date:-2011,1,1", "d.on_date <= '2011-01-31'"),
    ("date@ymd:2011,1,2-2011,3,4", "d.on_date BETWEEN '2011-01-02' AND '2011-03-04'"),
    ("date:__null__", "d.year IS NULL"),
    ("date:__null__;2010", "d.year IS NULL OR d.year = 2010"),
    ("customer:France", "c.country = 'France'"),
    ("customer:France,Bretagne", "c.country = 'France' AND c.region = 'Bretagne'"),
    ("customer:France,Bretagne,__null__", "c.region = 'Bretagne' AND c.district IS NULL"),
    (
        "customer:대한민국,부산;France,Bretagne;__null__",
        "c.region IN ('부산', 'Bretagne') OR c.country IS NULL",
    ),
    ("customer:United Kingdom,", "c.country = 'United Kingdom' AND c.region = ''"),
    ("customer:France-United Kingdom", "c.country BETWEEN 'France' AND 'United Kingdom'"),
    (r"customer:a\-b\,c\|d\:e\;f\\g\!h", r"c.country = 'a-b,c|d:e;f\g!h'"),
    (r"product:home,candles,white,85123\-A", "p.code = '85123-A'"),
    ("!date:2011", "d.year <> 2011"),
    ("!date:2011,1;2012", "NOT ((d.year = 2011 AND d.quarter = 1) OR d.year = 2012)"),
    ("!date:2010-2011,1", "NOT (d.year >= 2010 AND (d.year < 2011 OR (d.year = 2011 AND d.quarter <= 1)))"),
    ("!customer:__null__", "c.country IS NOT NULL"),
    ("date:2011|known:yes|customer:France", "d.year = 2011 AND n.known = 'yes' AND c.country = 'France'"),
    ("date:2011|date:2011,1", "d.year = 2011 AND d.quarter = 1"),
    ("channel:digital,web|branch:north", "h.channel = 'web' AND b.region = 'north'"),
    ("gender:female|wealth_band:mid|occupation:교사", "c.gender = 'female' AND c.occupation = '교사'"),
]

EVERY = """
    coalesce(sum(s.net_revenue), 0), coalesce(sum(s.gross), 0), coalesce(sum(s.discount), 0), sum(s.cost),
    sum(s.margin), coalesce(sum(s.quantity), 0), count(*),
    count(DISTINCT s.order_id) FILTER (k.kind = 'sale'),
    count(DISTINCT s.customer_id) FILTER (s.customer_id <> 0),
    sum(s.net_revenue)::DOUBLE / nullif(count(DISTINCT s.order_id) FILTER (k.kind = 'sale'), 0),
    sum(s.margin)::DOUBLE / nullif(sum(s.net_revenue) FILTER (s.margin IS NOT NULL)::DOUBLE, 0),
    count(DISTINCT s.order_id) FILTER (k.kind = 'sale' AND n.known = 'yes')
        / nullif(count(DISTINCT s.customer_id) FILTER (k.kind = 'sale' AND s.customer_id <> 0), 0)
"""


class TestSummary:
    @pytest.mark.parametrize(("cut", "condition"), CUTS, ids=[cut for cut, _ in CUTS])
    def test_every_aggregate_of_a_cut_is_that_of_hand_written_sql(
        self, small: DuckDB, cut: str, condition: str
    ) -> None:
        result = aggregated(small, cut=[cut, "currency:GBP"])

        (expected,) = rows(small, f"SELECT {EVERY} {JOINED} WHERE m.code = 'GBP' AND ({condition})")
        assert tuple(result.summary.values()) == expected

    def test_without_a_drilldown_there_are_no_cells_and_no_count_of_them(self, small: DuckDB) -> None:
        result = aggregated(small, cut="currency:GBP")

        assert result.total is None
        assert result.attributes == ()
        assert list(result.summary) == [
            "net_revenue",
            "gross",
            "discount",
            "cost",
            "margin",
            "units",
            "lines",
            "orders",
            "customers",
            "aov",
            "margin_rate",
            "frequency",
        ]

    def test_of_no_facts_revenue_is_nothing_and_cost_is_unknown(self, small: DuckDB) -> None:
        result = aggregated(small, cut="date:2000")

        assert (result.summary["net_revenue"], result.summary["lines"], result.summary["orders"]) == (0, 0, 0)
        assert result.summary["cost"] is None
        assert result.summary["aov"] is None

    def test_ratios_are_made_of_exact_parts(self, small: DuckDB) -> None:
        result = aggregated(small, cut="date:2011,1,1", aggregates="aov,margin_rate")

        # Order 12: 30.0000 + 0.0010 in one order; cost 3 x 4 + 0.250 x 0.0004, of which 0.0001 remains.
        assert result.summary["aov"] == 30.001
        assert result.summary["margin_rate"] == pytest.approx((30.001 - 12.0001) / 30.001, rel=1e-15)

    def test_the_aggregates_that_were_named_come_in_that_order(self, small: DuckDB) -> None:
        result = aggregated(small, aggregates=["lines|orders", "customers,lines"])

        assert result.aggregates == ("lines", "orders", "customers")


DRILLDOWNS: list[tuple[dict[str, Any], str]] = [
    ({"drilldown": "date"}, "d.year"),
    ({"drilldown": "date:month"}, "d.year, d.quarter, d.month"),
    ({"drilldown": "date@ymd:month"}, "d.year, d.month"),
    ({"drilldown": "date@iso:iso_week"}, "d.iso_year, d.iso_week"),
    ({"drilldown": "customer:district"}, "c.country, c.region, c.district"),
    ({"drilldown": "customer|known"}, "c.country, n.known"),
    ({"drilldown": "customer,known"}, "c.country, n.known"),
    ({"drilldown": ["customer", "known:known"]}, "c.country, n.known"),
    ({"drilldown": "date:year|date@iso:iso_year"}, "d.year, d.iso_year"),
    ({"drilldown": "date:quarter|date@ymd:month"}, "d.year, d.quarter, d.month"),
    ({"drilldown": "branch:branch"}, "b.region, b.code, b.name"),
    ({"drilldown": "channel:channel,line_kind"}, "h.channel_group, h.channel, k.kind"),
    ({"drilldown": "gender,occupation,wealth_band"}, "c.gender, c.occupation, c.wealth_band"),
    ({"drilldown": "date", "cut": "date:2011"}, "d.year, d.quarter"),
    ({"drilldown": "date", "cut": "!date:2011"}, "d.year"),
    ({"drilldown": "date@ymd", "cut": "date@ymd:2011"}, "d.year, d.month"),
    ({"drilldown": "product", "cut": "product:home"}, "p.department, p.category"),
    ({"drilldown": "date", "cut": "date:2011;2012"}, "d.year"),
    ({"drilldown": "known", "cut": "known:yes"}, "n.known"),
]

CONDITIONS = {
    "date:2011": "d.year = 2011",
    "!date:2011": "d.year <> 2011",
    "date@ymd:2011": "d.year = 2011",
    "product:home": "p.department = 'home'",
    "date:2011;2012": "d.year IN (2011, 2012)",
    "known:yes": "n.known = 'yes'",
}


class TestDrilldown:
    @pytest.mark.parametrize(("asked", "keys"), DRILLDOWNS, ids=[str(asked) for asked, _ in DRILLDOWNS])
    def test_cells_and_summary_are_those_of_hand_written_sql(
        self, small: DuckDB, asked: dict[str, Any], keys: str
    ) -> None:
        cuts = [asked["cut"]] if "cut" in asked else []

        result = aggregated(small, **{**asked, "cut": [*cuts, "currency:GBP"]})

        condition = " AND ".join(["m.code = 'GBP'", *(CONDITIONS[cut] for cut in cuts)])
        order = ", ".join(f"{key} NULLS LAST" for key in keys.split(", "))
        expected = rows(
            small, f"SELECT {keys}, {EVERY} {JOINED} WHERE {condition} GROUP BY {keys} ORDER BY {order}"
        )
        assert values(result.records) == expected
        assert result.total == len(expected)
        ((*whole,),) = rows(small, f"SELECT {EVERY} {JOINED} WHERE {condition}")
        assert list(result.summary.values()) == whole

    def test_unknown_members_are_kept_so_that_cells_add_up_to_the_summary(self, small: DuckDB) -> None:
        result = aggregated(
            small, cut="currency:GBP", drilldown="customer:district", aggregates="net_revenue"
        )

        assert None in [record["customer.country"] for record in result.records]
        assert sum(record["net_revenue"] for record in result.records) == result.summary["net_revenue"]

    def test_distinct_counts_of_cells_do_not_add_up_and_the_summary_is_right(self, small: DuckDB) -> None:
        result = aggregated(small, drilldown="date", aggregates="customers")

        assert sum(record["customers"] for record in result.records) == 10
        assert result.summary["customers"] == 6

    def test_an_empty_cell_has_no_parts(self, small: DuckDB) -> None:
        result = aggregated(small, cut="date:2000", drilldown="date", aggregates="lines")

        assert (result.records, result.total, result.summary) == ([], 0, {"lines": 0})


class TestSplit:
    def test_facts_are_told_apart_by_whether_they_lie_within(self, small: DuckDB) -> None:
        result = aggregated(
            small, cut="currency:GBP", split="date:2011", drilldown="known", aggregates="net_revenue,lines"
        )

        # A date that is not known lies outside, as in the package.
        within = "coalesce(d.year = 2011, false)"
        expected = rows(
            small,
            f"SELECT n.known, {within}, sum(s.net_revenue), count(*) {JOINED} WHERE m.code = 'GBP' "
            f"GROUP BY ALL ORDER BY {within}, n.known NULLS LAST",
        )
        assert values(result.records) == expected
        assert list(result.records[0])[:2] == ["known", "__within_split__"]

    def test_a_split_alone_gives_two_cells(self, small: DuckDB) -> None:
        result = aggregated(small, split="known:yes", aggregates="lines")

        assert result.records == [
            {"__within_split__": False, "lines": 2},
            {"__within_split__": True, "lines": 18},
        ]
        assert result.total == 2


class TestOrder:
    def test_an_aggregate_orders_descending_and_ties_fall_back_to_the_levels(self, small: DuckDB) -> None:
        result = aggregated(small, drilldown="customer", aggregates="lines", order="lines:desc")

        assert [(r["lines"], r["customer.country"]) for r in result.records] == [
            (8, "France"),
            (5, "대한민국"),
            (3, "United Kingdom"),
            (3, None),
            (1, ODD),
        ]

    @pytest.mark.parametrize("direction", ["asc", "desc"])
    def test_unknown_comes_last_either_way(self, small: DuckDB, direction: str) -> None:
        result = aggregated(small, drilldown="date", aggregates="lines", order=f"date.year:{direction}")

        assert result.records[-1]["date.year"] is None

    def test_a_ratio_orders_too(self, small: DuckDB) -> None:
        result = aggregated(
            small, cut="currency:GBP", drilldown="customer", aggregates="lines,aov", order="aov:desc"
        )

        ratios = [record["aov"] for record in result.records]
        assert ratios == sorted(ratios, reverse=True)


class TestPages:
    def test_pages_together_are_the_whole_and_each_has_summary_and_total(self, small: DuckDB) -> None:
        whole = aggregated(
            small, drilldown="product:product,date", paging=Paging(0, 1000), aggregates="lines"
        )

        pages = [
            aggregated(small, drilldown="product:product,date", paging=Paging(number, 3), aggregates="lines")
            for number in range(6)
        ]

        assert [record for page in pages for record in page.records] == whole.records
        assert {page.total for page in pages} == {whole.total}
        assert all(page.summary == whole.summary == {"lines": 20} for page in pages)

    @pytest.mark.parametrize(
        "parameters",
        [
            {"drilldown": "product:product"},
            {"drilldown": "product:product|date", "top": "2"},
        ],
        ids=str,
    )
    def test_levels_of_very_many_members_are_not_told_at_once(
        self, small: DuckDB, parameters: dict[str, Any]
    ) -> None:
        with pytest.raises(TooMuch, match=r"^drilling to product gives too many cells: ask for a page with"):
            aggregated(small, aggregates="lines", **parameters)

    def test_those_that_are_ranked_are_bounded(self, small: DuckDB) -> None:
        found = aggregated(small, drilldown="date|product:product", aggregates="lines", top="2,others")

        lines = dict(
            rows(small, "SELECT code, count(*) FROM sales JOIN product USING (product_key) GROUP BY code")
        )
        first = {row["product.code"] for row in found.records} - {None}
        assert len(first) == 2
        assert min(lines[code] for code in first) >= max(lines[code] for code in lines.keys() - first)

    def test_a_page_past_the_end_is_empty_and_still_counts(self, small: DuckDB) -> None:
        result = aggregated(small, drilldown="date", aggregates="lines", paging=Paging(9, 2))

        assert (result.records, result.total, result.summary) == ([], 4, {"lines": 20})

    def test_a_ceiling_cuts_and_says_so(self, small: DuckDB) -> None:
        cut = aggregated(small, drilldown="date", aggregates="lines", paging=Paging(ceiling=3))
        whole = aggregated(small, drilldown="date", aggregates="lines", paging=Paging(ceiling=4))
        last = aggregated(small, drilldown="date", aggregates="lines", paging=Paging(1, 3, ceiling=3))

        assert (len(cut.records), cut.cut_short) == (3, True)
        assert (len(whole.records), whole.cut_short) == (4, False)
        assert (len(last.records), last.cut_short) == (1, False)


class TestInvertedCuts:
    def test_they_leave_unknown_out_unless_told_to_keep_it(self, small: DuckDB) -> None:
        without = aggregated(small, cut="!customer:France", aggregates="lines")
        kept = aggregated(small, cut="!customer:France", aggregates="lines", nulls=True)

        ((known, unknown),) = rows(
            small,
            "SELECT count(*) FILTER (country <> 'France'), count(*) FILTER (country IS NULL) "
            "FROM sales JOIN customer USING (customer_key)",
        )
        assert without.summary == {"lines": known}
        assert kept.summary == {"lines": known + unknown}


class TestSqlInjection:
    @pytest.mark.parametrize(
        "text",
        [
            "' OR 1=1 --",
            '"; DROP TABLE sales',
            "$1",
            "%s",
            "\\'",
            "1) OR (1=1",
            "'||version()||'",
            "{}",
            ":v0",
        ],
    )
    def test_a_member_is_a_value_and_nothing_else(self, small: DuckDB, text: str) -> None:
        escaped = "".join(f"\\{letter}" if letter in "\\!|:;,-" else letter for letter in text)

        result = aggregated(small, cut=f"customer:{escaped}", aggregates="lines")

        assert result.summary == {"lines": 0}
        assert rows(small, "SELECT count(*) FROM sales") == [(20,)]
