"""The moments of facts, from the tables to the funnel: a state counts from the first one that implies it."""

import pytest

from tests.olap.store.activity import BusyShop
from tests.olap.store.test_facts import asked

CALLS = "touchpoints.channel:call"


class TestFunnels:
    @pytest.mark.parametrize(
        ("cube", "funnel", "within", "reached"),
        [
            # Both were called; the grant of the one was redeemed 14 hours later, the other had seen his a day before.
            ("touchpoints", f"{CALLS}|offers.accepted", None, [2, 1]),
            ("touchpoints", f"{CALLS}|offers.redeemed", "14 hours", [2, 1]),
            ("touchpoints", f"{CALLS}|offers.redeemed", "13 hours", [2, 0]),
            ("touchpoints", f"{CALLS}|offers.viewed", None, [2, 1]),
            ("offers", "offers|touchpoints.contacts|offers.declined", None, [3, 2, 0]),
            ("offers", "offers.viewed|offers.declined", None, [2, 1]),
            ("offers", "offers.proposed|offers.viewed|touchpoints", None, [3, 1, 0]),
        ],
    )
    def test_each_step_is_reached_at_its_moment(
        self, busy: BusyShop, cube: str, funnel: str, within: str | None, reached: list[int]
    ) -> None:
        answer = asked(busy, cube, funnel=funnel, within=within)

        assert [cell["reached"] for cell in answer.cells] == reached

    def test_views_of_nobody_known_are_counted_apart(self, busy: BusyShop) -> None:
        answer = asked(busy, "touchpoints", funnel="touchpoints.channel:digital|sales")

        assert [(cell["reached"], cell["unknown"]) for cell in answer.cells] == [(0, 1), (0, 0)]
