"""Customers' ways from a notebook: in process and at a server alike."""

from datetime import date

import pandas as pd
import pytest

from olap.client import Cube
from olap.errors import RequestError


class TestJourneys:
    def test_a_cohort_is_a_frame_that_pivots(self, in_process: Cube, at_server: Cube) -> None:
        here, there = (
            cube.where(currency="GBP").cohort("year").frame("orders", labels=False)
            for cube in (in_process, at_server)
        )

        pd.testing.assert_frame_equal(here, there)
        wide = here.pivot(index="cohort", columns="period", values="active_customers")
        assert wide.iloc[0].tolist() == [1, 0, 1]
        assert here["retention"].dtype == "Float64"

    def test_a_funnel_is_its_steps(self, in_process: Cube, at_server: Cube) -> None:
        asked = [
            cube.funnel("sales.product:home", "sales", within="30 days") for cube in (in_process, at_server)
        ]

        here, there = (each.frame(labels=False) for each in asked)

        pd.testing.assert_frame_equal(here, there)
        assert here["step_name"].tolist() == ["sales.product:home", "sales"]
        assert asked[0].explain()["plan"]["is"] == asked[1].explain()["plan"]["is"] == "Funnel"

    def test_deciles_are_their_shares(self, in_process: Cube, at_server: Cube) -> None:
        here, there = (
            cube.where(currency="GBP").deciles(4).frame(labels=False) for cube in (in_process, at_server)
        )

        pd.testing.assert_frame_equal(here, there)
        assert here.columns.tolist() == ["decile", "decile_size", "net_revenue", "share", "cumulative_share"]
        assert (here["decile"].tolist(), here["cumulative_share"].iloc[-1]) == ([1, 2, 3, 4], 1.0)
        assert here["share"].dtype == "Float64"

    def test_wrong_words_are_told(self, in_process: Cube, at_server: Cube) -> None:
        for cube in (in_process, at_server):
            with pytest.raises(RequestError, match="unknown cohort 'day'; known: week, month, quarter, year"):
                cube.cohort("day").frame()
            with pytest.raises(RequestError, match="rfm is known of customers"):
                cube.rfm(date(2011, 12, 9)).frame()
            with pytest.raises(RequestError, match="migration is known of customers, segments"):
                cube.migration("stage", "quarter").frame()
