"""The facts besides sales, in the cube and as SQL written by hand counts them in the tables."""

from decimal import Decimal
from typing import Any

import pytest

from olap.browser import Browser
from olap.plan import NONE, RowFilter
from tests.olap.small_star import SmallCube
from tests.olap.store.activity import BusyShop


def asked(busy: BusyShop, cube: str, sight: RowFilter = NONE, **question: Any) -> Any:
    """The answer of the package's own browser."""
    opened = Browser(cube, SmallCube(busy[1].engine), row_filter=sight)
    return opened.aggregate(**question)


SUMMARIES = [
    ("touchpoints", "touchpoints", "SELECT count(*) FROM touchpoints"),
    ("touchpoints", "contacts", "SELECT count(*) FROM touchpoints WHERE kind <> 'VIEW'"),
    ("touchpoints", "duration", "SELECT sum(duration_seconds) FROM touchpoints"),
    ("touchpoints", "customers", "SELECT count(DISTINCT customer_id) FROM touchpoints"),
    ("touchpoints", "average_rating", "SELECT avg(rating) FROM touchpoints"),
    ("touchpoints", "average_sentiment", "SELECT avg(sentiment) FROM touchpoints"),
    ("offers", "proposed", "SELECT count(*) FROM offer_grants"),
    ("offers", "viewed", "SELECT 2"),
    ("offers", "accepted", "SELECT count(*) FROM offer_grants WHERE state IN ('ACCEPTED', 'REDEEMED')"),
    ("offers", "redeemed", "SELECT count(*) FROM offer_grants WHERE state = 'REDEEMED'"),
    ("offers", "redeeming_customers", "SELECT 1"),
    ("offers", "contacted_customers", "SELECT 2"),
    ("offers", "response_rate", "SELECT 1.0 / 2"),
    ("topics", "mentions", "SELECT sum(cardinality(topics)) FROM touchpoints"),
    (
        "topics",
        "contacts",
        "SELECT count(*) FROM touchpoints WHERE kind <> 'VIEW' AND cardinality(topics) > 0",
    ),
    (
        "topics",
        "customers",
        "SELECT count(DISTINCT customer_id) FROM touchpoints WHERE cardinality(topics) > 0",
    ),
    ("topics", "average_rating", "SELECT 5"),
    ("topics", "average_sentiment", "SELECT avg(sentiment) FROM touchpoints, unnest(topics)"),
    ("cases", "cases", "SELECT count(*) FROM cases"),
    ("cases", "open", "SELECT count(*) FROM cases WHERE state IN ('NEW', 'OPEN', 'WAITING_CUSTOMER')"),
    ("cases", "average_first_response", "SELECT 30 * 60"),
    ("cases", "average_solution", "SELECT 60 * 60"),
    ("cases", "average_elapsed", "SELECT avg(extract(epoch FROM solved_at - opened_at)) FROM cases"),
    ("cases", "satisfaction", "SELECT avg(satisfaction) FROM cases"),
    ("cases", "solved_in_time_rate", "SELECT 1"),
    ("opportunities", "opportunities", "SELECT count(*) FROM opportunities"),
    ("opportunities", "reached", "SELECT count(*) FROM opportunities"),
    ("opportunities", "stages", "SELECT 3"),
    ("opportunities", "won", "SELECT count(*) FROM opportunities WHERE stage = 'WON'"),
    ("opportunities", "amount", "SELECT sum(amount) FROM opportunities"),
    (
        "opportunities",
        "weighted_amount",
        "SELECT sum(amount * probability / 100) FROM opportunities WHERE stage <> 'WON'",
    ),
    ("opportunities", "win_rate", "SELECT 1"),
    ("shipments", "shipments", "SELECT count(*) FROM shipments"),
    ("shipments", "units", "SELECT sum(quantity) FROM shipment_lines"),
    ("shipments", "average_days_to_ship", "SELECT 1"),
    ("shipments", "average_days_to_deliver", "SELECT 2.5"),
    ("stock", "stock_days", "SELECT 5 + 1"),
    ("stock", "out_of_stock", "SELECT 1"),
    ("stock", "outflow", "SELECT 10"),
    # 10 on three days, then 4, then none; 4 of the other on its one day, of which nothing went.
    ("stock", "days_of_cover", "SELECT (10 * 3 + 4 + 4) / 10.0"),
    ("stock", "closing_quantity", "SELECT sum(quantity) FROM stock_levels"),
]


class TestSummaries:
    @pytest.mark.parametrize(("cube", "name", "query"), SUMMARIES, ids=[f"{c} {n}" for c, n, _ in SUMMARIES])
    def test_they_are_what_the_tables_hold(self, busy: BusyShop, cube: str, name: str, query: str) -> None:
        expected = float(busy[0].value(f"SELECT ({query})::float8 AS x"))

        answer = asked(busy, cube, aggregates=[name])

        assert float(answer.summary[name]) == pytest.approx(expected)

    def test_money_of_grants_is_that_of_their_offers(self, busy: BusyShop) -> None:
        answer = asked(
            busy,
            "offers",
            cell="currency:GBP",
            aggregates=["value", "redeemed_value", "cost", "revenue", "cost_per_response"],
        )

        # Two grants of 10; the redeemed one costs 4 and brought the order of 15.00 + 0.003 - 2.55.
        assert answer.summary["value"] == Decimal(20)
        assert answer.summary["redeemed_value"] == Decimal(10)
        assert answer.summary["cost"] == answer.summary["cost_per_response"] == Decimal(4)
        assert answer.summary["revenue"] == Decimal("12.4530")

    def test_stock_is_averaged_over_the_days_on_which_it_was_known(self, busy: BusyShop) -> None:
        answer = asked(
            busy, "stock", cell="product:Home,Kitchen,Cups", aggregates=["average_quantity", "average_value"]
        )

        # 10 on the first three days of January, 4 on the fourth and nothing on the fifth, at 1.5 each.
        assert answer.summary["average_quantity"] == pytest.approx((10 * 3 + 4 + 0) / 5)
        assert answer.summary["average_value"] == pytest.approx((10 * 3 + 4) * 1.5 / 5)

    def test_stock_at_the_end_is_the_last_word_on_each_product_in_each_warehouse(
        self, busy: BusyShop
    ) -> None:
        names = ["closing_quantity"]
        days = asked(busy, "stock", drilldown=["date@ymd:day"], aggregates=names)
        houses = asked(busy, "stock", cell="date@ymd:2011,1", drilldown=["warehouse"], aggregates=names)

        # The first warehouse told on the fifth that nothing is left; of the other the word of the first day stands.
        assert [(cell["date.day"], cell["closing_quantity"]) for cell in days.cells] == [
            (1, 14),
            (2, 10),
            (3, 10),
            (4, 4),
            (5, 0),
        ]
        assert [cell["closing_quantity"] for cell in houses.cells] == [0, 4]
        assert houses.summary["closing_quantity"] == days.summary["closing_quantity"] == 4


class TestDimensions:
    def test_an_offer_lies_in_its_tree(self, busy: BusyShop) -> None:
        answer = asked(busy, "offers", drilldown=["offer:form"], aggregates=["proposed"])

        assert [tuple(cell.values()) for cell in answer.cells] == [
            ("benefit", "proactive", "monetary", "direct", "discount", 2),
            ("core", None, None, None, None, 1),
        ]

    def test_a_contact_counts_with_each_of_its_topics(self, busy: BusyShop) -> None:
        answer = asked(busy, "topics", drilldown=["topic"], aggregates=["mentions", "contacts"])

        assert [tuple(cell.values()) for cell in answer.cells] == [("price", 2, 2), ("stock", 1, 1)]
        assert answer.summary["contacts"] == 2

    def test_attributes_of_facts_are_members_too(self, busy: BusyShop) -> None:
        browser = Browser("touchpoints", SmallCube(busy[1].engine))

        assert browser.members(None, "topic") == [{"topic": "price"}, {"topic": None}]
        assert browser.members("kind:view", "sentiment") == [{"sentiment": None}]

    @pytest.mark.parametrize(
        "cube", ["touchpoints", "topics", "offers", "cases", "opportunities", "shipments", "stock", "sales"]
    )
    def test_no_dimension_loses_a_fact(self, busy: BusyShop, cube: str) -> None:
        browser = Browser(cube, SmallCube(busy[1].engine))
        counted = next(each.name for each in browser.cube.aggregates if each.function == "count")
        whole = browser.aggregate(aggregates=[counted]).summary[counted]

        for dimension in browser.cube.dimensions:
            level = f"{dimension.name}:{dimension.levels[0].name}"
            cells = browser.aggregate(drilldown=[level], aggregates=[counted], page=0, page_size=100).cells
            assert sum(cell[counted] for cell in cells) == whole, level

    def test_a_customer_has_traits_and_nothing_personal(self, busy: BusyShop) -> None:
        (row,) = busy[1].rows(
            "SELECT age_band, household_size, acquired_channel, home_code, owner_id, has_email, has_phone, marketing,"
            " attributes FROM customer WHERE customer_id = 1"
        )

        assert row == ("30-39", 2, "web", "S1", 1, "yes", "no", "yes", '{"skin": "dry"}')
        assert busy[1].rows("SELECT marketing FROM customer WHERE customer_id = 2") == [("no",)]

    def test_a_customer_has_the_age_of_the_fact_and_that_of_today(self, busy: BusyShop) -> None:
        known: Any = {"cell": "known:yes|currency:GBP", "aggregates": ["lines"]}

        then = asked(busy, "sales", drilldown=["age_at_event"], **known)
        now = asked(busy, "sales", drilldown=["age_band"], **known)

        # Customer 1 was seventeen when he bought, and is in his thirties; the others never told.
        assert [tuple(cell.values()) for cell in then.cells] == [("0-19", 3), (None, 2)]
        assert [tuple(cell.values()) for cell in now.cells] == [("30-39", 3), (None, 2)]

    def test_the_calendar_knows_holidays_of_the_moon_and_substitute_days(self, busy: BusyShop) -> None:
        days = busy[1].rows(
            "SELECT date_key, day_kind, holiday_ko, fiscal_year, fiscal_quarter FROM date"
            " WHERE date_key IN (20260217, 20261005, 20261121, 20261123) ORDER BY 1"
        )

        assert days == [
            (20260217, "holiday", "설날", 2026, 1),
            (20261005, "holiday", "개천절 대체 휴일", 2026, 4),
            (20261121, "weekend", None, 2026, 4),
            (20261123, "working_day", None, 2026, 4),
        ]


BRANCH_ONE, NOBODY = RowFilter(branch_keys=frozenset({1})), RowFilter(branch_keys=frozenset())
KIM, OTHER = RowFilter(owner_id=1), RowFilter(owner_id=2)

SIGHT = [
    ("touchpoints", BRANCH_ONE, 1),
    ("touchpoints", KIM, 2),
    ("topics", BRANCH_ONE, 2),
    ("topics", KIM, 3),
    ("offers", BRANCH_ONE, 1),
    ("offers", KIM, 1),
    ("cases", BRANCH_ONE, 1),
    ("cases", KIM, 1),
    ("opportunities", BRANCH_ONE, 2),
    ("opportunities", KIM, 2),
    ("shipments", BRANCH_ONE, 1),
    ("shipments", KIM, 1),
    ("stock", BRANCH_ONE, 5),
    ("stock", KIM, 0),
    *((cube, who, 0) for who in (NOBODY, OTHER) for cube in ("touchpoints", "offers", "cases", "stock")),
]


class TestRowFilter:
    @pytest.mark.parametrize(("cube", "who", "seen"), SIGHT, ids=lambda value: str(value)[:60])
    def test_each_sees_what_the_domain_lets_him_see(
        self, busy: BusyShop, cube: str, who: RowFilter, seen: int
    ) -> None:
        counted = {
            "topics": "mentions",
            "offers": "proposed",
            "opportunities": "stages",
            "stock": "stock_days",
        }.get(cube, cube)

        answer = asked(busy, cube, who, aggregates=[counted])

        assert answer.summary[counted] == seen
