"""A write with an idempotency key happens once, whatever becomes of its answers."""

import asyncio
import json
from typing import Any

import httpx
import pytest
from strawberry.types.field import StrawberryField

from api.graphql import schema as schemas
from api.graphql.checks import UnsafeMutation, check
from api.graphql.schema import schema
from tests.api.graphql.asking import Api
from tests.api.mutations.asking import id_of
from tests.api.mutations.conftest import Rows

CREATE = """
    mutation Create($name: String!) {
        createCustomer(input: {name: $name}) { customer { id name version } userErrors { code } }
    }
"""
DIRECTIVE = """
    mutation ($key: String!, $name: String!) {
        createCustomer(input: {name: $name}) @idempotent(key: $key) { customer { id } userErrors { code } }
    }
"""
COUNT = "SELECT count(*) FROM customers WHERE name = 'Once'"


async def send(
    api: Api, document: str, variables: dict[str, Any], key: str | None, **as_: Any
) -> httpx.Response:
    headers = {} if key is None else {"idempotency-key": key}
    body = json.dumps({"query": document, "variables": variables}).encode()
    return await api.send(body, headers=headers, as_=as_ or None)


class TestTheSameKey:
    async def test_the_same_request_is_answered_as_before_and_done_once(self, api: Api, rows: Rows) -> None:
        first = (await send(api, CREATE, {"name": "Once"}, "k1")).json()
        second = (await send(api, CREATE, {"name": "Once"}, "k1")).json()

        assert second["data"] == first["data"]
        assert "replayed" not in json.dumps(first.get("extensions", {}))
        assert second["extensions"]["idempotency"] == {"replayed": ["createCustomer"]}
        assert await rows(COUNT) == [(1,)]

    async def test_a_replay_tells_what_was_told_though_the_row_has_changed(
        self, api: Api, rows: Rows
    ) -> None:
        first = (await send(api, CREATE, {"name": "Once"}, "k1")).json()
        await api.data(
            "mutation ($i: UpdateCustomerInput!) { updateCustomer(input: $i) { userErrors { code } } }",
            {
                "i": {
                    "id": first["data"]["createCustomer"]["customer"]["id"],
                    "expectedVersion": 1,
                    "name": "New",
                }
            },
        )

        second = (await send(api, CREATE, {"name": "Once"}, "k1")).json()

        assert second["data"]["createCustomer"]["customer"] == first["data"]["createCustomer"]["customer"]

    @pytest.mark.parametrize(
        ("document", "variables"),
        [
            (CREATE, {"name": "Another"}),
            (CREATE.replace("version", "kind"), {"name": "Once"}),
        ],
        ids=["variables", "document"],
    )
    async def test_another_request_is_refused(
        self, api: Api, rows: Rows, document: str, variables: dict[str, Any]
    ) -> None:
        await send(api, CREATE, {"name": "Once"}, "k1")

        answer = (await send(api, document, variables, "k1")).json()

        assert [error["extensions"]["code"] for error in answer["errors"]] == ["IDEMPOTENCY_KEY_REUSED"]
        assert await rows("SELECT count(*) FROM customers WHERE id > 100") == [(1,)]

    async def test_variables_in_another_order_are_the_same_request(self, api: Api, rows: Rows) -> None:
        document = """
            mutation ($a: String!, $b: String!) {
                createCustomer(input: {name: $a, region: $b}) { customer { id } }
            }
        """
        await send(api, document, {"a": "Once", "b": "x"}, "k1")

        answer = (await send(api, document, {"b": "x", "a": "Once"}, "k1")).json()

        assert "errors" not in answer
        assert await rows(COUNT) == [(1,)]

    async def test_two_callers_keys_are_not_the_same_key(self, api: Api, rows: Rows) -> None:
        await send(api, CREATE, {"name": "Once"}, "k1", subject="one", role="ADMIN")

        answer = (await send(api, CREATE, {"name": "Once"}, "k1", subject="two", role="ADMIN")).json()

        assert "errors" not in answer
        assert await rows(COUNT) == [(2,)]

    async def test_each_field_of_a_request_is_its_own_write(self, api: Api, rows: Rows) -> None:
        document = """
            mutation { a: createCustomer(input: {name: "Once"}) { customer { id } }
                       b: createCustomer(input: {name: "Once"}) { customer { id } } }
        """
        first = (await send(api, document, {}, "k1")).json()

        second = (await send(api, document, {}, "k1")).json()

        assert first["data"] == second["data"]
        assert second["extensions"]["idempotency"]["replayed"] == ["a", "b"]
        assert await rows(COUNT) == [(2,)]

    async def test_the_directive_gives_a_field_its_key(self, api: Api, rows: Rows) -> None:
        first = (await send(api, DIRECTIVE, {"key": "d1", "name": "Once"}, None)).json()

        second = (await send(api, DIRECTIVE, {"key": "d1", "name": "Once"}, None)).json()

        assert first["data"] == second["data"]
        assert await rows(COUNT) == [(1,)]


class TestWhatIsNotKept:
    async def test_a_rejected_request_may_be_sent_again_under_its_key(self, api: Api, rows: Rows) -> None:
        refused = (await send(api, CREATE, {"name": " "}, "k1")).json()
        assert refused["data"]["createCustomer"]["userErrors"] == [{"code": "VALIDATION"}]

        answer = (await send(api, CREATE, {"name": "Once"}, "k1")).json()

        assert "errors" not in answer
        assert await rows(COUNT) == [(1,)]

    async def test_an_erased_answer_says_that_the_write_was_made(self, api: Api, rows: Rows) -> None:
        await send(api, CREATE, {"name": "Once"}, "k1")
        await rows("UPDATE idempotency_records SET answer = NULL WHERE personal RETURNING 1")

        answer = (await send(api, CREATE, {"name": "Once"}, "k1")).json()

        assert [error["extensions"]["code"] for error in answer["errors"]] == ["CONFLICT"]
        assert await rows(COUNT) == [(1,)]


class TestTwins:
    async def test_of_twins_sent_at_once_one_writes_and_all_are_answered(self, api: Api, rows: Rows) -> None:
        answers = await asyncio.gather(*(send(api, CREATE, {"name": "Once"}, "k1") for _ in range(8)))

        told = [answer.json()["data"]["createCustomer"]["customer"] for answer in answers]
        assert all(each == told[0] for each in told)
        assert (
            sum(
                "extensions" in answer.json() and "idempotency" in answer.json()["extensions"]
                for answer in answers
            )
            == 7
        )
        assert await rows(COUNT) == [(1,)]

    async def test_a_twin_that_takes_too_long_is_not_waited_for(self, api: Api, backend: Any) -> None:
        async with backend.reads.acquire() as other, other.transaction():
            await other.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended('user:tester' || chr(10) || 'k1', 0))"
            )

            answer = (await send(api, CREATE, {"name": "Once"}, "k1", subject="tester", role="ADMIN")).json()

        assert [error["extensions"]["code"] for error in answer["errors"]] == ["IN_PROGRESS"]


class TestKeys:
    @pytest.mark.parametrize("key", ["", "x" * 256, "a\tb"])
    async def test_a_key_that_is_none_is_refused(self, api: Api, key: str) -> None:
        header = await send(api, CREATE, {"name": "x"}, key)
        directive = (await send(api, DIRECTIVE, {"key": key, "name": "x"}, None)).json()

        assert header.status_code == 400
        assert header.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
        assert directive["errors"][0]["extensions"]["code"] == "BAD_REQUEST"

    async def test_messages_are_told_in_korean_where_korean_is_asked_for(self, api: Api) -> None:
        document = "mutation ($i: UpdateCustomerInput!) { updateCustomer(input: $i) { userErrors { message code } } }"
        told = {"i": {"id": id_of("Customer", 1), "expectedVersion": 9, "name": "x"}}
        body = json.dumps({"query": document, "variables": told}).encode()

        answer = (await api.send(body, headers={"accept-language": "ko-KR,ko;q=0.9"})).json()

        assert answer["data"]["updateCustomer"]["userErrors"][0]["code"] == "STALE_VERSION"
        assert "버전" in answer["data"]["updateCustomer"]["userErrors"][0]["message"]


class TestDeclarations:
    def test_a_mutation_that_is_declared_in_another_way_stops_the_start(self) -> None:
        made = schemas.made()
        mutation = made.mutation_type
        assert mutation is not None
        field = mutation.fields["createCustomer"]
        field.extensions = {**field.extensions, "strawberry-definition": StrawberryField(python_name="x")}

        with pytest.raises(UnsafeMutation, match="createCustomer"):
            check(made)

    def test_every_mutation_has_one_input_and_tells_its_user_errors_with_codes(self) -> None:
        mutation = schema().mutation_type
        assert mutation is not None

        for name, field in mutation.fields.items():
            payload: Any = field.type
            error = payload.fields["userErrors"].type.of_type.of_type.of_type

            assert str(field.args["input"].type).endswith("Input!"), name
            assert str(payload.fields["userErrors"].type).startswith("["), name
            assert str(error.fields["message"].type) == "String!", name
            assert str(error.fields["path"].type) == "[String!]!", name
            assert {"NOT_FOUND", "CONFLICT", "VALIDATION"} <= set(error.fields["code"].type.of_type.values), (
                name
            )
            assert [each.name for each in error.interfaces] == ["UserError"], name
