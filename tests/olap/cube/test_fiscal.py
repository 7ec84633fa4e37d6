"""Along the fiscal year, which begins with April here: relative times, comparisons and windows, by hand-written SQL."""

from datetime import UTC, datetime
from typing import Any

import pytest

from olap.engines.duckdb import DuckDB
from olap.errors import RequestError
from olap.request import Texts
from olap.vocabulary import PointCut, RangeCut, cell_of, cell_text
from tests.olap.cube.asking import SALES, rows
from tests.olap.cube.beside_asked import FROM, POUNDS, asked, table, whole

__all__ = ["whole"]  # a fixture

SPRING = datetime(2012, 5, 31, 9, 30, tzinfo=UTC)
"""In the second month of the fiscal year 2013."""


def lines(whole: DuckDB, cut: str, now: datetime = SPRING) -> int:
    summary = asked(whole, Texts(cut=[cut], aggregates=["lines"]), now=now).summary
    return int(summary["lines"])


def between(whole: DuckDB, first: str, last: str) -> int:
    ((found,),) = rows(whole, f"SELECT count(*) {FROM} WHERE on_date BETWEEN '{first}' AND '{last}'")
    return int(found)


class TestRelativeTimes:
    @pytest.mark.parametrize(
        ("cut", "first", "last"),
        [
            ("fiscal:lastyear", "2011-04-01", "2012-03-31"),
            ("fiscal:last2years", "2010-04-01", "2011-03-31"),
            ("fiscal:lastquarter", "2012-01-01", "2012-03-31"),
            ("fiscal:last5quarters", "2011-01-01", "2011-03-31"),
            ("fiscal:last3months", "2012-02-01", "2012-02-29"),
            ("fiscal:5monthsago", "2011-12-01", "2011-12-31"),
            ("fiscal:3monthsago", "2012-02-01", "2012-02-29"),
            ("fiscal:last2years-lastyear", "2010-04-01", "2012-03-31"),
            ("fiscal:2011-lastquarter", "2010-04-01", "2012-03-31"),
            ("fiscal:last5quarters-", "2011-01-01", "2013-12-31"),
            ("fiscal:lastyear;2011,4", "2011-01-01", "2012-03-31"),
        ],
    )
    def test_they_mean_the_fiscal_members_that_hold_the_day(
        self, whole: DuckDB, cut: str, first: str, last: str
    ) -> None:
        assert lines(whole, cut) == between(whole, first, last) > 0

    def test_a_cut_turned_round_is_all_the_rest(self, whole: DuckDB) -> None:
        dated = between(whole, "2009-01-01", "2013-12-31")

        assert lines(whole, "!fiscal:lastyear") == dated - between(whole, "2011-04-01", "2012-03-31")

    def test_on_the_first_day_of_the_year_last_year_ended_yesterday(self, whole: DuckDB) -> None:
        first, last = datetime(2012, 4, 1, tzinfo=UTC), datetime(2012, 3, 31, tzinfo=UTC)

        assert lines(whole, "fiscal:lastyear", first) == between(whole, "2011-04-01", "2012-03-31")
        assert lines(whole, "fiscal:lastyear", last) == between(whole, "2010-04-01", "2011-03-31")

    @pytest.mark.parametrize(
        "text", ["fiscal:lastyear", "fiscal:lastquarter", "fiscal:lastweek", "fiscal:today"]
    )
    def test_they_survive_as_text(self, text: str) -> None:
        once = cell_of(SALES, [text], now=SPRING)

        again = cell_of(SALES, [cell_text(once)], now=SPRING)

        assert [cut.to_dict() for cut in again.cuts] == [cut.to_dict() for cut in once.cuts]
        assert isinstance(again.cuts[0], RangeCut if text == "fiscal:lastweek" else PointCut)

    def test_members_of_several_words_are_none(self) -> None:
        with pytest.raises(RequestError, match="unknown member 'lastyear' of level fiscal_year"):
            cell_of(SALES, ["fiscal:lastyear,lastquarter"], now=SPRING)

    def test_what_no_fiscal_calendar_has_is_refused(self) -> None:
        with pytest.raises(RequestError, match="month 12 lies in quarter 4"):
            cell_of(SALES, ["fiscal:2012,1,12"])
        with pytest.raises(RequestError, match="fiscalquarter goes from 1 to 4"):
            cell_of(SALES, ["fiscal:2012,5"])


class TestOtherTimes:
    @pytest.mark.parametrize(
        "cut", ["fiscal:lastyear", "fiscal:2012", "fiscal:2012-2012", "fiscal:lastyear-lastyear"]
    )
    def test_a_fiscal_year_is_compared_with_the_one_before(self, whole: DuckDB, cut: str) -> None:
        texts = Texts(cut=[cut], aggregates=["lines"], compare="previous")

        summary = asked(whole, texts, now=SPRING).summary

        assert summary["lines"] == between(whole, "2011-04-01", "2012-03-31")
        assert summary["lines__compared"] == between(whole, "2010-04-01", "2011-03-31")

    def test_to_date_begins_with_the_fiscal_year(self, whole: DuckDB) -> None:
        texts = Texts(
            cut=[POUNDS, "fiscal:2012"],
            drilldown=["fiscal:fiscal_quarter"],
            aggregates=["customers"],
            window="to_date",
            fill="yes",
        )

        result = asked(whole, texts, now=SPRING)

        found: list[tuple[Any, ...]] = table(result, "fiscal.fiscal_quarter", "customers__window")
        for quarter, customers in found:
            ((expected,),) = rows(
                whole,
                f"SELECT count(DISTINCT nullif(s.customer_id, 0)) {FROM} WHERE m.code = 'GBP' AND"
                f" fiscal_year = 2012 AND fiscal_quarter <= {quarter}",
            )
            assert customers == expected
        assert [quarter for quarter, _ in found] == [1, 2, 3, 4]
