"""What is asked wrongly of customers' ways is refused with the wrong word and the right ones."""

from collections.abc import Iterator
from typing import Any

import pytest

from olap import ask
from olap.ask import MixedCurrencies
from olap.engines.duckdb import DuckDB
from olap.errors import RequestError
from olap.plan import NONE
from olap.request import Texts, aggregate_request
from olap.serving.estimate import check_size
from olap.vocabulary import TooMuch, model_of
from tests.olap.cube.calendar_star import engine_of, on_every_day
from tests.olap.journeys.ways import NOW

WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("sales", {"cohort": "day"}, "unknown cohort 'day'; known: week, month, quarter, year"),
    ("sales", {"cohort": "month'; DROP TABLE sales"}, "unknown cohort"),
    (
        "stock",
        {"cohort": "month"},
        "the cube stock tells of no customer's first time; cohort is known of cases, offers, opportunities, sales",
    ),
    ("sales", {"cohort": "month", "drilldown": ["date"]}, "cohort cannot be drilled down by date"),
    ("sales", {"cohort": "month", "drilldown": ["fiscal"]}, "cohort cannot be drilled down by fiscal"),
    ("sales", {"cohort": "month", "compare": "previous"}, "cohort cannot be asked together with compare"),
    (
        "sales",
        {"cohort": "month", "totals": "yes", "split": ["gender:male"]},
        "together with totals, split; leave",
    ),
    (
        "sales",
        {"cohort": "month", "aggregates": ["profit"]},
        "unknown aggregate 'profit'; known: net_revenue",
    ),
    ("sales", {"cohort": "month", "order": ["lines"]}, "cannot order by 'lines'.*cohort, period"),
    ("sales", {"cohort": "month", "funnel": "sales|sales"}, "cohort and funnel are different questions"),
    ("sales", {"within": "3 days"}, "within says how long a funnel may take; give funnel"),
    ("sales", {"cohort": "month", "within": "3 days"}, "within says how long a funnel may take"),
    ("sales", {"funnel": "sales"}, "a funnel of 1 steps; 2 to 8 are taken, joined by |"),
    ("sales", {"funnel": "|".join(["sales"] * 9)}, "a funnel of 9 steps; 2 to 8 are taken"),
    ("sales", {"funnel": "sales|"}, "malformed step '' of the funnel; the form is cube, cube.event"),
    ("sales", {"funnel": "sales|web shop"}, "malformed step 'web shop'"),
    (
        "sales",
        {"funnel": "sales|visits"},
        "unknown cube 'visits' in the step 'visits'; known: cases, offers, opportunities, sales",
    ),
    ("sales", {"funnel": "sales|stock"}, "unknown cube 'stock' in the step 'stock'"),
    (
        "sales",
        {"funnel": "sales|offers.net_revenue"},
        "unknown event 'net_revenue'.*known of offers: proposed, delivered, viewed, accepted",
    ),
    ("sales", {"funnel": "sales|offers.colour:red"}, "in the step 'offers.colour:red': .*colour"),
    ("sales", {"funnel": "sales|offers.date:2011-2012-2013"}, "2011-2012-2013"),
    (
        "sales",
        {"funnel": "touchpoints|sales"},
        "the first step 'touchpoints' is of the cube touchpoints: ask that cube.*this one is sales",
    ),
    ("sales", {"funnel": "sales|offers", "aggregates": ["lines"]}, "funnel counts customers: .* not lines"),
    (
        "sales",
        {"funnel": "sales|offers", "having": ["lines>1"]},
        "funnel cannot be asked together with having",
    ),
    (
        "sales",
        {"funnel": "sales|offers", "within": "3 months"},
        "unknown within '3 months'; the form is 30 days",
    ),
    (
        "sales",
        {"funnel": "sales|offers", "within": "0 days"},
        "unknown within '0 days'.*1 to 10000 minute, hour",
    ),
    ("sales", {"funnel": "sales|offers", "within": "-3 days"}, "unknown within '-3 days'"),
    (
        "sales",
        {"rfm": "latest"},
        "the cube sales does not say how customers stood; rfm is known of customers",
    ),
    ("segments", {"rfm": "latest"}, "rfm is known of customers"),
    ("customers", {"rfm": "now"}, "unknown rfm 'now': a day is written 2011-12-31; known: latest"),
    ("customers", {"rfm": "2011-02-30"}, "unknown rfm '2011-02-30'"),
    ("customers", {"rfm": "2030-01-01"}, "rfm of 2030-01-01, which is not over: today is 2011-09-14"),
    ("customers", {"rfm": "latest,value"}, "unknown rfm 'latest,value'; after the day there may be monetary"),
    (
        "customers",
        {"rfm": "latest", "aggregates": ["points"]},
        "unknown aggregate 'points' of rfm; known: cust",
    ),
    ("customers", {"rfm": "latest", "drilldown": ["stage"]}, "rfm cannot be drilled down by stage"),
    ("customers", {"rfm": "latest", "drilldown": ["date"]}, "rfm cannot be drilled down by date"),
    ("customers", {"rfm": "latest", "window": "to_date"}, "rfm cannot be asked together with window"),
    ("customers", {"migration": "colour"}, "unknown migration 'colour' of customers; known: rfm_cell"),
    ("segments", {"migration": "stage"}, "unknown migration 'stage' of segments; known: segment"),
    ("sales", {"migration": "stage"}, "migration is known of customers, segments"),
    ("customers", {"migration": "stage,week"}, "unknown period 'week' of migration; known: month, quarter"),
    (
        "customers",
        {"migration": "stage", "drilldown": ["stage"]},
        "migration cannot be drilled down by stage",
    ),
    ("customers", {"migration": "stage", "aggregates": ["orders"]}, "migration counts customers"),
    ("sales", {"deciles": "ten"}, "unknown deciles 'ten'; known: yes \\(10\\), or a number from 2 to 100"),
    ("sales", {"deciles": "1"}, "unknown deciles '1'"),
    ("sales", {"deciles": "101"}, "unknown deciles '101'"),
    (
        "stock",
        {"deciles": "10"},
        "the cube stock knows no customers' facts; deciles is known of cases, offers",
    ),
    (
        "sales",
        {"deciles": "10", "aggregates": ["aov"]},
        "nobody has a share of aov; first may stand: net_rev",
    ),
    ("sales", {"deciles": "10", "top": "3"}, "deciles cannot be asked together with top"),
    ("sales", {"deciles": "10", "cohort": "month"}, "cohort and deciles are different questions"),
    ("sales", {"deciles": "10", "convert": "XTS"}, "unknown currency 'XTS' in convert; known: GBP, KRW"),
    ("sales", {"cohort": "month", "convert": "won"}, "unknown currency 'won' in convert; a code of ISO"),
    (
        "sales",
        {"funnel": "sales|offers", "convert": "KRW"},
        "convert cannot be asked together with funnel; known are cohort and deciles",
    ),
    (
        "customers",
        {"migration": "stage", "convert": "KRW"},
        "convert cannot be asked together with migration",
    ),
    ("sales", {"deciles": "10", "plan": "yes"}, "plan cannot be asked together with .*deciles"),
    (
        "sales",
        {"deciles": "10", "order": ["lines"]},
        "cannot order by 'lines'.*decile, decile_size, net_revenue",
    ),
]


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDB]:
    with engine_of(on_every_day()) as found:
        yield found


def answered(engine: DuckDB, cube: str, texts: Texts) -> Any:
    model = model_of(cube)
    wanted = aggregate_request(model, texts, now=NOW, language="en")
    return ask.aggregate(engine, model, wanted, NONE)


class TestWrongWords:
    @pytest.mark.parametrize(("cube", "given", "message"), WRONG, ids=[str(each[:2]) for each in WRONG])
    def test_the_wrong_word_is_named_beside_the_right_ones(
        self, engine: DuckDB, cube: str, given: dict[str, Any], message: str
    ) -> None:
        with pytest.raises(RequestError, match=message):
            answered(engine, cube, Texts(**given))

    def test_ten_kilobytes_are_told_short(self, engine: DuckDB) -> None:
        for given in ({"cohort": "x" * 10_000}, {"funnel": "sales|" + "y" * 10_000}):
            with pytest.raises(RequestError) as refused:
                answered(engine, "sales", Texts(**given))  # type: ignore[arg-type]  # each has one

            assert len(str(refused.value)) < 400


class TestTooMuch:
    def test_amounts_of_several_currencies_are_refused_and_customers_are_not(self, engine: DuckDB) -> None:
        with pytest.raises(MixedCurrencies, match="GBP, KRW"):
            answered(engine, "sales", Texts(cohort="year", aggregates=["net_revenue"]))

        assert answered(engine, "sales", Texts(cohort="year")).summary["cohort_size"] == 5

    def test_nobody_is_ranked_by_amounts_of_several_currencies(self, engine: DuckDB) -> None:
        with pytest.raises(MixedCurrencies, match="GBP, KRW"):
            answered(engine, "sales", Texts(deciles="yes"))

        assert answered(engine, "sales", Texts(deciles="yes", drilldown=["currency"])).total == 20
        assert answered(engine, "sales", Texts(deciles="yes", aggregates=["lines"])).total == 10

    def test_a_cohort_of_too_many_cells_is_refused_before_it_runs(self, engine: DuckDB) -> None:
        model = model_of("sales")
        wanted = aggregate_request(model, Texts(cohort="week", drilldown=["gender"]), now=NOW, language="en")

        check_size(engine, model, wanted, NONE)
        with pytest.raises(TooMuch, match="the answer would have about"):
            check_size(engine, model, wanted, NONE, most=1000)


class TestEscapes:
    def test_a_member_may_hold_what_parts_steps_and_cuts(self, engine: DuckDB) -> None:
        steps = [r"sales.customer:a\-b\,c\|d\:e;f\\g\!h", "sales.product:T.x"]

        found = answered(engine, "sales", Texts(funnel="|".join(steps)))

        assert [row["step_name"] for row in found.records] == steps
