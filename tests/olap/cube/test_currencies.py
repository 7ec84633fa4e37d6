"""Amounts of several currencies are never added."""

from decimal import Decimal

import pytest

from olap.ask import MixedCurrencies
from olap.engines.duckdb import DuckDB
from olap.plan import RowFilter
from tests.olap.cube.asking import aggregated


class TestMixedCurrencies:
    def test_amounts_of_a_cell_in_two_are_refused_with_their_names(self, small: DuckDB) -> None:
        with pytest.raises(MixedCurrencies) as refused:
            aggregated(small, cut="date:2012", drilldown="customer")

        assert refused.value.currencies == ["GBP", "KRW"]
        assert "GBP, KRW" in str(refused.value)
        assert "currency" in str(refused.value)

    @pytest.mark.parametrize("aggregate", ["net_revenue", "cost", "aov", "margin_rate"])
    def test_so_is_each_aggregate_that_amounts_go_into(self, small: DuckDB, aggregate: str) -> None:
        with pytest.raises(MixedCurrencies):
            aggregated(small, aggregates=aggregate)

    def test_a_cut_that_leaves_both_does_not_help(self, small: DuckDB) -> None:
        with pytest.raises(MixedCurrencies):
            aggregated(small, cut="currency:GBP;KRW", aggregates="net_revenue")

    def test_counts_and_quantities_are_given(self, small: DuckDB) -> None:
        result = aggregated(small, aggregates="units,lines,orders,customers,frequency")

        assert result.summary["lines"] == 20

    def test_a_cell_in_one_currency_needs_no_cut(self, small: DuckDB) -> None:
        result = aggregated(small, cut="date:2011", aggregates="net_revenue")

        assert result.summary == {"net_revenue": Decimal("117.7787")}

    def test_only_what_the_caller_sees_counts(self, small: DuckDB) -> None:
        north = RowFilter(branch_keys=frozenset({1}))

        result = aggregated(small, row_filter=north, aggregates="net_revenue,lines")

        assert result.summary == {"net_revenue": Decimal("162.5000"), "lines": 9}


class TestDrilledByCurrency:
    def test_each_cell_has_its_amount_and_the_summary_none(self, small: DuckDB) -> None:
        result = aggregated(small, cut="date:2012", drilldown="currency", aggregates="net_revenue,aov,lines")

        assert result.records == [
            {"currency": "GBP", "net_revenue": Decimal("200.9900"), "aov": 50.2475, "lines": 6},
            {"currency": "KRW", "net_revenue": Decimal("19500.0000"), "aov": 9750.0, "lines": 2},
        ]
        assert result.summary == {"net_revenue": None, "aov": None, "lines": 8}

    def test_the_summary_of_one_currency_stays(self, small: DuckDB) -> None:
        result = aggregated(small, cut="date:2011", drilldown="currency", aggregates="net_revenue")

        assert result.summary == {"net_revenue": Decimal("117.7787")}
