"""Calls by day, role and operation in the cube: they follow what is counted, and people are counted, not named."""

from decimal import Decimal
from typing import Any

import pytest

from olap.browser import Browser
from olap.errors import RequestError
from olap.plan import NONE, RowFilter
from tests.olap.small_star import SmallCube
from tests.olap.store.shop import Cube, Shop

COUNTED = """
    INSERT INTO users (id, subject, name, role) VALUES (2, 'ana', 'Ana', 'ANALYST');
    INSERT INTO usage_calls (day, user_id, role, client, kind, operation, calls, errors, milliseconds) VALUES
        ('2026-05-04', 1, 'AGENT', 'PERSON', 'QUERY', 'customer', 30, 3, 45.125),
        ('2026-05-05', 1, 'AGENT', 'PERSON', 'QUERY', 'customer', 10, 1, 15),
        ('2026-05-05', 1, 'AGENT', 'PERSON', 'MUTATION', 'recordTouchpoint', 5, 0, 40),
        ('2026-05-05', 2, 'ANALYST', 'PERSON', 'CUBE', 'sales/aggregate', 8, 0, 200),
        ('2026-05-12', NULL, 'INTEGRATION', 'MACHINE', 'MUTATION', 'upsertOrders', 2, 1, 5000)
"""


def asked(cube: Cube, sight: RowFilter = NONE, **question: Any) -> Any:
    return Browser("usage", SmallCube(cube.engine), row_filter=sight).aggregate(**question)


@pytest.fixture
def used(shop: Shop, cube: Cube) -> Cube:
    """The cube, refreshed after calls were counted."""
    shop.run(COUNTED)
    cube.refresh()
    return cube


class TestAnswers:
    def test_roles_operations_and_weeks(self, used: Cube) -> None:
        answer = asked(
            used,
            drilldown=["date@iso:iso_week", "role", "operation:operation"],
            aggregates=["calls", "errors", "users"],
        )

        assert [tuple(cell.values()) for cell in answer.cells] == [
            (2026, 19, "agent", "mutation", "recordTouchpoint", 5, 0, 1),
            (2026, 19, "agent", "query", "customer", 40, 4, 1),
            (2026, 19, "analyst", "cube", "sales/aggregate", 8, 0, 1),
            (2026, 20, "integration", "mutation", "upsertOrders", 2, 1, 0),
        ]

    def test_people_are_distinct_and_rates_are_of_the_whole_cell(self, used: Cube) -> None:
        summary = asked(used, cell="client:person").summary

        assert summary["calls"] == 53
        assert summary["users"] == 2
        assert summary["error_rate"] == pytest.approx(4 / 53)
        assert summary["milliseconds"] == Decimal("300.125")
        assert summary["average_duration"] == pytest.approx(300.125 / 53)

    @pytest.mark.parametrize(
        ("sight", "seen"),
        [
            (RowFilter(owner_id=1), 45),
            (RowFilter(owner_id=7), 0),
            (RowFilter(branch_keys=frozenset({1})), 0),
        ],
        ids=["own", "another", "branch"],
    )
    def test_who_does_not_see_all_sees_his_own_calls(self, used: Cube, sight: RowFilter, seen: int) -> None:
        assert (asked(used, sight, aggregates=["calls"]).summary["calls"] or 0) == seen


class TestPeople:
    def test_they_are_counted_and_never_shown(self, used: Cube) -> None:
        browser = Browser("usage", SmallCube(used.engine))

        (fact, *_) = browser.facts()

        assert fact["operation.operation"] == "customer"
        assert not [name for name in fact if "user" in name]
        for name in ("user", "user_id"):
            with pytest.raises(RequestError, match=f"unknown field '{name}'"):
                browser.facts(fields=[name])


class TestFollowing:
    def test_what_is_added_and_what_goes_is_followed_day_by_day(self, shop: Shop, used: Cube) -> None:
        shop.run(
            "UPDATE usage_calls SET calls = 31, milliseconds = 50 WHERE day = '2026-05-04'",
            "DELETE FROM usage_calls WHERE day = '2026-05-12'",
        )

        used.refresh()

        days = asked(used, drilldown=["date@ymd:day"], aggregates=["calls"])
        assert [tuple(cell.values()) for cell in days.cells] == [(2026, 5, 4, 31), (2026, 5, 5, 23)]
        assert used.differences() == ()
