"""Targets beside the actual: of the same cell and the same days, in every engine."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.postgres import Server
from olap import star
from olap.ask import Engine
from olap.engines.duckdb import DuckDB
from olap.errors import RequestError
from olap.explain import explain_aggregate
from olap.plan import NONE
from olap.request import Paging, aggregate_request
from olap.targets import ordered
from olap.vocabulary import TooMuch
from tests.olap.cube.asking import NOW, SALES, aggregated, rows, texts
from tests.olap.cube.calendar_star import on_every_day
from tests.olap.engines.stars import NAMES, engines

TARGETS: list[tuple[Any, ...]] = [
    (0, None, None, None, None, None, None),
    # Of each quarter of 2011, and of all the year for food alone.
    (1, "sales", "lines", "currency:GBP", date(2011, 1, 1), date(2011, 4, 1), "5"),
    (2, "sales", "lines", "currency:GBP", date(2011, 4, 1), date(2011, 10, 1), "1"),
    (3, "sales", "lines", "currency:GBP", date(2011, 10, 1), date(2012, 1, 1), "4"),
    (4, "sales", "lines", "product:food|currency:GBP", date(2011, 1, 1), date(2012, 1, 1), "7"),
    (5, "sales", "aov", "currency:GBP", date(2011, 1, 1), date(2012, 1, 1), "25"),
    (6, "sales", "aov", "currency:GBP", date(2012, 1, 1), date(2012, 4, 1), "20"),
    # Set again, and of half of a year that has no other half.
    (7, "sales", "aov", "currency:GBP", date(2011, 1, 1), date(2012, 1, 1), "20"),
    (8, "sales", "lines", "currency:GBP", date(2012, 1, 1), date(2012, 7, 1), "9"),
    (9, "sales", "lines", "no such:cut", date(2011, 1, 1), date(2012, 1, 1), "1"),
]
POUNDS: dict[str, Any] = {"cut": "currency:GBP", "aggregates": "lines|aov|customers", "plan": "yes"}


@pytest.fixture(scope="module")
def aimed(server: Server, admin: Callable[[str], None]) -> Iterator[dict[str, Engine]]:
    given = {**on_every_day(), star.metadata.tables["target"]: TARGETS}
    with engines(server, admin, "aimed", given) as opened:
        yield opened


@pytest.fixture(params=NAMES)
def engine(aimed: dict[str, Engine], request: pytest.FixtureRequest) -> Engine:
    return aimed[request.param]


def table(records: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(record[name] for name in names) for record in records]


class TestPlan:
    def test_shorter_ones_that_fill_the_days_are_added_and_longer_ones_are_not_split(
        self, engine: Engine
    ) -> None:
        years = aggregated(engine, **POUNDS, drilldown="date:year")
        quarters = aggregated(engine, **{**POUNDS, "cut": "currency:GBP|date:2011"}, drilldown="date:quarter")

        # 2011 is 5 + 1 + 4; of 2012 only half is planned, and of 2010 and of the unknown day nothing.
        assert table(years.records, "date.year", "lines", "lines__target", "lines__difference") == [
            (2010, 3, None, None),
            (2011, 8, 10, -2),
            (2012, 6, None, None),
            (None, 1, None, None),
        ]
        assert years.records[1]["lines__difference_rate"] == pytest.approx(-0.2)
        # Two quarters have one target together, which is neither's.
        assert table(quarters.records, "date.quarter", "lines__target") == [(1, 5), (4, 4)]
        assert quarters.summary["lines__target"] == 10

    def test_what_cannot_be_added_has_the_target_of_just_these_days_that_was_set_last(
        self, engine: Engine
    ) -> None:
        years = aggregated(engine, **POUNDS, drilldown="date:year")

        found = table(years.records, "aov__target", "aov__difference")
        assert found[1] == (20, pytest.approx(years.records[1]["aov"] - 20))
        assert found[2] == (None, None)
        assert "customers__target" not in years.aggregates

    def test_a_target_is_of_the_same_members_cut_or_drilled_down(self, engine: Engine) -> None:
        drilled = aggregated(engine, **POUNDS, drilldown="product:department|date:year", totals="yes")
        cut = aggregated(
            engine, **{**POUNDS, "cut": "currency:GBP|product:food|date:2011"}, order="lines:desc"
        )

        targets = {
            (row["product.department"], row["date.year"], row["__totals__"]): row["lines__target"]
            for row in drilled.records
            if row["lines__target"] is not None
        }
        assert targets == {("food", 2011, None): 7, (None, 2011, "product.department"): 10}
        assert cut.summary["lines__target"] == 7

    def test_totals_over_the_members_have_the_target_of_all_of_them(self, engine: Engine) -> None:
        answer = aggregated(engine, **POUNDS, drilldown="date:year|product:department", totals="yes")

        totals = {
            row["date.year"]: row["lines__target"]
            for row in answer.records
            if row["__totals__"] == "product.department"
        }
        assert totals == {2010: None, 2011: 10, 2012: None, None: None}
        assert answer.summary["lines__target"] is None

    def test_others_have_none(self, engine: Engine) -> None:
        answer = aggregated(
            engine,
            **{**POUNDS, "cut": "currency:GBP|date:2011"},
            drilldown="product:department",
            top="1,others",
        )

        assert [row["lines__target"] for row in answer.records if row["__others__"]] == [None]

    def test_a_cube_without_targets_answers_as_ever(self, engine: Engine) -> None:
        answer = aggregated(engine, plan="yes", aggregates="units")

        assert answer.aggregates == ("units",)
        assert isinstance(answer.summary["units"], Decimal)

    @pytest.mark.parametrize("other", [{"convert": "GBP"}, {"split": "date:2011"}])
    def test_what_has_no_targets_is_refused(self, engine: Engine, other: dict[str, Any]) -> None:
        with pytest.raises(RequestError, match="plan cannot be asked together with"):
            aggregated(engine, **POUNDS, **other)


BY_QUARTER = """
    SELECT d.year, d.quarter, count(*) AS lines, t.target, count(*) - t.target AS difference
    FROM sales JOIN date d USING (date_key)
    LEFT JOIN (VALUES (2011, 1, 5), (2011, 4, 4)) t (year, quarter, target) USING (year, quarter)
    WHERE currency_key = 826 GROUP BY d.year, d.quarter, t.target
"""
NAMES_OF = ("date.year", "date.quarter", "lines", "lines__target", "lines__difference")


def by_hand(opened: dict[str, Engine], sql: str) -> list[tuple[Any, ...]]:
    duckdb = opened["duckdb"]
    assert isinstance(duckdb, DuckDB)
    return rows(duckdb, sql)


class TestOrderByTargets:
    @pytest.mark.parametrize(
        ("order", "sql"),
        [
            ("lines__difference:desc", "difference DESC NULLS LAST, year, quarter"),
            ("lines__difference", "difference NULLS LAST, year, quarter"),
            ("date.quarter:desc,lines__target", "quarter DESC NULLS LAST, target NULLS LAST, year"),
            ("lines__target,lines:desc", "target NULLS LAST, lines DESC, year, quarter"),
        ],
    )
    def test_pages_of_cells_come_in_it(
        self, aimed: dict[str, Engine], engine: Engine, order: str, sql: str
    ) -> None:
        asked = {**POUNDS, "drilldown": "date:quarter", "order": order}

        pages = [aggregated(engine, **asked, paging=Paging(number, 2)) for number in range(4)]

        told = by_hand(aimed, f"{BY_QUARTER} ORDER BY {sql}")
        shown = [row for page in pages for row in table(page.records, *NAMES_OF)]
        assert shown == told
        assert {page.total for page in pages} == {len(told)} == {5}

    def test_only_cells_that_hold_are_shown_and_counted(
        self, aimed: dict[str, Engine], engine: Engine
    ) -> None:
        conditions = "lines__difference>-5,lines__difference_rate!=0.5,lines>=1"

        answer = aggregated(engine, **POUNDS, drilldown="date:quarter", having=conditions)

        told = by_hand(
            aimed,
            f"""SELECT * FROM ({BY_QUARTER}) WHERE difference > -5 AND difference / target <> 0.5 AND lines >= 1
                ORDER BY year, quarter""",
        )
        assert table(answer.records, *NAMES_OF) == told
        assert answer.total == len(told) > 0

    def test_totals_come_after_the_cells_and_hold_whatever_is_asked_of_these(self, engine: Engine) -> None:
        asked = {**POUNDS, "drilldown": "date:quarter", "totals": "yes"}

        by_value = aggregated(engine, **asked, order="lines__difference:desc")
        by_member = aggregated(engine, **asked, order="date.year:desc,lines__difference")
        alone = aggregated(engine, **asked, having="lines__difference>1000")

        plain = aggregated(engine, **asked, order="lines:desc")
        marks = [row["__totals__"] for row in plain.records]
        assert [row["__totals__"] for row in by_value.records] == marks
        years = [row["date.year"] for row in by_member.records]
        assert years == sorted((year for year in years if year), reverse=True) + [None] * years.count(None)
        assert by_member.records[-1]["__totals__"] == "date.year,date.quarter"
        assert [row["__totals__"] for row in alone.records] == [
            row["__totals__"] for row in aggregated(engine, **asked).records if row["__totals__"]
        ]
        assert by_value.total == by_member.total == plain.total

    def test_what_stands_beside_other_times_goes_with_it(self, engine: Engine) -> None:
        asked = {**POUNDS, "drilldown": "date:quarter", "compare": "previous"}

        answer = aggregated(engine, **asked, order="lines__change:desc,lines__difference")

        plain = aggregated(engine, **asked, order="lines__change:desc")
        changes = [row["lines__change"] for row in answer.records]
        assert changes == [row["lines__change"] for row in plain.records]
        assert sorted(map(str, answer.records)) == sorted(map(str, plain.records))

    @pytest.mark.parametrize(
        ("asked", "why"),
        [
            (
                {"order": "customers__difference"},
                "cannot order by 'customers__difference', which the answer does",
            ),
            (
                {"having": "units__target>1"},
                "unknown aggregate 'units__target' in having; known: lines, lines__t",
            ),
            (
                {"order": "lines__target", "top": "2"},
                "top ranks members by their own aggregates, not by 'lines__t",
            ),
            ({"having": "lines__target>1", "top": "2"}, "top ranks members by their own aggregates"),
            ({"having": "lines__target>1", "drilldown": []}, "having cannot be asked without a drilldown"),
        ],
        ids=str,
    )
    def test_what_is_not_there_is_refused(
        self, aimed: dict[str, Engine], asked: dict[str, Any], why: str
    ) -> None:
        with pytest.raises(RequestError) as refused:
            aggregated(aimed["duckdb"], **{**POUNDS, "drilldown": "date:quarter", **asked})

        assert why in str(refused.value)

    def test_too_many_cells_are_refused(
        self, aimed: dict[str, Engine], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(ordered, "MOST", 4)

        with pytest.raises(TooMuch, match="the answer has 5 cells, of which 4 can be put in order"):
            aggregated(aimed["duckdb"], **POUNDS, drilldown="date:quarter", order="lines__target")

    def test_explain_tells_how_the_cells_are_read(self, aimed: dict[str, Engine]) -> None:
        given = texts(**POUNDS, drilldown="date:quarter", order="lines__difference", having="lines__target>1")
        wanted = aggregate_request(SALES, given, now=NOW, language="en")

        assert "GROUP BY" in explain_aggregate(aimed["duckdb"], SALES, wanted, NONE).sql
