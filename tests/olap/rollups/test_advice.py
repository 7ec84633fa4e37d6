"""The log of requests, and the rollups that are proposed from it."""

import itertools
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from olap import requests as log
from olap.bind import bind_aggregate
from olap.engines.duckdb import DuckDB
from olap.plan import NONE, Aggregation, RowFilter
from olap.request import Texts, aggregate_request
from olap.requests import Request, RequestLog
from olap.rollups.advice import Proposal, advise
from olap.rollups.choice import over
from olap.rollups.declared import declare, determined, named
from olap.serving.cache import Cached
from tests.olap.cube.asking import SALES, aggregated, rows

NOW = datetime(2011, 8, 17, 9, 30, tzinfo=UTC)


def asked(
    keys: list[str], aggregates: list[str], *, took: float = 100.0, rollup: str | None = None
) -> Request:
    return Request(0, "sales", tuple(sorted(keys)), tuple(aggregates), took, rollup)


class TestLog:
    def test_columns_and_times_are_logged_and_no_member(self, small_rolled: DuckDB, tmp_path: Path) -> None:
        kept = RequestLog(tmp_path / "requests")
        engine = Cached(small_rolled, lambda: "1", requests=kept)

        aggregated(engine, cut="customer:France|date:2011", drilldown="gender", aggregates="orders|aov")

        (found,) = kept.read()
        assert (found.cube, found.aggregates) == ("sales", ("aov", "orders"))
        assert found.keys == ("customer.country", "customer.gender", "date.year")
        assert found.rollup is not None
        assert found.milliseconds > 0
        assert "France" not in (tmp_path / "requests").read_text()
        assert "2011" not in (tmp_path / "requests").read_text()

    def test_what_no_rollup_could_answer_is_passed_over(self, small_rolled: DuckDB, tmp_path: Path) -> None:
        kept = RequestLog(tmp_path / "requests")
        engine = Cached(small_rolled, lambda: "1", requests=kept)

        aggregated(
            engine, drilldown="date:month", aggregates="net_revenue", convert="GBP", cut="currency:GBP"
        )

        assert list(kept.read()) == []

    def test_what_is_told_by_other_times_needs_single_days(
        self, small_rolled: DuckDB, tmp_path: Path
    ) -> None:
        kept = RequestLog(tmp_path / "requests")
        engine = Cached(small_rolled, lambda: "1", requests=kept)

        aggregated(engine, drilldown="date:month|gender", aggregates="orders", compare="30 days")
        aggregated(engine, drilldown="date:month|gender", aggregates="orders", totals="yes")
        aggregated(engine, drilldown="date:year|gender", aggregates="orders", window="to_date")

        assert [each.keys for each in kept.read()] == [
            ("customer.gender", "sales.date_key"),
            ("customer.gender", "date.month", "date.quarter", "date.year"),
            ("customer.gender", "date.month", "date.year"),
        ]

    @pytest.mark.parametrize("asof", ["now", "2011-06-30"])
    def test_traits_of_another_time_need_the_way_to_them(
        self, small_rolled: DuckDB, tmp_path: Path, asof: str
    ) -> None:
        kept = RequestLog(tmp_path / "requests")
        engine = Cached(small_rolled, lambda: "1", requests=kept)

        aggregated(engine, cut="product:Home", drilldown="date:year|gender", aggregates="units", asof=asof)

        assert [each.keys for each in kept.read()] == [
            ("date.year", "sales.customer_key", "sales.product_key")
        ]

    @pytest.mark.parametrize(("asof", "days"), [("event", ["sales.date_key"]), ("now", [])])
    def test_what_is_told_by_days_needs_the_customer_and_the_day(
        self, small_rolled: DuckDB, tmp_path: Path, asof: str, days: list[str]
    ) -> None:
        kept = RequestLog(tmp_path / "requests")
        engine = Cached(small_rolled, lambda: "1", requests=kept)

        aggregated(engine, cut="lifecycle_stage:loyal", drilldown="rfm_cell", aggregates="units", asof=asof)

        assert [each.keys for each in kept.read()] == [("sales.customer_id", *days)]

    def test_the_file_is_bounded(
        self, small_rolled: DuckDB, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(log, "MOST", 400)
        engine = Cached(small_rolled, lambda: "", requests=RequestLog(tmp_path / "requests"))

        for _ in range(20):
            aggregated(engine, aggregates="orders")

        assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= 2 * 600
        assert list(RequestLog(tmp_path / "requests").read())

    def test_an_answer_does_not_fail_for_its_log(self, small_rolled: DuckDB, tmp_path: Path) -> None:
        engine = Cached(small_rolled, lambda: "1", requests=RequestLog(tmp_path / "gone" / "requests"))

        assert aggregated(engine, aggregates="lines").summary == {"lines": 20}

    def test_lines_that_are_no_requests_are_passed_over(self, tmp_path: Path) -> None:
        (tmp_path / "requests").write_text('{"at": 1}\nnothing\n[]\n')

        assert list(RequestLog(tmp_path / "requests").read()) == []


DRILLS = [
    "gender",
    "date:year|gender",
    "date:year|rfm_cell",
    "date:month|product:category",
    "date@iso:iso_week|gender",
    "date:day",
]
TIMES: list[dict[str, Any]] = [
    {},
    {"compare": "year_ago"},
    {"compare": "30 days"},
    {"window": "rolling 2 months"},
    {"window": "rolling 9 days"},
    {"window": "to_date", "fill": "yes"},
]
SEEN = [NONE, RowFilter(branch_keys=frozenset({1})), RowFilter(owner_id=1)]


class TestKeys:
    @pytest.mark.parametrize("cut", ["", "date:2010|customer:France"])
    @pytest.mark.parametrize("asof", [None, "now"])
    @pytest.mark.parametrize("drilldown", DRILLS)
    def test_a_rollup_by_them_answers(self, drilldown: str, asof: str | None, cut: str) -> None:
        for times, seen in itertools.product(TIMES, SEEN):
            if (times and "date" not in drilldown + cut) or ("window" in times and "date" not in drilldown):
                continue
            texts = Texts(cut=[cut], drilldown=[drilldown], aggregates=["net_revenue"], asof=asof, **times)
            wanted = aggregate_request(SALES, texts, now=NOW, language="en")
            shape = bind_aggregate(wanted, SALES, seen).shape
            assert isinstance(shape, Aggregation)
            keys = {*map(named, log.keys_of(shape)), "sales.currency_key"}

            rollup = declare(
                SALES, {"name": "new", "keys": sorted(keys)}, determined("sales"), {}, metadata=sa.MetaData()
            )

            assert not isinstance(over(shape, rollup), str), (keys, times, seen)


class TestAdvice:
    def test_the_rollup_that_would_have_saved_most_comes_first(self, small: DuckDB) -> None:
        gender = asked(["customer.gender", "date.year"], ["orders"])
        year = asked(["date.year"], ["net_revenue"], took=40)
        product = asked(["product.code"], ["units"], took=10)

        found = advise(small, [gender, gender, year, product])

        assert found == [
            Proposal("sales", ("customer.gender", "date.year", "sales.currency_key"), _cells(small), 3, 240),
            Proposal("sales", ("product.code", "sales.currency_key"), 7, 1, 10),
        ]
        assert found[0].text().splitlines()[1] == (
            '  {"name": "...", "keys": ["customer.gender", "date.year", "sales.currency_key"]}'
        )

    def test_what_a_rollup_answered_needs_none(self, small: DuckDB) -> None:
        assert advise(small, [asked(["date.year"], ["orders"], rollup="month_place")]) == []

    def test_what_no_rollup_by_these_keys_could_count_is_not_proposed(self, small: DuckDB) -> None:
        assert advise(small, [asked(["product.category"], ["orders"])]) == []

    def test_a_log_older_than_the_model_is_no_trouble(self, small: DuckDB) -> None:
        gone = [asked(["customer.shoe_size"], ["orders"]), asked(["date.year"], ["shoes"])]

        assert advise(small, [*gone, Request(0, "shoes", (), (), 1.0, None)]) == []


def _cells(engine: DuckDB) -> int:
    sql = """
        SELECT count(*) FROM (SELECT DISTINCT c.gender, d.year, s.currency_key
                              FROM sales s JOIN customer c USING (customer_key) JOIN date d USING (date_key))
    """
    return int(rows(engine, sql)[0][0])
