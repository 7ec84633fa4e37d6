"""What is asked wrongly beside the aggregates is refused with the wrong word and the right ones."""

from typing import Any

import pytest

from olap.ask import MixedCurrencies
from olap.engines.duckdb import DuckDB
from olap.errors import RequestError
from tests.olap.cube.asking import aggregated, facts, members

CATEGORY = {"drilldown": "product:category"}
MONTH = {"drilldown": "date:month"}

WRONG: list[tuple[dict[str, Any], str]] = [
    ({"asof": "then"}, "unknown asof 'then'.*known: event, now, or a day such as 2011-12-31"),
    ({"asof": "2011-02-30"}, "unknown asof '2011-02-30': day"),
    ({"asof": "20110228"}, "unknown asof '20110228': a day is written 2011-12-31"),
    ({"asof": "9999-12-31"}, "has no end in the calendar"),
    ({**CATEGORY, "totals": "perhaps"}, "unknown totals 'perhaps'; known: yes, no"),
    ({"totals": "yes"}, "totals cannot be asked without a drilldown"),
    ({**CATEGORY, "fill": "perhaps"}, "unknown fill 'perhaps'; known: yes, no"),
    ({**CATEGORY, "fill": "yes"}, "fill needs one drilldown of a time dimension, not 0; known: date"),
    ({"drilldown": "date|date@iso", "fill": "yes"}, "one drilldown of a time dimension, not 2"),
    ({**CATEGORY, "having": "lines"}, "malformed having 'lines'; the form is aggregate>=number"),
    ({**CATEGORY, "having": "lines>many"}, "malformed having 'lines>many'"),
    ({**CATEGORY, "having": "lines>1; DROP TABLE sales"}, "malformed having"),
    ({**CATEGORY, "having": "line>1"}, "unknown aggregate 'line' in having; known: lines"),
    ({**CATEGORY, "having": "lines__change>1"}, "'lines__change' in having; known: lines"),
    ({**CATEGORY, "having": ["lines>1"] * 17}, "17 conditions in having; at most 16"),
    ({"having": "lines>1"}, "having cannot be asked without a drilldown"),
    ({**CATEGORY, "top": "few"}, "unknown top 'few'; the form is a number or a number,others"),
    ({**CATEGORY, "top": "3,rest"}, "unknown top '3,rest'"),
    ({**CATEGORY, "top": "0"}, "top 0: 1 to 1000 members"),
    ({**CATEGORY, "top": "1001"}, "top 1001: 1 to 1000 members"),
    ({"top": "3"}, "top cannot be asked without a drilldown"),
    ({"split": "date:2011", "top": "3"}, "top needs a drilldown: it ranks the members of the dimension"),
    (
        {**CATEGORY, "top": "3", "having": "lines__share>0", "share": "total"},
        "having 'lines__share' with top",
    ),
    (
        {**CATEGORY, "top": "3", "share": "total", "order": "lines__share:desc"},
        "order by 'lines__share' with top: members are ranked by their own aggregates: lines",
    ),
    ({**MONTH, "top": "3", "fill": "yes"}, "top ranks .* a time dimension, of which window and fill need"),
    ({**MONTH, "top": "3", "window": "to_date"}, "top ranks .* a time dimension"),
    (
        {"compare": "before"},
        "unknown compare 'before'; known: previous, year_ago, or a span.*units: day, week",
    ),
    ({**MONTH, "compare": "0 months"}, "compare '0 months': 1 to 10000 units"),
    ({**MONTH, "compare": "3 fortnights"}, "unknown compare '3 fortnights'"),
    ({**CATEGORY, "compare": "previous"}, "compare needs a time dimension that is drilled down or cut"),
    ({"cut": "date:2011-", "compare": "previous"}, "compare=previous needs one drilldown or one cut"),
    ({"cut": "!date:2011", "compare": "previous"}, "say how far back instead: year_ago"),
    ({"cut": "date:2010;2011", "compare": "previous"}, "a point or a closed range"),
    ({**CATEGORY, "share": "channel"}, r"unknown share 'channel'; known: total, product \(total, or a dim"),
    ({**CATEGORY, "share": "total", "aggregates": "aov"}, "aov are ratios, which have no share"),
    (
        {**MONTH, "window": "sliding"},
        "unknown window 'sliding'; known: rolling <n> <unit>, to_date, cumulative",
    ),
    ({**MONTH, "window": "rolling 3"}, "unknown window 'rolling 3'"),
    ({**MONTH, "window": "rolling 99999 days"}, "window 'rolling 99999 days': 1 to 10000"),
    ({**CATEGORY, "window": "to_date"}, "window needs one drilldown of a time dimension, not 0; known: date"),
    ({**MONTH, "window": "to_date", "split": "date:2011"}, "cannot be split by a time dimension"),
    (
        {"drilldown": "date:day|product:subcategory|customer:district|branch:branch", "totals": "yes"},
        "totals of .* kinds: at most 64",
    ),
]


class TestWrongWords:
    @pytest.mark.parametrize(("parameters", "message"), WRONG, ids=[str(given) for given, _ in WRONG])
    def test_the_wrong_word_is_named_beside_the_right_ones(
        self, small: DuckDB, parameters: dict[str, Any], message: str
    ) -> None:
        with pytest.raises(RequestError, match=message):
            aggregated(small, **{"aggregates": "lines", **parameters})

    def test_of_members_and_facts_as_well(self, small: DuckDB) -> None:
        with pytest.raises(RequestError, match="unknown asof 'then'"):
            members(small, "customer", asof="then")
        with pytest.raises(RequestError, match="unknown asof 'then'"):
            facts(small, asof="then")


class TestCurrencies:
    """Amounts of several currencies are not added up, ranked or compared, wherever they come in."""

    @pytest.mark.parametrize(
        "parameters",
        [
            {"drilldown": "currency|product:category", "top": "2", "cut": ""},
            {"drilldown": "currency", "top": "1,others", "cut": ""},
            {"drilldown": "product", "totals": "yes", "cut": ""},
        ],
        ids=str,
    )
    def test_they_are_named(self, small: DuckDB, parameters: dict[str, Any]) -> None:
        with pytest.raises(MixedCurrencies, match="GBP, KRW"):
            aggregated(small, aggregates="net_revenue", **parameters)

    def test_totals_over_several_have_no_amounts(self, small: DuckDB) -> None:
        result = aggregated(
            small, drilldown="currency", totals="yes", aggregates="net_revenue|lines", share="total"
        )

        amounts = {row["currency"]: row["net_revenue"] for row in result.records if row["__totals__"] is None}
        (total,) = (row for row in result.records if row["__totals__"] == "currency")
        assert None not in amounts.values()
        assert (total["net_revenue"], total["lines"]) == (None, 20)
        assert {row["net_revenue__share"] for row in result.records} == {None}
