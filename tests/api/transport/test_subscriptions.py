"""What changes is told: to whom it may be told, once, in order, with the row as it stands."""

import asyncio
import re
from typing import Any

import pytest

from tests.api.transport.conftest import Served
from tests.api.transport.talking import CUSTOMER, Talk, greeted, id_of


async def started(talk: Talk) -> None:
    """What was subscribed before is listened to: a later operation of the same connection has been answered."""
    await talk.subscribe("{ __typename }", "started")
    assert (await talk.hear())["payload"]["data"] == {"__typename": "Query"}
    assert await talk.hear() == {"id": "started", "type": "complete"}
    await asyncio.sleep(0.4)  # it reads first where the feed stands


async def payload(talk: Talk) -> Any:
    message = await talk.hear()
    assert message["type"] == "next", message
    return message["payload"]["data"]


class TestCustomerChanged:
    async def test_a_change_is_told_with_the_row_as_it_stands(self, served: Served) -> None:
        async with greeted(served) as talk:
            await talk.subscribe(CUSTOMER, id=id_of("Customer", 1))
            await started(talk)
            await served.execute("UPDATE customers SET region = '대구' WHERE id = 2")
            await served.execute(
                "BEGIN; SET LOCAL dangol.origin = 'key:erp';"
                "UPDATE customers SET name = '김새단골' WHERE id = 1; COMMIT"
            )

            told = (await payload(talk))["customerChanged"]

        assert told["operation"] == "UPDATED"
        assert told["origin"] == "key:erp"
        assert told["node"] == {"id": id_of("Customer", 1), "name": "김새단골"}

    async def test_versions_follow_each_other(self, served: Served) -> None:
        async with greeted(served) as talk:
            await talk.subscribe(CUSTOMER, id=id_of("Customer", 1))
            await started(talk)
            for n in range(5):
                await served.execute(f"UPDATE customers SET occupation = 'job {n}' WHERE id = 1")

            versions = [(await payload(talk))["customerChanged"]["version"] for _ in range(5)]

        assert versions == list(range(versions[0], versions[0] + 5))

    async def test_parts_of_the_aggregate_count(self, served: Served) -> None:
        async with greeted(served) as talk:
            await talk.subscribe(CUSTOMER, id=id_of("Customer", 2))
            await started(talk)
            await served.execute(
                "INSERT INTO contact_points (customer_id, position, kind, value)"
                " SELECT 2, coalesce(max(position), 0) + 1, 'PHONE', '+8210' || coalesce(max(position), 0) + 1"
                " FROM contact_points WHERE customer_id = 2"
            )

            assert (await payload(talk))["customerChanged"]["operation"] == "UPDATED"

    async def test_creation_and_deletion_are_told_to_those_who_see_all(self, served: Served) -> None:
        async with greeted(served) as talk:
            await talk.subscribe("subscription { customerChanged { operation id node { name } } }")
            await started(talk)
            await served.execute(
                "INSERT INTO customers (id, name) OVERRIDING SYSTEM VALUE VALUES (77, '잠깐')"
            )
            created = (await payload(talk))["customerChanged"]
            await served.execute("DELETE FROM customers WHERE id = 77")
            deleted = (await payload(talk))["customerChanged"]

        id_ = id_of("Customer", 77)
        assert created == {"operation": "CREATED", "id": id_, "node": {"name": "잠깐"}}
        assert deleted == {"operation": "DELETED", "id": id_, "node": None}

    async def test_what_was_rolled_back_is_not_told(self, served: Served) -> None:
        async with greeted(served) as talk:
            await talk.subscribe(CUSTOMER, id=id_of("Customer", 1))
            await started(talk)
            await served.execute("BEGIN; UPDATE customers SET region = 'x' WHERE id = 1; ROLLBACK")
            await served.execute("UPDATE customers SET region = '전주' WHERE id = 1")

            first = (await payload(talk))["customerChanged"]
            with pytest.raises(TimeoutError):
                await talk.hear(0.6)

        assert first["operation"] == "UPDATED"

    async def test_a_long_transaction_holds_later_ones_back_and_loses_none(self, served: Served) -> None:
        import asyncpg

        slow = await asyncpg.connect(served.database)
        try:
            async with greeted(served) as talk:
                await talk.subscribe("subscription { customerChanged { node { id } } }")
                await started(talk)
                transaction = slow.transaction()
                await transaction.start()
                await slow.execute("UPDATE customers SET district = 'a' || txid_current() WHERE id = 1")
                await served.execute("UPDATE customers SET district = 'b' || txid_current() WHERE id = 2")
                with pytest.raises(TimeoutError):
                    await talk.hear(0.6)
                await transaction.commit()

                told = [(await payload(talk))["customerChanged"]["node"]["id"] for _ in range(2)]
        finally:
            await slow.close()

        assert told == [id_of("Customer", 1), id_of("Customer", 2)]


class TestTouchpointRecorded:
    DOCUMENT = """
        subscription ($customer: ID, $channels: [Channel!]) {
            recorded: touchpointRecorded(customerId: $customer, channels: $channels) {
                kind: __typename at node { channel customer { name } } again: node { id }
            }
        }
    """

    async def record(self, served: Served, customer: int, channel: str) -> None:
        await served.execute(
            "INSERT INTO touchpoints (source_system, source_id, customer_id, channel, kind, direction, occurred_at)"
            f" VALUES ('test', gen_random_uuid()::text, {customer}, '{channel}', 'CONTACT', 'INBOUND', now())"
        )

    async def test_it_is_narrowed_by_customer_and_channel(self, served: Served) -> None:
        async with greeted(served) as talk:
            await talk.subscribe(self.DOCUMENT, customer=id_of("Customer", 2), channels=["CHAT"])
            await started(talk)
            await self.record(served, 1, "CHAT")
            await self.record(served, 2, "EMAIL")
            await self.record(served, 2, "CHAT")

            told = (await payload(talk))["recorded"]

        assert list(told) == ["kind", "at", "node", "again"]
        assert told["kind"] == "TouchpointEvent"
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", told["at"])
        assert told["node"] == {"channel": "CHAT", "customer": {"name": "이손님"}}


class TestOrderChanged:
    async def test_its_lines_count(self, served: Served) -> None:
        async with greeted(served) as talk:
            await talk.subscribe(
                "subscription ($id: ID) { orderChanged(customerId: $id) { operation node { number } } }",
                id=id_of("Customer", 1),
            )
            await started(talk)
            await served.execute("UPDATE orders SET number = 'n' || txid_current() WHERE id = 2")
            await served.execute("UPDATE orders SET number = 'm1' WHERE id = 1")

            told = (await payload(talk))["orderChanged"]

        assert told == {"operation": "UPDATED", "node": {"number": "m1"}}


class TestRights:
    async def test_rows_of_others_are_left_out(self, served: Served) -> None:
        async with greeted(served, role="AGENT", scope="OWN", subject="kim") as talk:
            await talk.subscribe("subscription { customerChanged { node { name } } }")
            await started(talk)
            await served.execute("UPDATE customers SET wealth_band = 'w' || txid_current() WHERE id = 2")
            await served.execute("UPDATE customers SET wealth_band = 'w' || txid_current() WHERE id = 1")

            told = (await payload(talk))["customerChanged"]
            with pytest.raises(TimeoutError):
                await talk.hear(0.6)

        assert told["node"]["name"].startswith("김")

    async def test_a_row_that_leaves_the_callers_sight_is_told_no_more(self, served: Served) -> None:
        await served.execute("UPDATE customers SET owner_id = 1 WHERE id = 2")
        async with greeted(served, role="AGENT", scope="OWN", subject="kim") as talk:
            await talk.subscribe(CUSTOMER, id=id_of("Customer", 2))
            await started(talk)
            await served.execute("UPDATE customers SET owner_id = 2 WHERE id = 2")

            with pytest.raises(TimeoutError):
                await talk.hear(0.8)

    async def test_fields_that_the_role_lacks_refuse_the_document(self, served: Served) -> None:
        async with greeted(served, role="ANALYST") as talk:
            await talk.subscribe("subscription { customerChanged { node { contactPoints { value } } } }")

            message = await talk.hear()

        assert message["type"] == "error"
        [error] = message["payload"]
        assert error["extensions"]["code"] == "FORBIDDEN"
        assert error["path"] == ["customerChanged", "node", "contactPoints"]


DEAR = """
    subscription {
        customerChanged { node { orders(first: 100) { nodes { lines(first: 100) { nodes { position } } } } } }
    }
"""


class TestDocumentsThatAreRefused:
    @pytest.mark.parametrize(
        ("document", "code"),
        [
            ("subscription { customerChanged { node { nope } } }", "BAD_REQUEST"),
            ("subscription { customerChanged { version } orderChanged { version } }", "BAD_REQUEST"),
            ('subscription { a: customerChanged(id: "T3JkZXI6MQ==") { version } }', "VALIDATION"),
            ('subscription { customerChanged(id: "x") { version } }', "VALIDATION"),
            ("subscription { customerChanged @skip(if: true) { version } }", "BAD_REQUEST"),
            ('mutation { createCustomer(input: {name: "x"}) { userErrors { code } } }', "BAD_REQUEST"),
            (DEAR, "COST_EXCEEDED"),
        ],
    )
    async def test_each_says_why(self, served: Served, document: str, code: str) -> None:
        async with greeted(served) as talk:
            await talk.subscribe(document)

            message = await talk.hear()

        assert message["type"] == "error", message
        assert message["payload"][0]["extensions"]["code"] == code
