"""What a change refers to may go between the look at it and the write: the caller hears that it is not found."""

import asyncio

import asyncpg
import pytest

from tests.api.graphql.asking import Api
from tests.api.mutations.asking import id_of, mutate, refusals

WAITS = """
    SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()
"""

CHANGES = {
    "createTask": {"title": "전화하기", "customerId": id_of("Customer", 3)},
    "createCase": {"kind": "ENQUIRY", "channel": "WEB", "subject": "s", "customerId": id_of("Customer", 3)},
}


class TestGoneMeanwhile:
    @pytest.mark.parametrize("name", CHANGES)
    async def test_a_customer_that_goes_while_it_is_referred_to_is_not_found(
        self, api: Api, database: str, name: str
    ) -> None:
        other, watch = await asyncpg.connect(database), await asyncpg.connect(database)
        try:
            await other.execute("INSERT INTO customers (id, name) VALUES (3, '박손님')")
            going = other.transaction()
            await going.start()
            await other.execute("DELETE FROM customers WHERE id = 3")

            change = asyncio.create_task(mutate(api, name, "", CHANGES[name]))
            async with asyncio.timeout(60):
                while not change.done() and not await watch.fetchval(WAITS):  # noqa: ASYNC110  # Postgres tells
                    await asyncio.sleep(0.01)
            await going.commit()
            payload = await change
        finally:
            await other.close()
            await watch.close()

        assert [code for code, _ in refusals(payload)] == ["NOT_FOUND"]
