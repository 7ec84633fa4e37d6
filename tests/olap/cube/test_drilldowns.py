"""Which levels a drilldown means, and how a wrong one is refused."""

from typing import Any

import pytest

from olap.errors import RequestError
from olap.vocabulary import HierarchyMismatch, TooMuch, UnknownObject, cell_of, drilldown_of
from tests.olap.cube.asking import SALES


def levels(wanted: Any, cut: str = "") -> dict[str, list[str]]:
    return dict(drilldown_of(cell_of(SALES, [cut]), wanted).result_levels())


class TestLevels:
    @pytest.mark.parametrize(
        ("wanted", "cut", "expected"),
        [
            (["date"], "", {"date": ["year"]}),
            (["date"], "date:2011,1", {"date": ["year", "quarter", "month"]}),
            (["date"], "date:2011-2012", {"date": ["year"]}),
            (["date"], "!date:2011,1", {"date": ["year", "quarter"]}),
            (["date@iso"], "", {"date@iso": ["iso_year"]}),
            (["date:month|known"], "", {"date": ["year", "quarter", "month"], "known": ["known"]}),
            (["known"], "known:yes", {"known": ["known"]}),
            ([("date", "ymd", "month")], "", {"date@ymd": ["year", "month"]}),
            ([("date", None, None)], "", {"date": ["year"]}),
            ({"date": "month"}, "", {"date": ["year", "quarter", "month"]}),
            ("date", "", {"date": ["year"]}),
            (None, "", {}),
            (["", "|"], "", {}),
        ],
        ids=str,
    )
    def test_are_those_that_are_asked_for(
        self, wanted: Any, cut: str, expected: dict[str, list[str]]
    ) -> None:
        assert levels(wanted, cut) == expected

    def test_the_same_twice_counts_once(self) -> None:
        assert len(drilldown_of(cell_of(SALES, []), ["date,date:year,date"])) == 2


class TestRefusals:
    @pytest.mark.parametrize(
        ("wanted", "cut", "kind", "why"),
        [
            ("dates", "", UnknownObject, "unknown dimension 'dates'; known: date"),
            ("date:week", "", HierarchyMismatch, "unknown level 'week'.*known: year, quarter, month, day"),
            (
                "date@fiscal",
                "",
                HierarchyMismatch,
                "unknown hierarchy 'fiscal' of date; known: calendar, ymd, iso",
            ),
            (
                ["date:year", "date@iso"],
                "date:2011",
                HierarchyMismatch,
                "date is cut along calendar and drilled down along iso, .* one of iso_year, iso_week, weekday",
            ),
            (
                "date",
                "date@ymd:2011",
                HierarchyMismatch,
                "along ymd and drilled down along calendar, .* one of year",
            ),
            (
                "date",
                "date:2011,1,2,28",
                HierarchyMismatch,
                "cut to the last level of calendar; name one of year, quarter, month, day",
            ),
            ("date:month:day", "", RequestError, "malformed drilldown"),
            ("date month", "", RequestError, "malformed drilldown"),
            ("date:", "", RequestError, "malformed drilldown"),
            ([3], "", RequestError, "malformed drilldown 3"),
        ],
    )
    def test_name_the_wrong_word_and_the_right_ones(
        self, wanted: Any, cut: str, kind: type[RequestError], why: str
    ) -> None:
        with pytest.raises(kind, match=why):
            levels(wanted, cut)

    def test_seventeen_are_too_many(self) -> None:
        many = [f"date@{hierarchy}:{level}" for hierarchy, level in _all_levels("date")]
        others = ["customer", "customer:region", "customer:district", "product", "channel", "branch", "known"]

        with pytest.raises(TooMuch, match="at most 16"):
            levels([*many, *others])


def _all_levels(name: str) -> list[tuple[str, str]]:
    dimension = SALES.cube().dimension(name)
    return [(str(h), str(level)) for h in dimension.hierarchies for level in h.levels]
