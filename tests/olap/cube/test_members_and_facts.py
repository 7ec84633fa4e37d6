"""Members, facts and cell details against what is written in the small star."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from olap.details import cell_details
from olap.engines.duckdb import DuckDB
from olap.errors import RequestError
from olap.plan import NONE
from olap.request import Paging, TraitsAt, fact_request
from olap.vocabulary import HierarchyMismatch, UnknownObject, cell_of
from tests.olap.cube.asking import SALES, facts, members, values

BEFORE = datetime(2011, 1, 1, tzinfo=UTC)
"""A moment at which customer 3 had not moved yet."""


class TestMembers:
    def test_all_levels_down_to_the_last_in_their_order_unknown_last(self, small: DuckDB) -> None:
        found = members(small, "branch")

        assert values(found.records) == [
            ("north", "N1", "North one"),
            ("south", "S1", "South one"),
            (None, None, None),
        ]
        assert found.table.column_names == ["branch.region", "branch.code", "branch.name"]

    def test_only_those_that_occur_in_the_cell(self, small: DuckDB) -> None:
        found = members(small, "product", cut="date:2010", level="category")

        assert values(found.records) == [("home", "candles"), ("home", "lamps")]

    def test_down_to_a_level_or_a_depth_along_a_hierarchy(self, small: DuckDB) -> None:
        by_level = members(small, "date", hierarchy="ymd", level="month", cut="date:2011")
        by_depth = members(small, "date", hierarchy="ymd", depth="2", cut="date:2011")

        assert (
            values(by_level.records)
            == values(by_depth.records)
            == [(2011, 1), (2011, 2), (2011, 3), (2011, 12)]
        )

    def test_an_order_is_kept(self, small: DuckDB) -> None:
        found = members(small, "date", level="year", order="date.year:desc")

        assert values(found.records) == [(2012,), (2011,), (2010,), (None,)]

    def test_a_ceiling_cuts_and_says_so(self, small: DuckDB) -> None:
        cut = members(small, "date", level="year", paging=Paging(ceiling=3))
        whole = members(small, "date", level="year", paging=Paging(ceiling=4))

        assert (cut.table.num_rows, cut.cut_short) == (3, True)
        assert (whole.table.num_rows, whole.cut_short) == (4, False)

    def test_a_flat_dimension_has_one_level(self, small: DuckDB) -> None:
        assert values(members(small, "known").records) == [("no",), ("yes",)]

    @pytest.mark.parametrize("depth", ["0", "5", "-1", "x", "99999999999"])
    def test_a_depth_that_is_none_is_refused(self, small: DuckDB, depth: str) -> None:
        with pytest.raises(RequestError, match="depth"):
            members(small, "date", depth=depth)

    def test_a_level_of_another_hierarchy_is_refused_with_the_right_ones(self, small: DuckDB) -> None:
        with pytest.raises(HierarchyMismatch, match="known: year, quarter, month, day"):
            members(small, "date", level="iso_week")


class TestFacts:
    def test_the_key_comes_first_and_all_fields_follow(self, small: DuckDB) -> None:
        found = facts(small, cut="date:2010")

        assert found.table.column_names[0] == "__fact_key__"
        assert found.table.column_names[1:] == list(SALES.columns)
        assert [record["__fact_key__"] for record in found.records] == [101, 102, 103]

    def test_named_fields_in_their_order(self, small: DuckDB) -> None:
        found = facts(small, cut="customer:대한민국,부산", fields="line_net_revenue,product.code,order_id")

        assert found.records == [
            {
                "__fact_key__": 109,
                "line_net_revenue": Decimal("20.0000"),
                "product.code": "85123-A",
                "order_id": 15,
            }
        ]

    def test_traits_are_those_of_the_time_of_the_order(self, small: DuckDB) -> None:
        found = facts(small, fields="customer_id,customer.region", cut="customer:대한민국")

        assert [
            (r["customer_id"], r["customer.region"]) for r in found.records if r["__fact_key__"] < 110
        ] == [
            (3, "서울"),
            (3, "서울"),
            (3, "서울"),
            (3, "부산"),
        ]

    def test_ordered_and_paged(self, small: DuckDB) -> None:
        pages = [
            facts(small, fields="line_gross", order="line_gross:desc", paging=Paging(number, 7)).records
            for number in range(3)
        ]

        keys = [record["__fact_key__"] for page in pages for record in page]
        assert keys[:3] == [119, 120, 113]
        assert len(keys) == len(set(keys)) == 20

    def test_one_fact_by_its_key(self, small: DuckDB) -> None:
        wanted = fact_request(SALES, "105", language="en")

        assert (wanted.key, wanted.cell.cuts) == (105, [])

    @pytest.mark.parametrize("key", ["x", "", "-1", "1.5", "9" * 19, "9" * 40, "105 OR 1=1"])
    def test_what_is_no_key_is_no_fact(self, key: str) -> None:
        with pytest.raises(UnknownObject, match="unknown fact"):
            fact_request(SALES, key, language="en")

    def test_an_unknown_field_is_refused_with_the_right_ones(self, small: DuckDB) -> None:
        with pytest.raises(RequestError, match=r"unknown field 'email'; known: date.year"):
            facts(small, fields="email")


class TestCellDetails:
    def test_a_point_has_a_record_for_each_level(self, small: DuckDB) -> None:
        cell = cell_of(SALES, [r"product:home,candles,white,85123\-A"])

        ((*levels,),) = cell_details(small, SALES, cell, NONE)

        assert [(level["_key"], level["_label"]) for level in levels] == [
            ("home", "home"),
            ("candles", "candles"),
            ("white", "white"),
            ("85123-A", "Candle, white"),
        ]
        assert levels[3]["product.name"] == "Candle, white"

    def test_a_set_of_uneven_paths_and_a_path_that_no_fact_has(self, small: DuckDB) -> None:
        cell = cell_of(SALES, ["date:2010;2011,1;2050"])

        (known,) = cell_details(small, SALES, cell, NONE)

        assert known == [
            [{"date.year": 2010, "_key": 2010, "_label": 2010}],
            [
                {"date.year": 2011, "_key": 2011, "_label": 2011},
                {"date.quarter": 1, "_key": 1, "_label": 1},
            ],
            None,
        ]

    def test_a_range_has_two_ends_and_an_open_one_is_empty(self, small: DuckDB) -> None:
        cell = cell_of(SALES, ["date:2010-"])

        assert cell_details(small, SALES, cell, NONE) == [
            {"from": [{"date.year": 2010, "_key": 2010, "_label": 2010}], "to": []}
        ]

    def test_unknown_is_a_member_like_others(self, small: DuckDB) -> None:
        cell = cell_of(SALES, ["customer:__null__"])

        assert cell_details(small, SALES, cell, NONE) == [
            [{"customer.country": None, "_key": None, "_label": None}]
        ]

    @pytest.mark.parametrize(
        ("traits", "known"),
        [(None, [True, True]), (TraitsAt(), [False, True]), (TraitsAt(BEFORE), [True, False])],
        ids=["event", "now", "then"],
    )
    def test_traits_are_of_the_time_asked_for(
        self, small: DuckDB, traits: TraitsAt | None, known: list[bool]
    ) -> None:
        cell = cell_of(SALES, ["customer:대한민국,서울;대한민국,부산"])

        (found,) = cell_details(small, SALES, cell, NONE, traits=traits)

        # Who bought from Busan had moved there from Seoul.
        assert [path is not None for path in found] == known

    def test_an_empty_cell_has_none(self, small: DuckDB) -> None:
        assert cell_details(small, SALES, cell_of(SALES, []), NONE) == []
