"""Members across the top of a table."""

from decimal import Decimal

import pandas as pd
import pytest

from olap.client import Cube
from olap.errors import RequestError


class TestAcross:
    def test_one_aggregate_has_one_header_level(self, in_process: Cube, at_server: Cube) -> None:
        here, there = (
            cube.where(currency="GBP").by("year").across("country").frame("net_revenue")
            for cube in (in_process, at_server)
        )

        pd.testing.assert_frame_equal(here, there)
        long = in_process.where(currency="GBP").by("year", "country").frame("net_revenue")
        assert here.columns.nlevels == 1
        assert (here.index.name, here.columns.name) == ("Year", "Country")
        assert {str(dtype) for dtype in here.dtypes} == {"decimal128(38, 4)[pyarrow]"}
        for year, country, revenue in long.to_numpy().tolist():
            row = here[here.index.isna()] if year is pd.NA else here.loc[[year]]
            column = here.columns.isna() if country is pd.NA else here.columns == country
            assert row.loc[:, column].to_numpy().tolist() == [[revenue]]
        assert here.notna().sum().sum() == len(long)

    def test_several_aggregates_head_a_level_of_their_own(self, in_process: Cube) -> None:
        asked = in_process.where(currency="GBP", date=2011).by("quarter").across("product:department")

        frame = asked.frame("net_revenue", "lines")

        assert frame.columns.names == [None, "Department"]
        assert frame.index.names == ["Year", "Quarter"]
        assert frame.columns.get_level_values(0).unique().tolist() == ["Net revenue", "Order lines"]
        assert str(frame["Order lines"]["home"].dtype) == "Int64"
        flat = asked.frame("lines", labels=False)
        assert flat.index.names == ["date.year", "date.quarter"]

    def test_the_others_stand_last_under_their_name(self, in_process: Cube) -> None:
        asked = in_process.where(currency="GBP").by("year").across("category")

        frame = asked.top(1, "net_revenue", others=True).frame("net_revenue")

        assert {frame.columns.get_level_values(level)[-1] for level in (0, 1)} == {"Others"}
        whole = in_process.where(currency="GBP").aggregate("net_revenue")["net_revenue"]
        assert sum(value for value in frame.to_numpy().ravel() if value is not pd.NA) == whole

    def test_rows_stand_by_their_keys_where_an_order_only_ranks(self, in_process: Cube) -> None:
        asked = in_process.where(currency="GBP").by("year").across("category")

        ranked = asked.top(1, "net_revenue", others=True).frame("net_revenue")
        ordered = asked.order("year:desc").frame("net_revenue")

        assert ranked.index.tolist() == [2010, 2011, 2012, pd.NA]
        assert ordered.index.tolist() == [2012, 2011, 2010, pd.NA]

    def test_without_rows_there_is_one(self, in_process: Cube) -> None:
        frame = in_process.where(currency="GBP").across("known").frame("net_revenue")

        assert frame.to_dict("records") == [{"no": Decimal("43.0000"), "yes": Decimal("315.7687")}]

    def test_of_nothing_there_is_nothing(self, in_process: Cube) -> None:
        frame = in_process.where(date=2000).by("year").across("known").frame("lines", "orders")

        assert frame.empty
        assert frame.columns.names == [None, "Customer known"]

    def test_what_has_no_place_is_refused(self, in_process: Cube) -> None:
        asked = in_process.where(currency="GBP")

        for wrong in (
            asked.by("year").across("known").totals(),
            asked.by("year").across("known").split(country="France"),
            asked.across("known").cohort("year"),
            asked.across("known").deciles(2),
            asked.across("known").funnel("sales", "sales"),
            asked.by("date:year").across("date:month"),
        ):
            with pytest.raises(RequestError, match="across takes other dimensions than by"):
                wrong.frame()
