"""A visitor turns out to be a customer: what he did is attached once."""

import asyncio
from typing import Any

import pytest

from tests.api.graphql.asking import Api
from tests.api.mutations.asking import id_of, mutate, refusals
from tests.api.mutations.conftest import Rows

KIM, LEE = id_of("Customer", 1), id_of("Customer", 2)
ASKED = "customer { name touchpoints(first: 5) { totalCount } } attached"
HELD = "SELECT source_id, customer_id FROM touchpoints ORDER BY source_id"


@pytest.fixture(autouse=True)
async def views(rows: Rows) -> None:
    await rows("""
        INSERT INTO touchpoints (source_system, source_id, visitor_id, customer_id, channel, direction, kind,
                                 occurred_at, topics, rating, sentiment, outcome, agent_id)
        VALUES ('web', 'a', 'v-1', NULL, 'WEB', 'INBOUND', 'VIEW', '2026-01-01 00:00+00', '{tea,gift}', 5, 10, NULL, 1),
               ('web', 'b', 'v-1', NULL, 'WEB', 'INBOUND', 'VIEW', '2026-01-02 00:00+00', '{tea}', 3, -5, 'SOLD', NULL),
               ('web', 'c', 'v-2', NULL, 'WEB', 'INBOUND', 'VIEW', '2026-01-03 00:00+00', '{}', NULL, NULL, NULL, NULL),
               ('web', 'd', NULL, 2, 'WEB', 'INBOUND', 'VIEW', '2026-01-04 00:00+00', '{}', 1, NULL, 'LOST', NULL)
        RETURNING id
    """)


async def identify(api: Api, visitor: str, customer: str, **asking: Any) -> Any:
    told = {"visitorId": visitor, "customerId": customer}
    return await mutate(api, "identifyVisitor", ASKED, told, **asking)


class TestIdentifyVisitor:
    async def test_his_past_is_the_customers(self, api: Api, rows: Rows) -> None:
        payload = await identify(api, "v-1", KIM)

        assert payload == {
            "customer": {"name": "김단골", "touchpoints": {"totalCount": 2}},
            "attached": 2,
            "userErrors": [],
        }
        assert await rows(HELD) == [("a", 1), ("b", 1), ("c", None), ("d", 2)]

    async def test_the_same_again_attaches_what_came_since(self, api: Api, rows: Rows) -> None:
        await identify(api, "v-1", KIM)
        await rows(
            "INSERT INTO touchpoints (source_system, source_id, visitor_id, channel, direction, occurred_at)"
            " VALUES ('web', 'e', 'v-1', 'WEB', 'INBOUND', now()) RETURNING id"
        )

        since = await identify(api, "v-1", KIM)
        nothing = await identify(api, "v-1", KIM)

        assert [each["attached"] for each in (since, nothing)] == [1, 0]

    async def test_as_another_customer_he_is_refused(self, api: Api, rows: Rows) -> None:
        await identify(api, "v-1", KIM)

        payload = await identify(api, "v-1", LEE)

        assert payload["customer"] is None
        assert payload["attached"] is None
        assert refusals(payload) == [("VISITOR_IDENTIFIED", ["visitorId"])]
        assert await rows(HELD) == [("a", 1), ("b", 1), ("c", None), ("d", 2)]

    async def test_of_two_at_once_one_has_him(self, api: Api, rows: Rows) -> None:
        told = await asyncio.gather(identify(api, "v-1", KIM), identify(api, "v-1", LEE))

        assert sorted(len(refusals(each)) for each in told) == [0, 1]
        owners = {customer for name, customer in await rows(HELD) if name in "ab"}
        assert len(owners) == 1
        assert None not in owners

    @pytest.mark.parametrize(
        ("visitor", "customer", "code", "path"),
        [
            ("v-9", KIM, "NOT_FOUND", ["visitorId"]),
            (" ", KIM, "VALIDATION", ["visitorId"]),
            ("v-1", id_of("Customer", 99), "NOT_FOUND", ["customerId"]),
            ("v-1", id_of("Offer", 1), "VALIDATION", ["customerId"]),
        ],
    )
    async def test_what_is_refused_attaches_nothing(
        self, api: Api, rows: Rows, visitor: str, customer: str, code: str, path: list[str]
    ) -> None:
        payload = await identify(api, visitor, customer)

        assert refusals(payload) == [(code, path)]
        assert await rows(HELD) == [("a", None), ("b", None), ("c", None), ("d", 2)]

    async def test_nobody_attaches_to_a_customer_he_does_not_see(self, api: Api) -> None:
        agent = {"role": "AGENT", "scope": "OWN", "subject": "kim"}

        other = await identify(api, "v-1", LEE, as_=agent)
        own = await identify(api, "v-1", KIM, as_=agent)

        assert refusals(other) == [("NOT_FOUND", ["customerId"])]
        assert own["attached"] == 2

    async def test_analysts_and_viewers_may_not(self, api: Api) -> None:
        document = "mutation ($input: IdentifyVisitorInput!) { identifyVisitor(input: $input) { attached } }"

        for role in ("ANALYST", "VIEWER"):
            given = {"input": {"visitorId": "v-1", "customerId": KIM}}
            [error] = await api.errors(document, given, as_={"role": role})
            assert error["extensions"]["code"] == "FORBIDDEN"


class TestTouchpoints:
    async def test_they_are_narrowed_and_ordered_as_hand_written_sql_says(self, api: Api, rows: Rows) -> None:
        for asked, where in (
            ('topics: {has: "tea"}', "'tea' = ANY(topics)"),
            ('not: {topics: {has: "tea"}}', "NOT 'tea' = ANY(topics)"),
            ("rating: {gte: 3}", "rating >= 3"),
            ("sentiment: {lt: 0}", "sentiment < 0"),
            ('outcome: {in: ["SOLD", "LOST"]}', "outcome IN ('SOLD', 'LOST')"),
            ("outcome: {isNull: true}", "outcome IS NULL"),
            ('visitorId: {eq: "v-1"}', "visitor_id = 'v-1'"),
            ('agent: {name: {eq: "김상담"}}', "agent_id = 1"),
            (
                'occurredAt: {between: {from: "2026-01-02T00:00:00Z", to: "2026-01-04T00:00:00Z"}}',
                "occurred_at >= '2026-01-02 00:00+00' AND occurred_at < '2026-01-04 00:00+00'",
            ),
        ):
            found = await api.data(
                f"{{ touchpoints(first: 9, filter: {{{asked}}}, orderBy: [{{field: RATING}}, {{field: ID}}])"
                " { nodes { sourceId visitorId } } }"
            )

            wanted = await rows(
                f"SELECT source_id, visitor_id FROM touchpoints WHERE {where} ORDER BY rating, id"
            )
            nodes = [(each["sourceId"], each["visitorId"]) for each in found["touchpoints"]["nodes"]]
            assert nodes == wanted, asked
            assert nodes, asked

    async def test_who_a_visitor_is_is_told_in_confidence(self, api: Api) -> None:
        for document in (
            "{ touchpoints(first: 1) { nodes { visitorId } } }",
            '{ touchpoints(first: 1, filter: {visitorId: {eq: "v-1"}}) { totalCount } }',
        ):
            [error] = await api.errors(document, as_={"role": "ANALYST"})

            assert error["extensions"]["code"] == "FORBIDDEN"
