"""Relative times with a clock that stands still: Thursday 31 March 2011, 09:30 in the business zone."""

from datetime import UTC, datetime
from typing import Any

import pytest

from olap.errors import RequestError
from olap.vocabulary import PointCut, RangeCut, SetCut, cell_of
from tests.olap.cube.asking import SALES

NOW = datetime(2011, 3, 31, 9, 30, tzinfo=UTC)


def cut(text: str, now: datetime = NOW) -> Any:
    (made,) = cell_of(SALES, [text], now=now).cuts
    return made


class TestDays:
    @pytest.mark.parametrize(
        ("word", "path"),
        [
            ("today", [2011, 3, 31]),
            ("yesterday", [2011, 3, 30]),
            ("tomorrow", [2011, 4, 1]),
            ("3daysago", [2011, 3, 28]),
            ("weekago", [2011, 3, 24]),
            ("2weeksforward", [2011, 4, 14]),
            ("monthago", [2011, 2, 28]),  # 31 February is its last day
            ("13monthsago", [2010, 2, 28]),
            ("quarterforward", [2011, 6, 30]),
            ("yearago", [2010, 3, 31]),
            ("10hoursago", [2011, 3, 30]),
        ],
    )
    def test_a_day_is_a_point_down_to_the_day(self, word: str, path: list[int]) -> None:
        made = cut(f"date@ymd:{word}")

        assert isinstance(made, PointCut)
        assert made.path == path

    def test_along_the_iso_weeks(self) -> None:
        assert cut("date@iso:today").path == [2011, 13, 4]


class TestWholeUnits:
    @pytest.mark.parametrize(
        ("text", "path"),
        [
            ("date:lastyear", [2010]),
            ("date:lastquarter", [2010, 4]),
            ("date:lastmonth", [2011, 1, 2]),
            ("date@ymd:lastmonth", [2011, 2]),
            ("date@ymd:last3months", [2010, 12]),
            ("date@ymd:nextmonth", [2011, 4]),
            ("date@ymd:lastday", [2011, 3, 30]),
            ("date@iso:lastweek", [2011, 12]),
            ("date@iso:next2weeks", [2011, 15]),
        ],
    )
    def test_a_unit_is_its_member_and_not_its_first_day(self, text: str, path: list[int]) -> None:
        made = cut(text)

        assert isinstance(made, PointCut)
        assert made.path == path

    def test_a_unit_without_a_level_is_the_range_of_its_days(self) -> None:
        week = cut("date@ymd:lastweek")
        quarter = cut("!date@ymd:lastquarter")

        assert isinstance(week, RangeCut)
        assert (week.from_path, week.to_path) == ([2011, 3, 21], [2011, 3, 27])
        assert (quarter.from_path, quarter.to_path, quarter.invert) == ([2010, 10, 1], [2010, 12, 31], True)


class TestInsideOtherCuts:
    def test_ends_of_a_range_are_both_within_it(self) -> None:
        made = cut("date@ymd:last2months-lastmonth")
        weeks = cut("date@ymd:last2weeks-lastweek")
        since = cut("date@ymd:lastyear-")

        assert (made.from_path, made.to_path) == ([2011, 1], [2011, 2])
        assert (weeks.from_path, weeks.to_path) == ([2011, 3, 14], [2011, 3, 27])
        assert (since.from_path, since.to_path) == ([2010], [])

    def test_a_set_may_mix_them_with_members(self) -> None:
        made = cut("date@ymd:lastyear;2009,5;lastweek")

        assert isinstance(made, SetCut)
        assert made.paths == [[2010], [2009, 5], *([2011, 3, day] for day in range(21, 28))]


class TestNoRelativeTime:
    @pytest.mark.parametrize("word", ["now", "lastfortnight", "daysago3", "last", "ago", "TODAY"])
    def test_another_word_stays_literal_and_is_no_year(self, word: str) -> None:
        with pytest.raises(RequestError, match="a relative time such as today or lastmonth"):
            cut(f"date:{word}")

    @pytest.mark.parametrize("given", ["date:last0months", "date@ymd:next0weeks-", "fiscal:last00quarters"])
    def test_the_last_none_of_a_unit_is_no_time(self, given: str) -> None:
        with pytest.raises(RequestError, match="counts no units; say lastmonth"):
            cut(given)

    def test_words_are_members_of_other_dimensions(self) -> None:
        assert cut("gender:today").path == ["today"]

    def test_time_beyond_the_calendar_is_refused(self) -> None:
        with pytest.raises(RequestError, match="outside the years 1 to 9999"):
            cut("date:99999yearsago")
        with pytest.raises(RequestError, match="outside the years 1 to 9999"):
            cut("date:nextyear", now=datetime(9999, 12, 31, tzinfo=UTC))
