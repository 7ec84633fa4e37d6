"""Totals, others, other times and shares are the same in every engine."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from domain.postgres import Server
from olap.ask import Engine
from tests.olap.cube.asking import aggregated
from tests.olap.cube.calendar_star import on_every_day
from tests.olap.engines.stars import engines

QUESTIONS: dict[str, dict[str, Any]] = {
    "as of now": {"drilldown": "customer:region|product:category", "asof": "now"},
    "as of a day": {"drilldown": "customer:region|product:category", "asof": "2011-05-31"},
    "totals": {"drilldown": "date:month|product:category", "totals": "yes"},
    "totals of a page": {"drilldown": "date|product:category", "totals": "yes", "order": "customers:desc"},
    "conditions": {"drilldown": "product:category", "having": "net_revenue>=20.001|aov<50|customers!=2"},
    "the first": {"drilldown": "product:category", "top": "2"},
    "the first and others": {"drilldown": "date|product:category", "top": "2,others", "totals": "yes"},
    "the first by a ratio": {"drilldown": "product:category", "top": "2,others", "order": "aov:asc"},
    "compared by month": {"drilldown": "date:month", "compare": "previous"},
    "compared with a year ago": {"drilldown": "date:quarter|channel", "compare": "year_ago", "totals": "yes"},
    "days compared by months": {"drilldown": "date@ymd:day", "compare": "2 months", "totals": "yes"},
    "cut days compared by months": {
        "cut": ["currency:GBP", "date@ymd:2012,2,28-2012,3,5"],
        "drilldown": "product:category",
        "split": "date@ymd:2012,2,29|gender:female",
        "compare": "year_ago",
    },
    "compared by week": {"drilldown": "date@iso:iso_week", "compare": "previous", "fill": "yes"},
    "compared, with others": {"drilldown": "date|product:category", "compare": "10 days", "top": "1,others"},
    "rolling months": {"drilldown": "date:month", "window": "rolling 3 months", "fill": "yes"},
    "rolling days": {"drilldown": "date:day|channel", "window": "rolling 40 days"},
    "the year so far": {"drilldown": "date:month", "window": "to_date", "totals": "yes"},
    "a running total": {"drilldown": "date:quarter|channel", "window": "cumulative", "fill": "yes"},
    "shares of a parent": {"drilldown": "product:category", "share": "product", "totals": "yes"},
    "shares of the total": {"drilldown": "channel|date", "share": "total", "split": "gender:female"},
    "fiscal months compared": {"drilldown": "fiscal:fiscal_month", "compare": "previous", "fill": "yes"},
    "the fiscal year so far": {"drilldown": "fiscal:fiscal_quarter", "window": "to_date", "totals": "yes"},
    "a fiscal time by a word": {"cut": ["currency:GBP", "fiscal:lastquarter"], "compare": "year_ago"},
    "of the whole cell": {"cut": ["currency:GBP", "date:2011"], "compare": "previous"},
}


@pytest.fixture(scope="module")
def three(server: Server, admin: Callable[[str], None]) -> Iterator[dict[str, Engine]]:
    with engines(server, admin, "every_day", on_every_day()) as opened:
        yield opened


class TestOtherEngines:
    @pytest.mark.parametrize("name", ["postgres", "clickhouse"])
    @pytest.mark.parametrize("question", QUESTIONS)
    def test_the_answer_is_that_of_duckdb(self, three: dict[str, Engine], name: str, question: str) -> None:
        asked = {
            "cut": "currency:GBP",
            "aggregates": "net_revenue|cost|lines|customers|aov",
            **QUESTIONS[question],
        }

        answer, expected = aggregated(three[name], **asked), aggregated(three["duckdb"], **asked)

        assert answer.total == expected.total
        assert _near(answer.summary) == expected.summary
        assert [_near(record) for record in answer.records] == expected.records


def _near(record: dict[str, Any]) -> dict[str, Any]:
    """Ratios to their last bits."""
    return {
        name: pytest.approx(value, rel=1e-12) if isinstance(value, float) else value
        for name, value in record.items()
    }
