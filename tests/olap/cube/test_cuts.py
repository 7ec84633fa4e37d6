"""What a cut may say, and how it is refused."""

from datetime import UTC, datetime

import pytest

from olap.conditions import AllOf, Compare, Values
from olap.errors import RequestError
from olap.physical import Column
from olap.slices import cell_condition
from olap.vocabulary import HierarchyMismatch, TooMuch, UnknownObject, cell_of
from tests.olap.cube.asking import SALES

MALFORMED = [
    "date",
    "date:2011:1",
    ":2011",
    "|",
    "date:2011|",
    "|date:2011",
    "!!date:2011",
    "date@:2011",
    "@iso:2011",
    "date :2011",
    "date:2011-2012-2013",
    "date:2010;2011-2012",
    "date:-",
    "date:2011;",
    "date:;2011",
    "gender:a;;b",
]


class TestForm:
    @pytest.mark.parametrize("text", MALFORMED)
    def test_what_is_malformed_is_refused(self, text: str) -> None:
        with pytest.raises(RequestError):
            cell_of(SALES, [text])

    def test_an_empty_text_is_no_cut(self) -> None:
        assert cell_of(SALES, ["", ""]).cuts == []

    def test_an_empty_member_is_a_member_of_a_text_level(self) -> None:
        assert cell_of(SALES, ["gender:"]).cuts[0].path == [""]

    def test_several_texts_are_all_cuts_of_the_cell(self) -> None:
        cell = cell_of(SALES, ["date:2011|gender:female", "known:yes"])

        assert [str(cut.dimension) for cut in cell.cuts] == ["date", "gender", "known"]


class TestNames:
    def test_an_unknown_dimension_is_named_with_the_right_ones(self) -> None:
        with pytest.raises(UnknownObject, match="unknown dimension 'dates'; known: date, customer, gender"):
            cell_of(SALES, ["dates:2011"])


class TestMembers:
    @pytest.mark.parametrize(
        "member", ["x", "", "2011.0", "1e3", "0x7db", "٢٠١١", " 2011", "2147483648", "9" * 40]
    )
    def test_a_number_is_needed_where_the_level_has_numbers(self, member: str) -> None:
        with pytest.raises(RequestError, match=r"of level year; it takes a whole number"):
            cell_of(SALES, [f"date:{member}"])

    def test_decomposed_hangul_is_the_composed_member(self) -> None:
        decomposed = "\u1112\u1161\u11ab\u1100\u116e\u11a8"

        assert cell_of(SALES, [f"customer:{decomposed}"]).cuts[0].path == ["한국"]

    @pytest.mark.parametrize("member", ["a\0b", "a\ud800b", "a\ufdd0b"])
    def test_what_no_text_column_holds_is_refused(self, member: str) -> None:
        with pytest.raises(RequestError):
            cell_of(SALES, [f"gender:{member}"])

    def test_null_has_no_place_in_a_range(self) -> None:
        with pytest.raises(RequestError, match="__null__"):
            cell_of(SALES, ["gender:__null__-b"])


class TestDates:
    @pytest.mark.parametrize(
        ("cut", "why"),
        [
            ("date:2011,5", "quarter goes from 1 to 4"),
            ("date:2011,1,4", "month 4 lies in quarter 2"),
            ("date:2011,1,13", "month goes from 1 to 12"),
            ("date@ymd:2011,2,30", "day"),
            ("date@ymd:2011,2,29", "day"),
            ("date@ymd:2011,3-2011,2,31", "day"),
            ("date@ymd:2010;2011,0", "month goes from 1 to 12"),
            ("date:0", "year goes from 1 to 9999"),
            ("date:10000", "year goes from 1 to 9999"),
            ("date@iso:2011,53", "Invalid week"),
            ("date@iso:2011,1,8", "isoweekday goes from 1 to 7"),
        ],
    )
    def test_one_that_does_not_exist_is_refused_and_named(self, cut: str, why: str) -> None:
        with pytest.raises(RequestError, match=f"no such date date:.*{why}"):
            cell_of(SALES, [cut])

    def test_a_leap_day_exists(self) -> None:
        assert cell_of(SALES, ["date@ymd:2012,2,29"]).cuts[0].path == [2012, 2, 29]

    def test_unknown_parts_are_not_looked_up_in_the_calendar(self) -> None:
        assert cell_of(SALES, ["date:2011,__null__"]).cuts[0].path == [2011, None]


class TestLimits:
    def test_a_text_of_ten_kilobytes(self) -> None:
        with pytest.raises(TooMuch, match="10007 characters; at most 8192"):
            cell_of(SALES, ["gender:" + "a" * 10_000])

    def test_a_thousand_members(self) -> None:
        with pytest.raises(TooMuch, match="1000 members in a cut of gender; at most 500"):
            cell_of(SALES, ["gender:" + ";".join(str(number) for number in range(1000))])

    def test_a_hundred_cuts(self) -> None:
        with pytest.raises(TooMuch, match="100 cuts; at most 64"):
            cell_of(SALES, ["|".join(["known:yes"] * 100)])

    def test_a_deep_path(self) -> None:
        with pytest.raises(HierarchyMismatch, match="a path of 300 members in date"):
            cell_of(SALES, ["date:" + ",".join(["1"] * 300)])


class TestRanges:
    def test_members_that_both_ends_share_are_plain_conditions(self) -> None:
        cell = cell_of(SALES, ["product:Home,Kitchen,Cups-Home,Kitchen,Mugs"])

        values = Values()
        (range_,) = cell_condition(SALES, cell, values, nulls=False).parts

        assert isinstance(range_, AllOf)
        assert range_.parts[:2] == (
            Compare(Column("product", "department"), "=", 0),
            Compare(Column("product", "category"), "=", 1),
        )
        assert values.collected == ["Home", "Kitchen", "Cups", "Mugs"]

    @pytest.mark.parametrize(
        ("cut", "why"),
        [
            ("date:2011-2010", "a range of date that ends before it begins: 2010 comes before 2011"),
            ("!date:2011-2010", "2010 comes before 2011"),
            ("date:2011,2-2011,1,3,31", "2011,1,3,31 comes before 2011,2"),
            ("date@ymd:2011,3-2011,2", "2011,2 comes before 2011,3"),
            ("date:10000-9", "year goes from 1 to 9999"),
            (
                "customer:France-Belgium",
                "a range of customer that ends before it begins: Belgium comes before France",
            ),
            (r"customer:b\-c-a", r"a comes before b\-c"),
        ],
    )
    def test_one_that_ends_before_it_begins_is_refused(self, cut: str, why: str) -> None:
        with pytest.raises(RequestError) as refused:
            cell_of(SALES, [cut], now=datetime(2011, 4, 1, tzinfo=UTC))

        assert why in str(refused.value)

    @pytest.mark.parametrize(
        "cut", ["date:2011-2011", "date:2011,2-2011", "date:2011-2011,1", "date:9-10", "customer:A-a"]
    )
    def test_one_that_lies_in_a_single_member_is_taken(self, cut: str) -> None:
        assert len(cell_of(SALES, [cut]).cuts) == 1

    @pytest.mark.parametrize("cut", ["date@ymd:2011,4,1-yesterday", "fiscal:today-yesterday"])
    def test_one_that_goes_up_to_a_relative_time_is_empty_on_some_days(self, cut: str) -> None:
        assert len(cell_of(SALES, [cut], now=datetime(2011, 4, 1, tzinfo=UTC)).cuts) == 1
