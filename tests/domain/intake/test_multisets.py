"""Whatever the lines were and become: the store holds exactly what was staged, and equal multisets are no change."""

import asyncio
import itertools
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.intake.connections import Connection
from domain.intake.counts import Counts
from domain.intake.staging import LINES, PRODUCTS
from tests.domain.intake.staged_rows import LINE, merge, query

Values = tuple[str, ...]

VALUES = st.tuples(
    st.sampled_from(["SALE", "RETURN"]),
    st.sampled_from(["", "P", "Q"]),
    st.sampled_from(["1.000", "2.000", "-1.000"]),
    st.sampled_from(["0.0010", "0.0020"]),
    st.sampled_from(["", "0.0000", "1.0000"]),
)

NAMES = ("kind", "product", "quantity", "unit_price", "unit_cost")


def mixed(lines: Sequence[Values]) -> st.SearchStrategy[list[Values]]:
    """The same values in each column, but on other lines: what a careless digest takes for the same."""
    columns = [st.permutations(column) for column in zip(*lines, strict=True)]
    return st.tuples(*columns).map(lambda shuffled: list(zip(*shuffled, strict=True)))


_numbers = itertools.count()


def rows(order: str, lines: Sequence[Values]) -> list[dict[str, Any]]:
    return [
        {**LINE, "order_id": order, "line": number, **dict(zip(NAMES, line, strict=True))}
        for number, line in enumerate(lines)
    ]


STORED = """
    SELECT l.kind, coalesce(p.external_id, ''), l.quantity::text, l.unit_price::text, coalesce(l.unit_cost::text, '')
    FROM order_lines l JOIN orders o ON o.id = l.order_id
    LEFT JOIN product_external_ids p ON p.product_id = l.product_id
    WHERE o.source_id = '{order}'
"""


class TestMultisets:
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.data())
    def test_any_change_of_lines_is_exact(
        self, kept_intake: Connection, runner: asyncio.Runner, data: st.DataObject
    ) -> None:
        first = data.draw(st.lists(VALUES, min_size=1, max_size=8))
        second = data.draw(
            st.one_of(st.permutations(first), mixed(first), st.lists(VALUES, min_size=1, max_size=8))
        )
        order = f"O{next(_numbers)}"

        counts, events, stored = runner.run(replaced(kept_intake, order, first, second))

        same = Counter(first) == Counter(second)
        assert counts == (Counts(unchanged=1) if same else Counts(updated=1))
        assert events == (0 if same else 1)
        assert Counter(stored) == Counter(second)

    async def test_amounts_that_are_written_differently_are_the_same(self, intake: Connection) -> None:
        first = [("SALE", "P", "1", "0.5", "2")]
        second = [("SALE", "P", "1.000", "0.5000", "2.0")]

        counts, _, stored = await replaced(intake, "O", first, second)

        assert counts == Counts(unchanged=1)
        assert Decimal(stored[0][3]) == Decimal("0.5")


async def replaced(
    connection: Connection, order: str, first: Sequence[Values], second: Sequence[Values]
) -> tuple[Counts, int, list[Values]]:
    await merge(connection, PRODUCTS, [{"external_id": "P"}, {"external_id": "Q"}])
    await merge(connection, LINES, rows(order, first))
    counts, events = await merge(connection, LINES, rows(order, second))
    return counts, events, await query(connection, STORED.format(order=order))
