"""A line that was booked as a sale and came again as a return of the same size was taken for unchanged.

Stored and staged lines are compared by sums of hashes. Postgres' hash of a number leaves out its sign (hash_numeric
hashes digits and weight), so 1 and -1 were the same: the revenue stayed twice that amount too high.
"""

from decimal import Decimal

import pytest

from domain.intake.connections import intake_connection
from domain.intake.counts import Counts
from domain.intake.staging import LINES
from tests.domain.intake.staged_rows import LINE, merge, query


class TestSignsOfLines:
    @pytest.mark.parametrize("column", ["quantity", "unit_price", "discount", "unit_cost"])
    async def test_a_changed_sign_is_a_change(self, database: str, column: str) -> None:
        async with intake_connection(database) as connection:
            await merge(connection, LINES, [{**LINE, column: 3}])

            counts, events = await merge(connection, LINES, [{**LINE, column: -3}])

            assert (counts, events) == (Counts(updated=1), 1)
            assert await query(connection, f"SELECT {column} FROM order_lines") == [(Decimal(-3),)]
