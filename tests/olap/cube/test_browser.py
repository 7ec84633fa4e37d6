"""The browser as users of Cubes know it."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from olap.browser import Browser
from olap.engines.duckdb import DuckDB
from olap.errors import RequestError
from olap.plan import RowFilter
from olap.vocabulary import AggregationBrowser, Cell, PointCut, SetCut, UnknownObject
from tests.olap.small_star import SmallCube


@pytest.fixture
def browser(small: DuckDB) -> Browser:
    return Browser("sales", SmallCube(small), now=lambda: datetime(2012, 2, 1, tzinfo=UTC))


class TestAggregate:
    def test_a_cell_of_objects_and_a_list_of_dimensions(self, browser: Browser) -> None:
        cell = Cell(browser.cube, [PointCut("date", [2011]), PointCut("currency", ["GBP"])])

        result = browser.aggregate(cell, drilldown=["date"], aggregates=["net_revenue", "orders"])

        assert isinstance(browser, AggregationBrowser)
        assert result.summary == {"net_revenue": Decimal("117.7787"), "orders": 5}
        assert [record["date.quarter"] for record in result] == [1, 4]
        assert result.total_cell_count == 2
        assert result.levels == {"date": ["year", "quarter"]}
        assert result.to_dict()["aggregates"] == ["net_revenue", "orders"]

    def test_rows_of_a_table_have_keys_labels_and_paths(self, browser: Browser) -> None:
        cell = Cell(browser.cube, [PointCut("date", [2011])])

        result = browser.aggregate(cell, drilldown=["date"], aggregates=["lines"])

        rows = list(result.table_rows("date"))
        assert [(row.key, row.path, row.record["lines"]) for row in rows] == [
            (1, [2011, 1], 6),
            (4, [2011, 4], 2),
        ]

    def test_a_cell_and_a_drilldown_of_text(self, browser: Browser) -> None:
        result = browser.aggregate("date:lastyear|currency:GBP", drilldown="known", aggregates=["lines"])

        assert [(record["known"], record["lines"]) for record in result] == [("no", 1), ("yes", 7)]

    def test_nothing_at_all_is_everything(self, browser: Browser) -> None:
        result = browser.aggregate(aggregates=["lines"])

        assert result.summary == {"lines": 20}
        assert list(result.cells) == []

    def test_split_order_and_pages(self, browser: Browser) -> None:
        split = Cell(browser.cube, [PointCut("known", ["yes"])])

        result = browser.aggregate(
            None, ["lines"], ["date"], split, order=[("lines", "desc")], page=0, page_size=4
        )

        assert [(record["__within_split__"], record["lines"]) for record in result] == [
            (False, 1),
            (False, 1),
            (True, 7),
            (True, 7),
        ]
        assert result.levels["__within_split__"] == ["__within_split__"]
        assert result.has_split

    def test_an_unknown_option_is_refused(self, browser: Browser) -> None:
        with pytest.raises(RequestError, match="unknown options: measures"):
            browser.aggregate(measures=["gross"])

    def test_labels_are_in_the_locale(self, small: DuckDB) -> None:
        korean = Browser("sales", SmallCube(small), "ko")

        result = korean.aggregate(aggregates=["orders"])

        assert result.aggregates[0].label == "주문 수"


class TestOthers:
    def test_members(self, browser: Browser) -> None:
        cell = Cell(browser.cube, [SetCut("date", [[2010], [2011]])])

        assert browser.members(cell, "date", depth=1) == [{"date.year": 2010}, {"date.year": 2011}]
        assert browser.members(cell, "branch", attributes=["branch.code"])[0] == {"branch.code": "N1"}

    def test_facts_and_fact(self, browser: Browser) -> None:
        facts = browser.facts("date:2010", fields=["order_id", "line_gross"])

        assert facts.attributes == ["__fact_key__", "order_id", "line_gross"]
        assert next(iter(facts)) == {"__fact_key__": 101, "order_id": 11, "line_gross": Decimal("20.0000")}
        assert browser.fact(101)["product.code"] == "85123-A"

    def test_a_fact_that_is_not_there(self, browser: Browser) -> None:
        with pytest.raises(UnknownObject, match="unknown fact '999'"):
            browser.fact(999)

    def test_details_of_a_cell_of_a_dimension_and_of_a_cut(self, browser: Browser) -> None:
        cell = Cell(browser.cube, [PointCut("date", [2011]), PointCut("known", ["yes"])])

        whole = browser.cell_details(cell)
        one = browser.cell_details(cell, "known")

        assert len(whole) == 2
        assert one == [whole[1]] == [[{"known": "yes", "_key": "yes", "_label": "yes"}]]
        assert browser.cut_details(cell.cuts[0]) == whole[0]

    def test_a_report_is_several_questions_at_once(self, browser: Browser) -> None:
        cell = Cell(browser.cube, [PointCut("date", [2011])])

        report = browser.report(
            cell,
            {
                "months": {"query": "aggregate", "drilldown": {"date": "month"}, "aggregates": ["lines"]},
                "kinds": {"query": "members", "dimension": "line_kind"},
                "one": {"query": "fact", "key": 104},
                "where": {"query": "cell"},
            },
        )

        assert len(list(report["months"].cells)) == 4
        assert report["kinds"] == [{"line_kind": "return"}, {"line_kind": "sale"}]
        assert report["one"]["order_id"] == 12
        assert report["where"]["cuts"][0]["details"][0]["_key"] == 2011

    def test_features_and_functions(self, browser: Browser) -> None:
        assert browser.features()["actions"] == ["aggregate", "members", "facts", "fact", "cell"]
        assert browser.is_builtin_function("count_distinct")

    def test_the_row_filter_lies_below_every_cell(self, small: DuckDB) -> None:
        agent = Browser("sales", SmallCube(small), row_filter=RowFilter(owner_id=7))

        assert agent.aggregate(aggregates=["customers"]).summary == {"customers": 2}
        assert {fact["customer_id"] for fact in agent.facts(fields=["customer_id"])} == {1, 2}
        with pytest.raises(UnknownObject):
            agent.fact(106)
