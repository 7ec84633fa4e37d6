"""The log of requests, and the rollups that are proposed from it."""

from pathlib import Path

import pytest

from olap import requests as log
from olap.engines.duckdb import DuckDB
from olap.requests import Request, RequestLog
from olap.rollups.advice import Proposal, advise
from olap.serving.cache import Cached
from tests.olap.cube.asking import aggregated, rows


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

        aggregated(engine, drilldown="date:month|gender", aggregates="orders", compare="year_ago")
        aggregated(engine, drilldown="date:month|gender", aggregates="orders", totals="yes")

        assert [each.keys for each in kept.read()] == [
            ("customer.gender", "sales.date_key"),
            ("customer.gender", "date.month", "date.quarter", "date.year"),
        ]

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
