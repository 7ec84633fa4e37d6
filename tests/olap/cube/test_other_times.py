"""Other times than a cell's own, on the small star: equal to hand-written SQL on the same facts."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from olap.beside.calendar import reaching
from olap.bind import bind_aggregate
from olap.engines.duckdb import DuckDB
from olap.plan import NONE, Aggregation
from olap.request import Texts, aggregate_request
from tests.olap.cube.asking import SALES, rows
from tests.olap.cube.beside_asked import FROM, NOW, POUNDS, asked, table, whole

__all__ = ["whole"]  # a fixture


class TestCompare:
    def test_a_period_that_is_not_over_is_compared_with_one_as_long(self, whole: DuckDB) -> None:
        texts = Texts(cut=[POUNDS, "date:2012"], aggregates=["lines"], compare="previous")

        today = asked(whole, texts, now=datetime(2012, 3, 5, tzinfo=UTC)).summary
        at_end = asked(whole, texts, now=datetime(2012, 12, 31, tzinfo=UTC)).summary

        counted = f"SELECT count(*) {FROM} WHERE m.code = 'GBP' AND on_date BETWEEN '2011-01-01' AND "
        assert (today["lines__compared"],) == rows(whole, f"{counted} '2011-03-05'")[0]
        assert (at_end["lines__compared"],) == rows(whole, f"{counted} '2011-12-31'")[0]

    def test_a_shorter_month_is_compared_with_all_of_a_longer_one(self, whole: DuckDB) -> None:
        texts = Texts(cut=["date@ymd:2012,1"], aggregates=["lines"], compare="previous")

        summary = asked(whole, texts, now=datetime(2012, 1, 31, tzinfo=UTC)).summary

        # Of the last of December 2011 two.
        assert (summary["lines"], summary["lines__compared"], summary["lines__change"]) == (4, 2, 2)
        assert summary["lines__change_rate"] == 1.0

    @pytest.mark.parametrize(
        ("day", "compare", "then"),
        [((2012, 2, 29), "year_ago", "2011-02-28"), ((2011, 2, 28), "2 months", "2010-12-28")],
        ids=str,
    )
    def test_a_day_is_compared_with_one_day(
        self, whole: DuckDB, day: tuple[int, int, int], compare: str, then: str
    ) -> None:
        year, month, _ = day
        drilled = Texts(
            cut=[POUNDS, f"date@ymd:{year},{month}"],
            drilldown=["date@ymd:day"],
            aggregates=["lines"],
            compare=compare,
            totals="yes",
        )
        one = f"date@ymd:{','.join(map(str, day))}"
        cut = Texts(cut=[POUNDS, one], aggregates=["lines"], compare=compare)
        now = datetime(2012, 3, 5, tzinfo=UTC)

        by_day, alone = asked(whole, drilled, now=now), asked(whole, cut, now=now)

        counted = f"SELECT count(*) {FROM} WHERE m.code = 'GBP' AND "
        ((lines,),) = rows(whole, f"{counted} on_date = '{then}'")
        ((in_month,),) = rows(whole, f"{counted} strftime(on_date, '%Y-%m') = '{then[:7]}'")
        shown = {
            tuple(row[f"date.{part}"] for part in ("year", "month", "day")): row for row in by_day.records
        }
        assert shown[day]["lines__compared"] == alone.summary["lines__compared"] == lines
        assert shown[year, month, None]["lines__compared"] == in_month
        assert (lines, in_month) == {"2011-02-28": (2, 2), "2010-12-28": (0, 3)}[then]

    @pytest.mark.parametrize(
        ("cut", "days", "compare", "lines"),
        [
            ("2011,2,26-2011,2,28", "BETWEEN '2011-02-26' AND '2011-02-28'", "2 months", 0),
            ("2011,3,29-2011,4,1", "BETWEEN '2011-03-29' AND '2011-04-01'", "1 month", 2),
            ("2012,2,27-2012,3", "BETWEEN '2012-02-27' AND '2012-03-05'", "year_ago", 4),
            ("2012,2,28;2012,2,29", "IN ('2012-02-28', '2012-02-29')", "year_ago", 2),
            ("2012,2,29;2011,3", "= '2012-02-29'", "year_ago", 2),
        ],
        ids=str,
    )
    def test_cut_days_are_compared_with_exactly_those_so_long_before(
        self, whole: DuckDB, cut: str, days: str, compare: str, lines: int
    ) -> None:
        asked_for = Texts(cut=[POUNDS, f"date@ymd:{cut}"], aggregates=["lines"], compare=compare)
        by_month = replace(asked_for, drilldown=["date@ymd:month"], totals="yes")
        now = datetime(2012, 3, 5, tzinfo=UTC)

        summary = asked(whole, asked_for, now=now).summary
        parted = asked(whole, by_month, now=now)

        months = {"year_ago": "12 MONTH"}.get(compare, compare)
        shown = f"SELECT CAST(b.on_date - INTERVAL {months} AS DATE) FROM date b WHERE b.on_date {days}"
        (then,) = rows(whole, f"SELECT count(*) {FROM} WHERE m.code = 'GBP' AND d.on_date IN ({shown})")
        assert (summary["lines__compared"],) == then == (lines,)
        assert parted.summary["lines__compared"] == lines
        assert sum(row["lines__compared"] for row in parted.records if row["date.month"] is not None) == lines

    def test_days_that_are_ranked_are_compared_with_one_and_the_others_with_theirs(
        self, whole: DuckDB
    ) -> None:
        texts = Texts(
            cut=[POUNDS, "date@ymd:2012,2"],
            drilldown=["date@ymd:day"],
            aggregates=["lines"],
            compare="year_ago",
            top="1,others",
        )

        result = asked(whole, texts, now=datetime(2012, 3, 5, tzinfo=UTC))

        counted = f"SELECT count(*) {FROM} WHERE m.code = 'GBP' AND on_date"
        (of_first,) = rows(whole, f"{counted} = '2011-02-28'")
        (of_others,) = rows(whole, f"{counted} BETWEEN '2011-02-01' AND '2011-02-28'")
        assert table(result, "__others__", "date.day", "lines__compared") == [
            (False, 29, *of_first),
            (True, None, *of_others),
        ]
        assert of_first == of_others == (2,)

    def test_weeks_are_compared_with_as_many_days_by_months(self, whole: DuckDB) -> None:
        texts = Texts(
            cut=[POUNDS, "date@iso:2011"],
            drilldown=["date@iso:iso_week"],
            aggregates=["lines"],
            compare="2 months",
        )

        result = asked(whole, texts, now=datetime(2012, 3, 5, tzinfo=UTC))

        by_hand = rows(
            whole,
            f"""SELECT w.iso_week, count(DISTINCT s.line_id) {FROM}
                JOIN date w ON CAST(w.on_date - INTERVAL 2 MONTH AS DATE) = d.on_date
                WHERE m.code = 'GBP' AND w.iso_year = 2011 GROUP BY 1 ORDER BY 1""",
        )
        found = table(result, "date.iso_week", "lines__compared")
        assert [row for row in found if row[1]] == by_hand
        # Not the 30th of December, which stands for the 28th of February by whole months.
        assert dict(found)[9] == dict(by_hand)[9] == 2

    @pytest.mark.parametrize("also", ["", "|product:{department}"], ids=["a day", "a day and a department"])
    def test_a_fact_beside_days_on_both_sides_of_a_split_counts_once_on_each(
        self, whole: DuckDB, also: str
    ) -> None:
        ((department,),) = rows(whole, "SELECT department FROM product WHERE product_key = 4")
        texts = Texts(
            cut=[POUNDS, "date@ymd:2012,2,28-2012,2,29"],
            split=["date@ymd:2012,2,29" + also.format(department=department)],
            aggregates=["lines"],
            compare="year_ago",
        )

        result = asked(whole, texts, now=datetime(2012, 3, 5, tzinfo=UTC))

        inside = f"b.day = 29 AND department = '{department}'" if also else "b.day = 29"
        by_hand = rows(
            whole,
            f"""SELECT {inside}, count(DISTINCT line_id) {FROM}
                JOIN date b ON b.year = 2012 AND b.month = 2 AND b.day IN (28, 29)
                WHERE m.code = 'GBP' AND d.on_date = '2011-02-28' GROUP BY 1 ORDER BY 1""",
        )
        found = {row["__within_split__"]: row["lines__compared"] for row in result.records}
        assert {side: lines for side, lines in found.items() if lines} == dict(by_hand)
        assert found[False] == 2
        assert result.summary["lines__compared"] == 2

    def test_cells_of_the_other_time_alone_are_shown(self, whole: DuckDB) -> None:
        texts = Texts(
            cut=[POUNDS, "date:2012"],
            drilldown=["product:category"],
            aggregates=["net_revenue"],
            compare="previous",
            totals="yes",
        )

        result = asked(whole, texts, now=datetime(2012, 12, 31, tzinfo=UTC))

        of_year = (
            f"(SELECT department, category, sum(net_revenue) AS net {FROM} WHERE m.code = 'GBP' AND d.year = "
        )
        by_hand = rows(
            whole,
            f"""SELECT coalesce(n.department, b.department), coalesce(n.category, b.category),
                       coalesce(n.net, 0), coalesce(b.net, 0)
                FROM {of_year} 2012 GROUP BY 1, 2) n FULL JOIN {of_year} 2011 GROUP BY 1, 2) b
                ON n.department IS NOT DISTINCT FROM b.department AND n.category IS NOT DISTINCT FROM b.category
                ORDER BY 1, 2""",
        )
        names = ("product.department", "product.category", "net_revenue", "net_revenue__compared")
        cells = [row for row in result.records if row["__totals__"] is None]
        assert [tuple(row[name] for name in names) for row in cells] == by_hand
        gone = [row for row in cells if not row["net_revenue"]]
        assert {row["net_revenue__change_rate"] for row in gone if row["net_revenue__compared"]} == {-1.0}
        told = sum(row["net_revenue__compared"] for row in cells)
        assert told == result.summary["net_revenue__compared"]

    def test_a_range_is_compared_with_as_many_periods_before_it(self, whole: DuckDB) -> None:
        texts = Texts(cut=["date@ymd:2011,1-2011,3"], aggregates=["lines"], compare="previous")

        summary = asked(whole, texts).summary

        assert (summary["lines"], summary["lines__compared"]) == (6, 3)

    @pytest.mark.parametrize(("cut", "condition"), [("weekday:4", "= 4"), ("!weekday:5", "<> 5")])
    def test_what_a_day_is_it_was_a_year_ago(self, whole: DuckDB, cut: str, condition: str) -> None:
        """The 30th of December was a Thursday in 2010 and a Friday in 2011."""
        texts = Texts(cut=["date:2011", cut], aggregates=["lines"], compare="year_ago")

        summary = asked(whole, texts, now=datetime(2011, 12, 31, tzinfo=UTC)).summary

        (then,) = rows(whole, f"SELECT count(*) {FROM} WHERE d.year = 2010 AND d.weekday {condition}")
        assert (summary["lines__compared"],) == then == (3,)

    def test_of_distinct_counts_and_ratios_both_times_are_counted(self, whole: DuckDB) -> None:
        texts = Texts(
            cut=[POUNDS, "date:2011"], drilldown=["date"], aggregates=["customers,aov"], compare="year_ago"
        )

        result = asked(whole, texts, now=datetime(2011, 12, 31, tzinfo=UTC))

        assert table(result, "date.quarter", "customers", "customers__compared", "aov__compared") == [
            (1, 3, 0, None),
            (4, 1, 1, 29.5),
        ]


def months_reached(engine: DuckDB, texts: Texts) -> set[int]:
    """The months in which facts are counted, as 201112."""
    plan = bind_aggregate(aggregate_request(SALES, texts, now=NOW, language="en"), SALES, NONE)
    assert isinstance(plan.shape, Aggregation)
    assert plan.shape.beside is not None
    assert plan.shape.beside.reach is not None
    days = reaching(plan.shape.beside.reach)
    month = (days.c["date.year"] * 100 + days.c["date.month"]).label("month")
    found = engine.fetch(
        sa.select(month).distinct(), {f"v{slot}": value for slot, value in enumerate(plan.values)}
    )
    return {row["month"] for row in found.to_pylist()}


class TestWindow:
    def test_distinct_customers_of_a_window_are_counted_once(self, whole: DuckDB) -> None:
        texts = Texts(
            cut=[POUNDS, "date:2011"],
            drilldown=["date:month"],
            aggregates=["customers"],
            window="rolling 3 months",
        )

        result = asked(whole, texts)

        assert table(result, "date.month", "customers", "customers__window") == [
            (month, count, window)
            for month, count, window in rows(
                whole,
                """SELECT t.month,
                    count(DISTINCT nullif(s.customer_id, 0)) FILTER (d.year = 2011 AND d.month = t.month),
                    count(DISTINCT nullif(s.customer_id, 0))
                FROM (VALUES (1), (2), (3), (12)) t(month), sales s JOIN date d USING (date_key)
                JOIN currency m USING (currency_key)
                WHERE m.code = 'GBP' AND d.on_date >= make_date(2011, t.month, 1) - INTERVAL 2 MONTH
                    AND d.on_date < make_date(2011, t.month, 1) + INTERVAL 1 MONTH
                GROUP BY 1 ORDER BY 1""",
            )
        ]

    def test_a_year_so_far_begins_before_the_cut_and_a_running_total_with_it(self, whole: DuckDB) -> None:
        texts: dict[str, Any] = {"cut": ["date:2011,4"], "drilldown": ["date:month"], "aggregates": ["lines"]}

        so_far = asked(whole, Texts(**texts, window="to_date"))
        running = asked(whole, Texts(**texts, window="cumulative"))

        assert table(so_far, "lines", "lines__window") == [(2, 8)]
        assert table(running, "lines", "lines__window") == [(2, 2)]

    @pytest.mark.parametrize("window", ["cumulative", "to_date", "rolling 2 years"])
    def test_no_fact_is_counted_in_periods_that_have_not_begun(self, whole: DuckDB, window: str) -> None:
        """The calendar ends in 2100: until then a running total would count every fact once a period."""
        found = months_reached(whole, Texts(drilldown=["date:month"], aggregates=["lines"], window=window))

        (facts,) = rows(whole, f"SELECT max(d.year * 100 + d.month) {FROM}")
        assert max(found) == max(facts[0], NOW.year * 100 + NOW.month)

    @pytest.mark.parametrize("window", ["cumulative", "to_date", "rolling 2 years"])
    def test_facts_are_counted_in_the_cell_s_periods_alone(self, whole: DuckDB, window: str) -> None:
        """Also in those that the cell holds but a part of."""
        texts = Texts(
            cut=["date@ymd:2011,2,10-2011,3,2"],
            drilldown=["date@ymd:month"],
            aggregates=["lines"],
            window=window,
        )

        assert months_reached(whole, texts) == {201102, 201103}


class TestFill:
    def test_months_without_facts_are_empty_cells(self, whole: DuckDB) -> None:
        texts = Texts(
            cut=["date:2011,1"], drilldown=["date:month"], aggregates=["lines,cost,aov"], fill="yes"
        )
        open_end = Texts(cut=["date:2011,1-"], drilldown=["date"], aggregates=["lines"], fill="yes")

        assert [
            row["date.month"] for row in asked(whole, texts, now=datetime(2011, 12, 31, tzinfo=UTC)).records
        ] == [
            1,
            2,
            3,
        ]
        assert table(asked(whole, open_end), "date.year", "lines")[0][0] == 2011

    def test_an_empty_cell_has_no_facts_and_no_ratio(self, whole: DuckDB) -> None:
        texts = Texts(
            cut=[POUNDS, "date:2011"],
            drilldown=["date:quarter"],
            aggregates=["lines,net_revenue,cost,aov"],
            fill="yes",
        )

        result = asked(whole, texts)

        assert table(result, "date.quarter", "lines", "cost", "aov")[1:3] == [
            (2, 0, None, None),
            (3, 0, None, None),
        ]
        assert result.records[1]["net_revenue"] == 0
        assert result.total == 4

    def test_no_period_lies_after_today(self, whole: DuckDB) -> None:
        texts = Texts(cut=["date:2013"], drilldown=["date:month"], aggregates=["lines"], fill="yes")

        result = asked(whole, texts, now=datetime(2013, 2, 5, tzinfo=UTC))

        assert table(result, "date.month", "lines") == [(1, 0), (2, 0)]
