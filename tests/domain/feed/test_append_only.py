"""Touchpoints are neither changed nor deleted, whoever asks; the database itself refuses."""

import pytest
from sqlalchemy.exc import DBAPIError

from tests.domain.feed.conftest import Events, Sql

CUSTOMERS = "INSERT INTO customers (id, name) VALUES (1, 'a'), (2, 'b')"
VISIT = (
    "INSERT INTO touchpoints (id, source_system, source_id, visitor_id, channel, direction, occurred_at, note)"
    " VALUES (9, 'shop', 'm1', 'v1', 'WEB', 'INBOUND', '2026-01-01 00:00:00+00', 'n')"
)
REFUSED = "touchpoint 9 is append only: only a missing customer may be filled in"


class TestAppendOnly:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE touchpoints SET note = 'other'",
            "UPDATE touchpoints SET note = NULL",
            "UPDATE touchpoints SET occurred_at = now()",
            "UPDATE touchpoints SET customer_id = 1, note = 'other'",
            "DELETE FROM touchpoints",
        ],
    )
    async def test_what_happened_stays_as_it_was(self, sql: Sql, statement: str) -> None:
        await sql(CUSTOMERS, VISIT)

        with pytest.raises(DBAPIError, match=REFUSED):
            await sql(statement)

    async def test_a_visitor_is_identified_once(self, sql: Sql, events: Events) -> None:
        await sql(CUSTOMERS, VISIT)

        await sql("UPDATE touchpoints SET customer_id = 1 WHERE visitor_id = 'v1' AND customer_id IS NULL")
        await sql("UPDATE touchpoints SET customer_id = 1")
        for other in ("2", "NULL"):
            with pytest.raises(DBAPIError, match=REFUSED):
                await sql(f"UPDATE touchpoints SET customer_id = {other}")

        told = [event.version for event in await events() if event.aggregate == "touchpoint"]
        assert told == [1, 2]

    @pytest.mark.parametrize("statement", ["UPDATE touchpoints SET note = NULL", "DELETE FROM touchpoints"])
    async def test_an_erasure_says_so_and_may(self, sql: Sql, events: Events, statement: str) -> None:
        await sql(CUSTOMERS, VISIT)

        await sql("SET LOCAL dangol.erasing = 'on'", statement)

        assert (await events())[-1].version == 2

    async def test_the_leave_to_erase_ends_with_its_transaction(self, sql: Sql) -> None:
        await sql(CUSTOMERS, VISIT, "SET LOCAL dangol.erasing = 'on'")

        with pytest.raises(DBAPIError, match=REFUSED):
            await sql("DELETE FROM touchpoints")
