"""Subscriptions over HTTP: text/event-stream in distinct connections mode."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.api.transport.conftest import Served
from tests.api.transport.talking import CUSTOMER, events, id_of

STREAM = "text/event-stream"


def headers(token: str | None) -> dict[str, str]:
    return {"accept": STREAM} | ({} if token is None else {"authorization": f"Bearer {token}"})


class TestStreams:
    async def test_changes_come_as_events(self, served: Served) -> None:
        body = {"query": CUSTOMER, "variables": {"id": id_of("Customer", 1)}}
        async with (
            httpx.AsyncClient(timeout=60) as client,
            client.stream("POST", served.url, json=body, headers=headers(served.token())) as response,
        ):
            assert response.status_code == 200
            assert response.headers["content-type"] == f"{STREAM}; charset=utf-8"
            told = events(response)
            await served.execute("UPDATE customers SET country = 'KR' || txid_current() WHERE id = 1")

            async with asyncio.timeout(30):
                name, payload = await anext(told)

        assert name == "next"
        assert payload["data"]["customerChanged"]["operation"] == "UPDATED"

    async def test_under_the_id_of_a_merged_customer_the_kept_one_is_told_of(self, served: Served) -> None:
        await served.execute(
            "INSERT INTO customer_merges (merged_id, kept_id, merged_at, origin) VALUES (9901, 1, now(), 'test')"
            " ON CONFLICT DO NOTHING"
        )
        body = {
            "query": "subscription ($id: ID) { customerChanged(id: $id) { id } }",
            "variables": {"id": id_of("Customer", 9901)},
        }
        async with (
            httpx.AsyncClient(timeout=60) as client,
            client.stream("POST", served.url, json=body, headers=headers(served.token())) as response,
        ):
            told = events(response)
            await served.execute("UPDATE customers SET country = 'KR' || txid_current() WHERE id = 1")

            async with asyncio.timeout(30):
                _, payload = await anext(told)

        assert payload["data"] == {"customerChanged": {"id": id_of("Customer", 1)}}

    async def test_get_subscribes_too(self, served: Served) -> None:
        asked = {"query": "subscription { customerChanged { version } }"}
        async with (
            httpx.AsyncClient(timeout=60) as client,
            client.stream("GET", served.url, params=asked, headers=headers(served.token())) as response,
        ):
            assert response.status_code == 200

    async def test_a_query_is_one_event_and_the_end(self, served: Served) -> None:
        async with httpx.AsyncClient(timeout=60) as client:
            body = {"query": "{ __typename }"}
            async with client.stream(
                "POST", served.url, json=body, headers=headers(served.token())
            ) as response:
                told = [each async for each in events(response)]

        assert [name for name, _ in told] == ["next", "complete"]
        assert told[0][1]["data"] == {"__typename": "Query"}

    async def test_a_token_that_expires_ends_the_stream_with_its_reason(self, served: Served) -> None:
        body = {"query": CUSTOMER}
        token = served.token(hours=-27 / 3600)
        async with (
            httpx.AsyncClient(timeout=60) as client,
            client.stream("POST", served.url, json=body, headers=headers(token)) as response,
        ):
            told = [each async for each in events(response)]

        assert [name for name, _ in told] == ["next", "complete"]
        assert told[0][1]["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"

    async def test_clients_that_take_json_too_get_json_for_what_is_one_answer(self, served: Served) -> None:
        told = {**headers(served.token()), "accept": f"application/graphql-response+json, {STREAM}"}
        async with httpx.AsyncClient(timeout=60) as client:
            response = await client.post(served.url, json={"query": "{ __typename }"}, headers=told)

        assert response.headers["content-type"].startswith("application/graphql-response+json")


class TestRefusals:
    @pytest.mark.parametrize(
        ("body", "with_token", "status", "code"),
        [
            ({"query": CUSTOMER}, False, 401, "UNAUTHENTICATED"),
            ({"query": "subscription { nope }"}, True, 400, "BAD_REQUEST"),
            ({"query": 'subscription { customerChanged(id: "x") { version } }'}, True, 400, "VALIDATION"),
            ({}, True, 400, "BAD_REQUEST"),
        ],
    )
    async def test_what_is_refused_before_it_begins_has_its_status(
        self, served: Served, body: Any, with_token: bool, status: int, code: str
    ) -> None:
        token = served.token() if with_token else None
        accept = f"{STREAM}, application/graphql-response+json"
        async with httpx.AsyncClient(timeout=60) as client:
            response = await client.post(served.url, json=body, headers={**headers(token), "accept": accept})

        assert response.status_code == status
        assert response.json()["errors"][0]["extensions"]["code"] == code

    @pytest.mark.parametrize(
        ("query", "code"),
        [
            ("subscription { nope }", "BAD_REQUEST"),
            ('subscription { customerChanged(id: "x") { version } }', "VALIDATION"),
            ("{ customers(first: 101) { totalCount } }", "VALIDATION"),
        ],
    )
    async def test_whoever_reads_events_alone_reads_it_as_one(
        self, served: Served, query: str, code: str
    ) -> None:
        async with (
            httpx.AsyncClient(timeout=60) as client,
            client.stream(
                "POST", served.url, json={"query": query}, headers=headers(served.token())
            ) as response,
        ):
            told = [each async for each in events(response)]

        assert response.status_code == 200
        assert response.headers["content-type"] == f"{STREAM}; charset=utf-8"
        assert [name for name, _ in told] == ["next", "complete"]
        assert told[0][1]["errors"][0]["extensions"]["code"] == code

    async def test_without_asking_for_a_stream_a_subscription_is_refused(self, served: Served) -> None:
        told = {"authorization": f"Bearer {served.token()}", "accept": "application/graphql-response+json"}
        async with httpx.AsyncClient(timeout=60) as client:
            response = await client.post(served.url, json={"query": CUSTOMER}, headers=told)

        assert response.status_code == 400
        assert "text/event-stream" in response.json()["errors"][0]["message"]
