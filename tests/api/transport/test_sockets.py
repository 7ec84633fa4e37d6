"""The protocol graphql-transport-ws to the letter: messages, and the codes a connection is closed with."""

import json
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from api.graphql.subscriptions import sockets
from tests.api.transport.conftest import Served
from tests.api.transport.talking import CUSTOMER, greeted, id_of, talking


class TestHandshake:
    async def test_the_protocol_is_chosen(self, served: Served) -> None:
        async with talking(served) as talk:
            assert talk.connection.subprotocol == "graphql-transport-ws"

    @pytest.mark.parametrize("offered", [[Subprotocol("graphql-ws")], None])
    async def test_any_other_protocol_is_refused(self, served: Served, offered: Any) -> None:
        async with talking(served, subprotocols=offered) as talk:
            assert await talk.closed() == (4406, "Subprotocol not acceptable")

    async def test_other_addresses_take_no_sockets(self, served: Served) -> None:
        with pytest.raises(Exception, match="HTTP 403"):
            await connect(served.socket_url + "/bulk").__aenter__()


class TestGreeting:
    async def test_the_token_may_come_in_the_header(self, served: Served) -> None:
        headers = {"Authorization": f"Bearer {served.token()}"}
        async with talking(served, additional_headers=headers) as talk:
            await talk.greet(None)

    @pytest.mark.parametrize(
        "payload",
        [
            {},
            {"payload": {}},
            {"payload": {"Authorization": "Bearer x.y.z"}},
            {"payload": {"authorization": 5}},
        ],
    )
    async def test_without_a_good_token_it_is_forbidden(self, served: Served, payload: Any) -> None:
        async with talking(served) as talk:
            await talk.say(type="connection_init", **payload)

            code, reason = await talk.closed()

        assert code == 4403
        assert reason

    async def test_the_reason_is_told_in_the_callers_language(self, served: Served) -> None:
        async with talking(served, additional_headers={"Accept-Language": "ko-KR,en;q=0.5"}) as talk:
            await talk.say(type="connection_init")

            _, reason = await talk.closed()

        assert "토큰" in reason

    async def test_nothing_is_done_before_it(self, served: Served) -> None:
        async with talking(served) as talk:
            await talk.subscribe(CUSTOMER)

            assert await talk.closed() == (4401, "Unauthorized")

    async def test_it_happens_once(self, served: Served) -> None:
        async with greeted(served) as talk:
            await talk.say(type="connection_init")

            assert await talk.closed() == (4429, "Too many initialisation requests")

    @pytest.mark.slow
    async def test_it_may_not_take_for_ever(self, served: Served) -> None:
        async with talking(served) as talk:
            closed = await talk.closed(sockets.INIT_SECONDS + 40)

        assert closed == (4408, "Connection initialisation timeout")


class TestMessages:
    async def test_a_ping_gets_a_pong_with_its_payload_even_before_the_greeting(self, served: Served) -> None:
        async with talking(served) as talk:
            await talk.say(type="ping", payload={"a": 1})
            assert await talk.hear() == {"type": "pong", "payload": {"a": 1}}
            await talk.say(type="ping")
            assert await talk.hear() == {"type": "pong"}

    @pytest.mark.parametrize(
        "message",
        [
            "",
            "x",
            "[]",
            "5",
            "{}",
            '{"type": 5}',
            '{"type": "start", "id": "1"}',
            '{"type": "next", "id": "1", "payload": {}}',
            '{"type": "ping", "payload": 5}',
            '{"type": "ping", "type": "pong"}',
            '{"type": "subscribe", "payload": {"query": "{ __typename }"}}',
            '{"type": "subscribe", "id": "", "payload": {"query": "{ __typename }"}}',
            '{"type": "subscribe", "id": "1"}',
            '{"type": "subscribe", "id": "1", "payload": {"query": 5}}',
            '{"type": "subscribe", "id": "1", "payload": {"query": "{ a }", "variables": []}}',
            '{"type": "complete"}',
            '{"type": "subscribe", "id": "1", "payload": {"query": "{ \\ud800 }"}}',
            '{"type": ' + "[" * 5000,
            '{"type": "ping", "payload": {"a": NaN}}',
            b"\x00\xff",
        ],
        ids=repr,
    )
    async def test_whatever_is_not_of_the_protocol_closes_with_4400(
        self, served: Served, message: Any
    ) -> None:
        async with greeted(served) as talk:
            await talk.connection.send(message)

            code, reason = await talk.closed()

        assert code == 4400
        assert reason

    async def test_a_message_of_more_than_a_megabyte_closes(self, served: Served) -> None:
        async with greeted(served) as talk:
            await talk.connection.send(json.dumps({"type": "ping", "payload": {"a": "x" * 2**20}}))

            assert (await talk.closed())[0] == 4400


class TestOperations:
    async def test_a_query_gets_one_answer_and_its_end(self, served: Served) -> None:
        async with greeted(served) as talk:
            await talk.subscribe("query ($id: ID!) { customer(id: $id) { id } }", id=id_of("Customer", 1))

            answer = await talk.hear()
            end = await talk.hear()

        assert answer["payload"]["data"] == {"customer": {"id": id_of("Customer", 1)}}
        assert end == {"id": "1", "type": "complete"}

    async def test_one_id_runs_once_at_a_time(self, served: Served) -> None:
        async with greeted(served) as talk:
            await talk.subscribe(CUSTOMER)
            await talk.subscribe(CUSTOMER)

            assert await talk.closed() == (4409, "Subscriber for 1 already exists")

    async def test_a_completed_one_is_told_no_more_and_its_id_is_free(self, served: Served) -> None:
        async with greeted(served) as talk:
            await talk.subscribe(CUSTOMER)
            await talk.say(type="complete", id="1")
            await talk.subscribe("{ __typename }", "2")
            assert [(await talk.hear())["id"] for _ in range(2)] == ["2", "2"]  # said later and answered
            await served.execute("UPDATE customers SET gender = 'FEMALE' WHERE id = 1 AND gender IS NULL")
            with pytest.raises(TimeoutError):
                await talk.hear(0.6)

            await talk.subscribe("{ __typename }")

            assert (await talk.hear())["type"] == "next"

    async def test_completing_what_does_not_run_is_passed_over(self, served: Served) -> None:
        async with greeted(served) as talk:
            await talk.say(type="complete", id="nothing")
            await talk.subscribe("{ __typename }")

            assert (await talk.hear())["id"] == "1"

    async def test_there_is_a_limit_to_those_that_run_at_once(self, served: Served) -> None:
        async with greeted(served) as talk:
            for n in range(101):
                await talk.subscribe("subscription { customerChanged { version } }", str(n))

            message = await talk.hear()
            await talk.subscribe("{ __typename }", "still")

        assert message["type"] == "error"
        assert message["payload"][0]["extensions"]["code"] == "RATE_LIMITED"


class TestEndOfRights:
    async def test_a_token_that_expires_closes_the_connection(self, served: Served) -> None:
        async with greeted(served, hours=-27 / 3600) as talk:
            await talk.subscribe(CUSTOMER)

            code, reason = await talk.closed(60)

        assert code == 4403
        assert "expired" in reason
