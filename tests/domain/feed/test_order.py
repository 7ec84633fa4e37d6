"""The checker tells good sequences from bad ones."""

from datetime import UTC, datetime

import pytest

from domain.feed import Cursor, Event, Operation
from tests.domain.feed.order import disorder


def _events(*versions: tuple[int, int]) -> list[Event]:
    """Events of orders, given as (id, version), in the order in which they are read."""
    return [
        Event(
            cursor=Cursor(1, 100 + place, place),
            aggregate="order",
            aggregate_id=order_id,
            version=version,
            operation=Operation.UPDATED,
            origin="test",
            at=datetime(2026, 1, 1, tzinfo=UTC),
        )
        for place, (order_id, version) in enumerate(versions)
    ]


class TestDisorder:
    def test_versions_of_several_aggregates_may_interleave(self) -> None:
        assert disorder(_events((1, 1), (2, 1), (1, 2), (2, 2), (1, 3))) == []

    @pytest.mark.parametrize(
        ("versions", "first"),
        [
            ([(1, 1), (1, 3), (1, 2)], "order 1: version 3 where 2 is due"),
            ([(1, 1), (1, 3)], "order 1: version 3 where 2 is due"),
            ([(1, 1), (1, 1)], "order 1: version 1 where 2 is due"),
            ([(1, 1), (2, 2)], "order 2: version 2 where 1 is due"),
        ],
        ids=["swapped", "lost", "doubled", "begins late"],
    )
    def test_what_is_out_of_order_is_named(self, versions: list[tuple[int, int]], first: str) -> None:
        found = disorder(_events(*versions))

        assert found[0] == first
